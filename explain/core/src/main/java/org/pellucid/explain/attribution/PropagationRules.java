package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.ops.Elu;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.HardSwish;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.LeakyRelu;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.LogSoftmax;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Silu;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.ops.TanhGelu;
import org.pellucid.engine.tensor.Tensor;

/**
 * Which operation follows which of AttnLRP's rules (R. Achtibat et al.: AttnLRP, attention-aware
 * layer-wise relevance propagation for transformers, 2024): the list that {@link
 * AttentionRelevanceRules} and {@link RelevanceRules} share.
 *
 * <p>The former pass back changed gradients {@code g}, the latter relevance. Of an output {@code y}
 * the relevance is {@code y · g}, of an input {@code x} it is {@code x} times what the rule makes
 * of {@code g}. So a rule is given once, as a changed gradient, and {@link #relevance} makes the
 * other form of it.
 *
 * <ul>
 *   <li>A function of each element passes its relevance on: it has one input. As a gradient that is
 *       {@code g · y / x}, which has no bound for functions that are not 0 at 0; of these the
 *       changed gradient is their own, the Taylor expansion at the input, and the rest is absorbed
 *       as biases absorb theirs.
 *   <li>Softmax is expanded likewise, in either form.
 *   <li>A layer normalisation's deviation counts as a constant: what is left is linear.
 *   <li>Products are shared by {@link ProductRules#shares}.
 *   <li>Linear operations keep their own gradient, which is the rule ε with {@code ε → 0}.
 * </ul>
 *
 * Functions that are level, and inverses that divide nothing, have no rule.
 */
final class PropagationRules {
  /** Functions of each element that are 0 at 0. */
  static final List<Class<? extends Operation>> THROUGH_ZERO =
      List.of(
          Relu.class,
          LeakyRelu.class,
          Relu6.class,
          Elu.class,
          Gelu.class,
          TanhGelu.class,
          Silu.class,
          HardSwish.class,
          Tanh.class);

  /** Functions of each element that aren't. */
  static final List<Class<? extends Operation>> NOT_THROUGH_ZERO =
      List.of(Sigmoid.class, HardSigmoid.class, Exp.class, Log.class);

  /** Functions of several elements that are expanded at their input. */
  static final List<Class<? extends Operation>> EXPANDED = List.of(Softmax.class, LogSoftmax.class);

  private static final double SMALLEST = 1e-10;

  private PropagationRules() {}

  /** A changed gradient of each input, by its position; empty where it isn't wanted. */
  @FunctionalInterface
  interface Rule {
    /** The changed gradients for a gradient of the output. */
    List<Optional<Tensor>> of(Tensor gradient);
  }

  /** Whether an operation is a function of each element of one input. */
  static boolean isFunctionOfEachElement(Operation operation) {
    var kind = operation.getClass();
    return operation instanceof org.pellucid.engine.ops.Elementwise
        || THROUGH_ZERO.contains(kind)
        || NOT_THROUGH_ZERO.contains(kind);
  }

  /**
   * Whether a function is 0 at 0.
   *
   * @param title of the method, for messages
   * @throws IllegalArgumentException if there is no rule for the function
   */
  static boolean isThroughZero(
      String title, org.pellucid.engine.ops.Elementwise operation, Backward step) {
    return switch (operation.function()) {
      case ElementFunction.LeakyRelu _,
          ElementFunction.Elu _,
          ElementFunction.Silu _,
          ElementFunction.Relu6 _,
          ElementFunction.HardSwish _,
          ElementFunction.Absolute _,
          ElementFunction.SquareRoot _,
          ElementFunction.ErrorFunction _,
          ElementFunction.Sine _,
          ElementFunction.Shrink _,
          ElementFunction.Softsign _,
          ElementFunction.ThresholdedRelu _ ->
          true;
      case ElementFunction.HardSigmoid _, ElementFunction.Cosine _, ElementFunction.Softplus _ ->
          false;
      case ElementFunction.Trigonometric function ->
          switch (function) {
            case TANGENT,
                ARC_SINE,
                ARC_TANGENT,
                HYPERBOLIC_SINE,
                INVERSE_HYPERBOLIC_SINE,
                INVERSE_HYPERBOLIC_TANGENT ->
                true;
            case ARC_COSINE, HYPERBOLIC_COSINE, INVERSE_HYPERBOLIC_COSINE -> false;
          };
      case ElementFunction.Clip(var low, var high) -> low <= 0 && high >= 0;
      case ElementFunction.Power(var exponent) -> {
        if (exponent <= 0) {
          refuse(title, operation, step);
        }
        yield true;
      }
      case ElementFunction.Reciprocal _,
          ElementFunction.Sign _,
          ElementFunction.Floor _,
          ElementFunction.Ceiling _,
          ElementFunction.Round _ -> {
        refuse(title, operation, step);
        yield false;
      }
    };
  }

  private static void refuse(String title, Operation operation, Backward step) {
    check(
        false,
        "%s has no rule for the operation %s in the layer '%s'; explain this model by Integrated"
            + " Gradients",
        title,
        operation.name(),
        step.layer());
  }

  /** {@code g · y / x}, or the function's own gradient where {@code |x| < 10⁻¹⁰}. */
  static Tensor passedOn(Backward step) {
    var own = step.own(step.gradient()).getFirst().orElseThrow();
    var result = step.allocate(own.shape());
    Elementwise.apply(
        step.engine(),
        Elementwise.parts(result),
        (inputs, numbers) -> {
          for (var i = 0; i < numbers.length; i++) {
            numbers[i] =
                Math.abs(inputs[0][i]) < SMALLEST
                    ? inputs[3][i]
                    : inputs[2][i] * inputs[1][i] / inputs[0][i];
          }
        },
        result,
        step.input(0),
        step.output(),
        step.gradient(),
        own);
    return result;
  }

  /** Of {@code y = γ · (x − μ) · d + β} with a constant {@code d}. */
  static Tensor normalised(LayerNorm norm, Backward step, Tensor gradient) {
    var gamma = step.input(1).toDoubles();
    var result = step.allocate(gradient.shape());
    var width = gamma.length;
    Elementwise.apply(
        step.engine(),
        Elementwise.parts(result),
        (inputs, numbers) -> {
          for (var from = 0; from < numbers.length; from += width) {
            var variance = Centred.of(inputs[0], from, width).meanSquare();
            var inverse = 1 / Math.sqrt(variance + norm.epsilon());
            for (var i = 0; i < width; i++) {
              numbers[from + i] = inputs[1][from + i] * gamma[i] * inverse;
            }
            Centred.of(numbers, from, width).copyTo(numbers, from);
          }
        },
        result,
        step.input(0),
        gradient);
    return result;
  }

  /**
   * Passes relevance back by a rule for gradients: {@code x} times what it makes of {@code R / y}.
   *
   * @param stabiliser is added to the magnitude of {@code y}; 0 for rules that pass on nothing of
   *     an output of 0
   */
  static void relevance(Backward step, double stabiliser, Rule rule) {
    var quotient = step.allocate(step.gradient().shape());
    Elementwise.combine(
        step.engine(),
        (relevance, output) ->
            relevance == 0 || output == 0 && stabiliser == 0
                ? 0
                : relevance / WeightedLayer.stabilised(output, stabiliser),
        step.gradient(),
        step.output(),
        quotient);
    var changed = rule.of(quotient);
    for (var index = 0; index < changed.size(); index++) {
      if (changed.get(index).isPresent()) {
        step.add(index, product(step, step.input(index), changed.get(index).get()));
      }
    }
  }

  /** A mask may be infinite, and what it hides has neither gradient nor relevance. */
  private static Tensor product(Backward step, Tensor input, Tensor gradient) {
    var share = step.allocate(input.shape());
    Elementwise.combine(
        step.engine(), (x, slope) -> slope == 0 ? 0 : x * slope, input, gradient, share);
    return share;
  }

  /** An operation's own gradients, each times a factor by the input's position. */
  static List<Optional<Tensor>> own(Backward step, Tensor gradient, double[] factors) {
    var scaled = new ArrayList<Optional<Tensor>>();
    var own = step.own(gradient);
    for (var index = 0; index < own.size(); index++) {
      var factor = factors[index];
      scaled.add(own.get(index).filter(_ -> factor > 0).map(g -> scaled(step, g, factor)));
    }
    return scaled;
  }

  private static Tensor scaled(Backward step, Tensor tensor, double factor) {
    if (factor == 1) {
      return tensor;
    }
    var scaled = step.allocate(tensor.shape());
    step.kernels().arithmetic().scale(tensor, factor, scaled);
    step.discard(tensor);
    return scaled;
  }
}
