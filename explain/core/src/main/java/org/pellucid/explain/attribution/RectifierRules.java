package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.ops.Elu;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.HardSwish;
import org.pellucid.engine.ops.LeakyRelu;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Silu;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.ops.TanhGelu;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.BackwardRules;

/**
 * Backward rules that rectify what rectifiers pass back. ReLU's relatives count as rectifiers, the
 * smooth ones too, since all pass what is positive. The sigmoid and its like bound what they pass,
 * and have no meaning in these methods, so they are refused. Functions that are no activations,
 * such as a root, keep their own gradients.
 *
 * @param title of the method, for messages
 * @param guided whether a unit passes nothing back where its output is not positive, and its own
 *     derivative elsewhere; otherwise the gradient's positive part alone
 */
record RectifierRules(String title, boolean guided) implements BackwardRules {
  private static final List<Class<? extends Operation>> RECTIFIERS =
      List.of(
          Relu.class,
          LeakyRelu.class,
          Relu6.class,
          Elu.class,
          Gelu.class,
          TanhGelu.class,
          Silu.class,
          HardSwish.class);
  private static final List<Class<? extends Operation>> BOUNDED =
      List.of(Tanh.class, Sigmoid.class, HardSigmoid.class);

  @Override
  public void install(Tape tape) {
    RECTIFIERS.forEach(kind -> tape.replaceBackward(kind, (_, step) -> rectify(step)));
    BOUNDED.forEach(kind -> tape.replaceBackward(kind, this::refuse));
    tape.replaceBackward(org.pellucid.engine.ops.Elementwise.class, this::function);
  }

  private void function(org.pellucid.engine.ops.Elementwise operation, Backward step) {
    switch (operation.function()) {
      case ElementFunction.Softplus _, ElementFunction.ThresholdedRelu _ -> rectify(step);
      case ElementFunction.Clip(var low, var high) when low >= 0 && high > 1 -> rectify(step);
      case ElementFunction.Clip(var low, var high)
          when low > Double.NEGATIVE_INFINITY && high < Double.POSITIVE_INFINITY ->
          refuse(operation, step);
      case ElementFunction.Softsign _, ElementFunction.ErrorFunction _ -> refuse(operation, step);
      default -> step.own(step.gradient()).getFirst().ifPresent(own -> step.add(0, own));
    }
  }

  private void rectify(Backward step) {
    var positive = combined(step, step.gradient(), (gradient, _) -> Math.max(0, gradient));
    if (!guided) {
      step.add(0, positive);
      return;
    }
    var own = step.own(positive).getFirst().orElseThrow();
    step.add(0, combined(step, own, (gradient, output) -> output > 0 ? gradient : 0));
  }

  private static Tensor combined(Backward step, Tensor gradient, Elementwise.Function function) {
    var result = step.allocate(gradient.shape());
    Elementwise.combine(step.engine(), function, gradient, step.output(), result);
    return result;
  }

  private void refuse(Operation operation, Backward step) {
    check(
        false,
        "%s rectifies what ReLU and its relatives pass back, but the layer '%s' applies %s, which"
            + " is none; explain this model by Integrated Gradients",
        title,
        step.layer(),
        operation.name());
  }
}
