package org.pellucid.engine.autograd;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** What an operation, or a rule in its place, sees of its tape during the backward step. */
public final class Backward {
  private final Tape tape;
  private final Node node;
  private final Tensor gradient;
  private final Contributions contributions;

  Backward(Tape tape, Node node, Tensor gradient, Contributions contributions) {
    this.tape = tape;
    this.node = node;
    this.gradient = gradient;
    this.contributions = contributions;
  }

  /** The engine of the tape; a rule can open a tape of its own on it. */
  public Engine engine() {
    return tape.engine();
  }

  /** The name of the layer that the operation belongs to, see {@link Tape#enterLayer}. */
  public String layer() {
    return node.layer();
  }

  /** How many operations the tape had recorded before this one. */
  public int position() {
    return node.position();
  }

  /**
   * Whether an operation of one of some kinds was recorded on the tape before this one. Where none
   * of a model's kinds with weights was, this one belongs to its first layer.
   */
  public boolean follows(Collection<Class<? extends Operation>> kinds) {
    return tape.recordedBefore(node, kinds);
  }

  /**
   * A recorded operation with its inputs, whose values are there under the conditions of {@link
   * #input}.
   */
  public record Origin(Operation operation, List<Tensor> inputs) {}

  /** The recorded operation that gave a tensor, where one did. */
  public Optional<Origin> origin(Tensor tensor) {
    return tape.origin(tensor);
  }

  /** Whether a tensor is watched or was computed from one that is; constants aren't. */
  public boolean tracks(Tensor tensor) {
    return tape.tracks(tensor);
  }

  /** The arithmetic to compute with in the gradient's type. */
  public Kernels kernels() {
    return tape.engine().kernels().forType(gradient.type());
  }

  /** The gradient of the result with respect to this operation's output, of the output's shape. */
  public Tensor gradient() {
    return gradient;
  }

  /** Whether the gradient with respect to the input at a position is needed. */
  public boolean wants(int index) {
    return contributions.wants(index);
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

  /**
   * A copy of {@code tensor}, owned by the tape: the way for a rule's result to outlive the tape
   * that the rule computed it on.
   */
  public Tensor copy(Tensor tensor) {
    var copy = tape.allocate(tensor.type(), tensor.shape());
    tape.engine().kernels().forType(tensor.type()).movement().copy(tensor, copy);
    return copy;
  }

  /** Gives back a tensor that nothing else refers to. */
  public void discard(Tensor tensor) {
    tape.discard(tensor);
  }

  /**
   * Adds a contribution to the gradient of the input at a position and takes the tensor over. A
   * contribution of the shape that the input was broadcast to is summed back to the input's shape.
   * Nothing is kept if the gradient isn't wanted.
   */
  public void add(int index, Tensor contribution) {
    contributions.add(index, contribution);
  }

  /** Adds the output's gradient itself, which several inputs may share, to an input's gradient. */
  public void passOn(int index) {
    add(index, view(gradient, gradient.shape()));
  }

  /**
   * Runs the operation's own backward step with another gradient for its output, and adds nothing
   * to any gradient.
   *
   * @param gradient of the output's shape and type
   * @return the contribution to each input by its position, of the input's shape and owned by the
   *     tape; empty where it isn't wanted. It may share its memory with {@code gradient}, so it is
   *     read or {@linkplain #add added}, never written to.
   * @throws IllegalArgumentException if the gradient doesn't have the output's shape and type
   */
  public List<Optional<Tensor>> own(Tensor gradient) {
    return new RecordedOperation(tape, node).own(gradient, contributions::wants);
  }
}
