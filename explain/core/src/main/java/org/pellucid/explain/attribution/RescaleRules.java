package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.Elu;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.HardSwish;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.LeakyRelu;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.LogSoftmax;
import org.pellucid.engine.ops.MaxPool2d;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Silu;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.ops.TanhGelu;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.BackwardRules;

/**
 * DeepLIFT's backward rules for batches in which every input is followed by its baseline. With the
 * differences {@code Δx} and {@code Δy} of an operation's inputs and outputs between the two:
 *
 * <ul>
 *   <li>The gradient of an activation, or of another function of each element, {@code g} becomes
 *       {@code g · Δy / Δx}, or its own {@code g · f′(x)} where {@code |Δx| < 10⁻¹⁰}.
 *   <li>Max pooling with outputs {@code y} and {@code y₀} sends {@code g · (max(y, y₀) − y₀)} to
 *       the input's winner and {@code g · (y − max(y, y₀))} to the baseline's, and divides the sum
 *       by {@code Δx}, or takes 0 where that is as small.
 *   <li>A product of two values that differ takes the mean of its own gradients at the input and at
 *       the baseline, {@link ProductRules#average}.
 *   <li>Linear operations keep their own.
 * </ul>
 *
 * The gradient of an input is then its multiplier; a baseline's is 0.
 */
final class RescaleRules implements BackwardRules {
  private static final double SMALLEST_DIFFERENCE = 1e-10;
  private static final List<Class<? extends Operation>> ACTIVATIONS =
      List.of(
          Relu.class,
          LeakyRelu.class,
          Relu6.class,
          Elu.class,
          Gelu.class,
          TanhGelu.class,
          Silu.class,
          HardSwish.class,
          HardSigmoid.class,
          Tanh.class,
          Sigmoid.class,
          Exp.class,
          Log.class,
          org.pellucid.engine.ops.Elementwise.class);
  private static final List<Class<? extends Operation>> WITHOUT_A_RULE =
      List.of(Attention.class, Softmax.class, LogSoftmax.class, LayerNorm.class);

  @Override
  public void install(Tape tape) {
    ACTIVATIONS.forEach(kind -> tape.replaceBackward(kind, (_, step) -> rescale(step)));
    tape.replaceBackward(MaxPool2d.class, (_, step) -> pool(step));
    ProductRules.KINDS.forEach(
        kind -> tape.replaceBackward(kind, (_, step) -> ProductRules.average(step)));
    WITHOUT_A_RULE.forEach(kind -> tape.replaceBackward(kind, RescaleRules::refuse));
  }

  private static void rescale(Backward step) {
    var own = step.own(step.gradient()).getFirst().orElseThrow();
    var result = step.allocate(own.shape());
    Elementwise.apply(
        step.engine(),
        pairs(step.gradient()),
        (inputs, multipliers) -> {
          var x = inputs[0];
          var y = inputs[1];
          var size = x.length / 2;
          for (var i = 0; i < size; i++) {
            var difference = x[i] - x[size + i];
            multipliers[i] =
                Math.abs(difference) < SMALLEST_DIFFERENCE
                    ? inputs[3][i]
                    : inputs[2][i] * (y[i] - y[size + i]) / difference;
          }
        },
        result,
        step.input(0),
        step.output(),
        step.gradient(),
        own);
    step.add(0, result);
  }

  private static void pool(Backward step) {
    var shares = step.allocate(step.gradient().shape());
    Elementwise.apply(
        step.engine(),
        pairs(step.gradient()),
        (inputs, numbers) -> {
          var y = inputs[0];
          var size = y.length / 2;
          for (var i = 0; i < size; i++) {
            var gradient = inputs[1][i];
            var larger = Math.max(y[i], y[size + i]);
            numbers[i] = gradient * (larger - y[size + i]);
            numbers[size + i] = gradient * (y[i] - larger);
          }
        },
        shares,
        step.output(),
        step.gradient());
    var atWinners = step.own(shares).getFirst().orElseThrow();
    var result = step.allocate(atWinners.shape());
    Elementwise.apply(
        step.engine(),
        pairs(step.gradient()),
        (inputs, multipliers) -> {
          var x = inputs[0];
          var size = x.length / 2;
          for (var i = 0; i < size; i++) {
            var difference = x[i] - x[size + i];
            if (Math.abs(difference) >= SMALLEST_DIFFERENCE) {
              multipliers[i] = (inputs[1][i] + inputs[1][size + i]) / difference;
            }
          }
        },
        result,
        step.input(0),
        atWinners);
    step.discard(shares);
    step.add(0, result);
  }

  private static int pairs(Tensor gradient) {
    return Math.toIntExact(gradient.size(0) / 2);
  }

  private static void refuse(Operation operation, Backward step) {
    check(
        false,
        "DeepLIFT has no rule for the operation %s in the layer '%s'; explain this model by"
            + " Integrated Gradients",
        operation.name(),
        step.layer());
  }
}
