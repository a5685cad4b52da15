package org.pellucid.explain.text;

/** The part that a token plays in a question with its context. */
public enum TokenRole {
  /** {@code [CLS]} or {@code [SEP]}. */
  SPECIAL,
  /** A token of the question. */
  QUESTION,
  /** A token of the context. */
  CONTEXT,
  /** A token of the answer within the context. */
  ANSWER
}
