package org.pellucid.explain.run;

/** Names a model's outputs for people, such as its classes. */
@FunctionalInterface
public interface OutputNames {
  /** Calls outputs by their numbers. */
  OutputNames NUMBERS = Integer::toString;

  /** The name of an output. */
  String of(int output);
}
