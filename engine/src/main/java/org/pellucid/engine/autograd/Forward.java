package org.pellucid.engine.autograd;

import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** What an operation sees of its tape while it computes its output. */
public final class Forward {
  private final Tape tape;
  private final Node node;

  Forward(Tape tape, Node node) {
    this.tape = tape;
    this.node = node;
  }

  /** The arithmetic to compute with in the first input's type. */
  public Kernels kernels() {
    return tape.engine().kernels().forType(node.inputs()[0].type());
  }

  /** The input at a position. */
  public Tensor input(int index) {
    return node.inputs()[index];
  }

  /** The number of inputs. */
  public int inputs() {
    return node.inputs().length;
  }

  /** Whether a gradient may later be wanted for the input at a position. */
  public boolean wants(int index) {
    return tape.tracks(node.inputs()[index]);
  }

  /** A tensor of the first input's type with undefined contents, owned by the tape. */
  public Tensor allocate(long... shape) {
    return tape.allocate(node.inputs()[0].type(), shape);
  }

  /** A tensor of the given type with undefined contents, owned by the tape. */
  public Tensor allocate(ElementType type, long... shape) {
    return tape.allocate(type, shape);
  }

  /** A view of {@code tensor} under another shape, owned by the tape. */
  public Tensor view(Tensor tensor, long... shape) {
    return tape.own(tensor.view(shape));
  }

  /** Keeps {@code tensor} for the backward step if there will be one, and returns it. */
  public Tensor save(Tensor tensor) {
    if (node.recorded()) {
      tape.keep(tensor);
    }
    return tensor;
  }

  /**
   * Keeps {@code tensor} for the backward step if that will need it for the gradient of the input
   * at a position, and returns it.
   */
  public Tensor saveFor(int index, Tensor tensor) {
    return wants(index) ? save(tensor) : tensor;
  }

  /** Gives back a tensor that nothing else refers to. */
  public void discard(Tensor tensor) {
    tape.discard(tensor);
  }
}
