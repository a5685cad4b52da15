package org.pellucid.explain.method;

/**
 * A figure that says how far to trust an explanation.
 *
 * @param name such as {@code convergenceDelta}
 * @param value the figure
 * @param meaning what it says and which values are good, in a sentence
 */
public record Quality(String name, double value, String meaning) {}
