package org.pellucid.explain.method;

/**
 * When to use a method, for people who choose one: a sentence each, blank where nothing is told.
 *
 * @param question that its map answers, with a question mark
 * @param cost in passes through the model, forward and backward, by the method's parameters
 * @param caution when the map misleads, or what it can't show
 */
public record Guidance(String question, String cost, String caution) {
  /** Tells nothing. */
  public static final Guidance NONE = new Guidance("", "", "");
}
