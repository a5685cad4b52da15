package org.pellucid.engine.autograd;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * One operation that a tape recorded, outside of any backward pass. So a rule can compare the pass
 * that it is a part of with another one, such as that of a baseline: two passes of one model record
 * the same operations in the same order, each at the same {@linkplain Backward#position position}.
 */
public final class RecordedOperation {
  private final Tape tape;
  private final Node node;

  RecordedOperation(Tape tape, Node node) {
    this.tape = tape;
    this.node = node;
  }

  /** The operation with its parameters. */
  public Operation operation() {
    return node.operation();
  }

  /** The number of inputs. */
  public int inputs() {
    return node.inputs().length;
  }

  /** The input at a position, whose values are there under the conditions of {@link Backward}'s. */
  public Tensor input(int index) {
    return node.inputs()[index];
  }

  /** The output, under the same conditions. */
  public Tensor output() {
    return node.output();
  }

  /**
   * Runs the operation's own backward step with a gradient for its output.
   *
   * @param gradient of the output's shape and type
   * @return the contribution to each input by its position, owned by this operation's tape and
   *     perhaps sharing its memory with {@code gradient}; empty where the input isn't tracked
   * @throws IllegalArgumentException if the gradient doesn't have the output's shape and type
   */
  public List<Optional<Tensor>> own(Tensor gradient) {
    return own(gradient, index -> tape.tracks(node.inputs()[index]));
  }

  /** The contributions to the inputs that are wanted, by their positions. */
  List<Optional<Tensor>> own(Tensor gradient, IntPredicate wanted) {
    var name = node.operation().name();
    Shapes.checkShape("The gradient of " + name + "'s output", gradient, node.output().shape());
    check(
        gradient.type() == node.output().type(),
        "The gradient of %s's output is %s where %s is needed",
        name,
        gradient.type(),
        node.output().type());
    var own = new OwnContributions(tape, node, wanted);
    node.operation().backward(new Backward(tape, node, gradient, own));
    return own.byPosition();
  }
}
