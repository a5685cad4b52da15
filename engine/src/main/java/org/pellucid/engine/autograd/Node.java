package org.pellucid.engine.autograd;

import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;

/** One recorded call: an operation with its inputs and its output. */
final class Node {
  private final Operation operation;
  private final Tensor[] inputs;
  private final boolean recorded;
  private final Optional<BackwardRule> rule;
  private Tensor output;

  Node(Operation operation, Tensor[] inputs, boolean recorded, Optional<BackwardRule> rule) {
    this.operation = operation;
    this.inputs = inputs;
    this.recorded = recorded;
    this.rule = rule;
  }

  Operation operation() {
    return operation;
  }

  Tensor[] inputs() {
    return inputs;
  }

  /** What takes the place of the operation's own backward step. */
  Optional<BackwardRule> rule() {
    return rule;
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
