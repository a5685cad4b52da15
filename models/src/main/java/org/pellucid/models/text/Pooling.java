package org.pellucid.models.text;

/** How the last hidden states of a text's tokens become one vector. */
public enum Pooling {
  /** That of the first token. */
  FIRST,
  /** Their mean, over the tokens that are attended to. */
  MEAN
}
