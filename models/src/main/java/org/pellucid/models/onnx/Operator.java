package org.pellucid.models.onnx;

import java.util.List;

/** What an operation of a graph does: makes its outputs of its inputs. */
@FunctionalInterface
interface Operator {
  /**
   * The outputs in order; fewer than the node names where the rest isn't computed.
   *
   * @throws IllegalArgumentException if the inputs or attributes don't fit
   */
  List<Value> apply(NodeCall call);

  /** An operation with one output. */
  @FunctionalInterface
  interface Single {
    Value apply(NodeCall call);
  }

  static Operator single(Single operator) {
    return call -> List.of(operator.apply(call));
  }
}
