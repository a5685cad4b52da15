package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.RecordedOperation;
import org.pellucid.engine.autograd.Tape;
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
import org.pellucid.engine.ops.Select;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Silu;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Take;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.ops.TanhGelu;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.BackwardRules;

/**
 * DeepLIFT's backward rules for a pass of inputs, beside a pass of their baselines. With the
 * differences {@code Δx} and {@code Δy} of an operation's inputs and outputs between the two:
 *
 * <ul>
 *   <li>The gradient of an activation, or of another function of each element, {@code g} becomes
 *       {@code g · Δy / Δx}, or its own {@code g · f′(x)} where {@code |Δx| < 10⁻¹⁰}.
 *   <li>Max pooling with outputs {@code y} and {@code y₀} sends {@code g · (max(y, y₀) − y₀)} to
 *       the input's winner and {@code g · (y − max(y, y₀))} to the baseline's, and divides the sum
 *       by {@code Δx}, or takes 0 where that is as small.
 *   <li>A product of two values that differ takes the mean of its own gradients at the input and at
 *       the baseline, see {@link ProductRules}.
 *   <li>Softmax and layer normalisation have multipliers of their own, see {@link
 *       SoftmaxMultipliers} and {@link LayerNormMultipliers}.
 *   <li>Linear operations keep their own.
 * </ul>
 *
 * The gradient of an input is then its multiplier.
 *
 * @param baselines on which the model was recorded for the baselines under these rules
 */
record RescaleRules(Tape baselines) implements BackwardRules {
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

  @Override
  public void install(Tape tape) {
    ACTIVATIONS.forEach(kind -> tape.replaceBackward(kind, (_, step) -> rescale(step)));
    tape.replaceBackward(MaxPool2d.class, (_, step) -> pool(step));
    ProductRules.KINDS.forEach(kind -> tape.replaceBackward(kind, (_, step) -> average(step)));
    tape.replaceBackward(
        Softmax.class,
        (softmax, step) ->
            step.add(0, SoftmaxMultipliers.ofSoftmax(softmax, step, baseline(step).input(0))));
    tape.replaceBackward(
        LogSoftmax.class,
        (_, step) -> step.add(0, SoftmaxMultipliers.ofLogarithm(step, baseline(step).input(0))));
    tape.replaceBackward(
        LayerNorm.class,
        (norm, step) -> step.add(0, LayerNormMultipliers.of(norm, step, baseline(step).input(0))));
    tape.replaceBackward(Select.class, this::select);
    tape.replaceBackward(Take.class, this::take);
  }

  /** What the baselines' pass has at the place of a step. */
  private RecordedOperation baseline(Backward step) {
    check(
        step.position() < baselines.recorded(),
        "DeepLIFT can't compare the layer '%s' with that of the baseline, which takes another way"
            + " through this model; explain it by Integrated Gradients",
        step.layer());
    var other = baselines.recorded(step.position());
    check(
        other.inputs() == step.inputs() && other.output().sameShape(step.output()),
        "DeepLIFT can't compare the layer '%s' with that of the baseline, which takes another way"
            + " through this model; explain it by Integrated Gradients",
        step.layer());
    return other;
  }

  private void rescale(Backward step) {
    var other = baseline(step);
    var own = step.own(step.gradient()).getFirst().orElseThrow();
    var result = step.allocate(own.shape());
    Elementwise.apply(
        step.engine(),
        Elementwise.parts(own),
        (inputs, multipliers) -> {
          for (var i = 0; i < multipliers.length; i++) {
            var difference = inputs[0][i] - inputs[1][i];
            multipliers[i] =
                Math.abs(difference) < SMALLEST_DIFFERENCE
                    ? inputs[5][i]
                    : inputs[4][i] * (inputs[2][i] - inputs[3][i]) / difference;
          }
        },
        result,
        step.input(0),
        other.input(0),
        step.output(),
        other.output(),
        step.gradient(),
        own);
    step.add(0, result);
  }

  private void pool(Backward step) {
    var other = baseline(step);
    var atInputs =
        shares(step, other, (y, baseline) -> Math.max(y, baseline) - baseline, step::own);
    var atBaselines = shares(step, other, (y, baseline) -> y - Math.max(y, baseline), other::own);
    var result = step.allocate(atInputs.shape());
    Elementwise.apply(
        step.engine(),
        Elementwise.parts(result),
        (inputs, multipliers) -> {
          for (var i = 0; i < multipliers.length; i++) {
            var difference = inputs[0][i] - inputs[1][i];
            if (Math.abs(difference) >= SMALLEST_DIFFERENCE) {
              multipliers[i] = (inputs[2][i] + inputs[3][i]) / difference;
            }
          }
        },
        result,
        step.input(0),
        other.input(0),
        atInputs,
        atBaselines);
    baselines.discard(atBaselines);
    step.add(0, result);
  }

  /** An operation's own backward step. */
  private interface Own {
    List<Optional<Tensor>> of(Tensor gradient);
  }

  /** What the winners of a pass get of the gradient times a part of the outputs' difference. */
  private static Tensor shares(
      Backward step, RecordedOperation other, Elementwise.Function part, Own own) {
    var shares = step.allocate(step.gradient().shape());
    Elementwise.apply(
        step.engine(),
        Elementwise.parts(shares),
        (inputs, numbers) -> {
          for (var i = 0; i < numbers.length; i++) {
            numbers[i] = inputs[2][i] * part.of(inputs[0][i], inputs[1][i]);
          }
        },
        shares,
        step.output(),
        other.output(),
        step.gradient());
    var atWinners = own.of(shares).getFirst().orElseThrow();
    step.discard(shares);
    return atWinners;
  }

  private void average(Backward step) {
    if (!ProductRules.isOfTwo(step)) {
      ProductRules.addAll(step, step.gradient());
      return;
    }
    var atInputs = step.own(step.gradient());
    var atBaselines = baseline(step).own(step.gradient());
    var arithmetic = step.kernels().arithmetic();
    for (var index = 0; index < atInputs.size(); index++) {
      var first = atInputs.get(index).orElseThrow();
      var second = atBaselines.get(index).orElseThrow();
      var mean = step.allocate(first.shape());
      arithmetic.scale(first, 0.5, mean);
      arithmetic.addScaled(second, 0.5, mean);
      step.discard(first);
      baselines.discard(second);
      step.add(index, mean);
    }
  }

  private void select(Select select, Backward step) {
    var same =
        baseline(step).operation() instanceof Select other
            && Arrays.equals(select.condition(), other.condition());
    checkChoice(same, step, "chooses other elements");
    ProductRules.addAll(step, step.gradient());
  }

  private void take(Take take, Backward step) {
    var same =
        baseline(step).operation() instanceof Take other
            && Arrays.equals(take.rows(), other.rows());
    checkChoice(same, step, "takes elements from other places");
    ProductRules.addAll(step, step.gradient());
  }

  private static void checkChoice(boolean same, Backward step, String difference) {
    check(
        same,
        "DeepLIFT has no rule for the layer '%s', which %s for the input than for the baseline;"
            + " explain this model by Integrated Gradients",
        step.layer(),
        difference);
  }
}
