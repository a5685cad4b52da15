package org.pellucid.engine.autograd;

import org.pellucid.engine.tensor.Tensor;

/** One recorded call: an operation with its inputs and its output. */
final class Node {
  private final Operation operation;
  private final Tensor[] inputs;
  private final boolean recorded;
  private Tensor output;

  Node(Operation operation, Tensor[] inputs, boolean recorded) {
    this.operation = operation;
    this.inputs = inputs;
    this.recorded = recorded;
  }

  Operation operation() {
    return operation;
  }

  Tensor[] inputs() {
    return inputs;
  }

  boolean recorded() {
    return recorded;
  }

  Tensor output() {
    return output;
  }

  void output(Tensor value) {
    output = value;
  }
}
