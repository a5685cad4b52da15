package org.pellucid.explain.run;

/** Names a model's outputs, such as its classes. */
@FunctionalInterface
public interface OutputNames {
  /** Names outputs by their numbers. */
  OutputNames NUMBERS = Integer::toString;

  /** The name of an output. */
  String of(int output);
}
