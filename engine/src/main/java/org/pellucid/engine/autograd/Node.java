package org.pellucid.engine.autograd;

import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;

/** One recorded call: an operation with its inputs and its output. */
final class Node {
  private final Operation operation;
  private final Tensor[] inputs;
  private final boolean recorded;
  private final String layer;
  private final Optional<BackwardRules.Registration<?>> rule;
  private Tensor output;
  private int position;

  Node(
      Operation operation,
      Tensor[] inputs,
      boolean recorded,
      String layer,
      Optional<BackwardRules.Registration<?>> rule) {
    this.operation = operation;
    this.inputs = inputs;
    this.recorded = recorded;
    this.layer = layer;
    this.rule = rule;
  }

  Operation operation() {
    return operation;
  }

  Tensor[] inputs() {
    return inputs;
  }

  /** The name of the layer that the call belongs to. */
  String layer() {
    return layer;
  }

  /** What takes the place of the operation's own backward step. */
  Optional<BackwardRules.Registration<?>> rule() {
    return rule;
  }

  boolean recorded() {
    return recorded;
  }

  Tensor output() {
    return output;
  }

  /** How many calls were recorded before this one. */
  int position() {
    return position;
  }

  void position(int value) {
    position = value;
  }

  void output(Tensor value) {
    output = value;
  }
}
