package org.pellucid.engine.autograd;

import org.pellucid.engine.tensor.Tensor;

/**
 * One differentiable step of a computation: its formula forward and backward.
 *
 * <p>An instance stands for one call. Its parameters are final fields with public accessors; what
 * {@link #forward} keeps for {@link #backward} it passes through {@link Forward#save} and stores in
 * fields as well. Users call the static {@code apply} of an operation's class, which checks the
 * shapes and records the call on the tape.
 */
public interface Operation {

  /** The name used in messages. */
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * A fresh call with the same parameters. A {@linkplain BackwardRule backward rule} can apply it
   * to other inputs, on a tape of its own.
   */
  Operation again();

  /** Computes the output from the inputs. */
  Tensor forward(Forward forward);

  /**
   * Adds to each wanted input's gradient what the output's gradient contributes.
   *
   * @throws UnsupportedOperationException naming the operation if it has no gradient
   */
  void backward(Backward backward);
}
