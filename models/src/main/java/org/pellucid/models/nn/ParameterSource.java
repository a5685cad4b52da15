package org.pellucid.models.nn;

import java.util.SequencedSet;

/** Where a network's parameters come from, such as a checkpoint: values by name. */
public interface ParameterSource {

  /** The names of all parameters, in the order of the file. */
  SequencedSet<String> names();

  /**
   * The shape of a parameter.
   *
   * @throws IllegalArgumentException if there is no parameter of that name
   */
  long[] shape(String name);

  /**
   * The values of a parameter in C order.
   *
   * @throws IllegalArgumentException if there is no parameter of that name
   */
  float[] floats(String name);

  /** What the parameters were read from, for messages. */
  String origin();
}
