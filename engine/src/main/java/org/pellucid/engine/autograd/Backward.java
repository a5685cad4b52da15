package org.pellucid.engine.autograd;

import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** What an operation sees of its tape while it passes a gradient back. */
public final class Backward {
  private final Tape tape;
  private final Node node;
  private final Tensor gradient;
  private final GradientSums sums;

  Backward(Tape tape, Node node, Tensor gradient, GradientSums sums) {
    this.tape = tape;
    this.node = node;
    this.gradient = gradient;
    this.sums = sums;
  }

  /** The arithmetic to compute with in the gradient's type. */
  public Kernels kernels() {
    return tape.engine().kernels().forType(gradient.type());
  }

  /** The gradient of the result with respect to this operation's output, of the output's shape. */
  public Tensor gradient() {
    return gradient;
  }

  /** Whether somebody needs the gradient with respect to the input at a position. */
  public boolean wants(int index) {
    return sums.wants(node.inputs()[index]);
  }

  /**
   * The input at a position. Its values are certain to be there only if the operation saved it or
   * its backward step was replaced; its shape always is.
   */
  public Tensor input(int index) {
    return node.inputs()[index];
  }

  /** The number of inputs. */
  public int inputs() {
    return node.inputs().length;
  }

  /** The output, under the same condition as {@link #input}. */
  public Tensor output() {
    return node.output();
  }

  /** A tensor of the gradient's type with undefined contents, owned by the tape. */
  public Tensor allocate(long... shape) {
    return tape.allocate(gradient.type(), shape);
  }

  /** A tensor of the given type with undefined contents, owned by the tape. */
  public Tensor allocate(ElementType type, long... shape) {
    return tape.allocate(type, shape);
  }

  /** A view of {@code tensor} under another shape, owned by the tape. */
  public Tensor view(Tensor tensor, long... shape) {
    return tape.own(tensor.view(shape));
  }

  /** Gives a tensor that nobody else has seen back. */
  public void discard(Tensor tensor) {
    tape.discard(tensor);
  }

  /**
   * Adds a contribution to the gradient of the input at a position and takes the tensor over. A
   * contribution of the shape that the input was broadcast to is summed back to the input's shape.
   * Nothing is kept if the gradient isn't wanted.
   */
  public void add(int index, Tensor contribution) {
    sums.add(node.inputs()[index], contribution);
  }

  /** Adds the output's gradient itself, which several inputs may share, to an input's gradient. */
  public void passOn(int index) {
    add(index, view(gradient, gradient.shape()));
  }
}
