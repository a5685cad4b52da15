package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = a} where a condition holds, else {@code b}; {@code dL/da} is {@code g} where it holds,
 * {@code dL/db} is {@code g} elsewhere. Infinities and NaN of the side that isn't chosen don't
 * matter.
 */
public final class Select implements Operation {
  private final int[] condition;
  private Tensor mask;

  private Select(int[] condition) {
    this.condition = condition;
  }

  /**
   * Elements of one of two tensors.
   *
   * @param condition for each element in C order, 0 or 1; not to be changed afterwards
   * @throws IllegalArgumentException if the shapes or their number of elements differ
   */
  public static Tensor apply(Tape tape, int[] condition, Tensor a, Tensor b) {
    check(
        a.sameShape(b) && condition.length == a.elements(),
        "%d conditions can't choose between %s and %s",
        condition.length,
        a.shape(),
        b.shape());
    return tape.apply(new Select(condition), a, b);
  }

  /** For each element whether it is the first tensor's. */
  public int[] condition() {
    return condition.clone();
  }

  @Override
  public Select again() {
    return new Select(condition);
  }

  @Override
  public Tensor forward(Forward forward) {
    var a = forward.input(0);
    mask = forward.save(forward.allocate(ElementType.INT32, a.shape()));
    mask.set(condition);
    var y = forward.allocate(a.shape());
    forward.kernels().movement().select(mask, a, forward.input(1), y);
    forward.discard(mask);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    var zero = backward.allocate(g.shape());
    backward.kernels().arithmetic().fill(0, zero);
    if (backward.wants(0)) {
      var gradient = backward.allocate(g.shape());
      backward.kernels().movement().select(mask, g, zero, gradient);
      backward.add(0, gradient);
    }
    if (backward.wants(1)) {
      var gradient = backward.allocate(g.shape());
      backward.kernels().movement().select(mask, zero, g, gradient);
      backward.add(1, gradient);
    }
    backward.discard(zero);
  }
}
