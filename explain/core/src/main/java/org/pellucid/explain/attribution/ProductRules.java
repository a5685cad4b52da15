package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.OptionalInt;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Broadcast;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Tensor;

/**
 * What the backward rules do with products of two values that both depend on the input, such as the
 * gates of squeeze and excitation. Where one factor is constant, a product is linear.
 *
 * <ul>
 *   <li>{@link #average}: DeepLIFT's. With {@code Δ} between an input and its baseline, {@code Δ(a
 *       · b) = Δa · (b + b₀) / 2 + (a + a₀) / 2 · Δb} exactly: the Shapley values of the two
 *       factors, which is the mean of both orders in which they can change (H. Chen, S. M.
 *       Lundberg, S.-I. Lee: Explaining a series of models by propagating Shapley values, 2022). A
 *       factor's gradient is the mean of its own gradients at the input and at the baseline.
 *   <li>{@link #signal}: one factor is a gate, which lets through what the other one, the signal,
 *       says. All relevance is the signal's (L. Arras et al.: Explaining recurrent neural network
 *       predictions in sentiment analysis, 2017). So {@code x · sigmoid(x)} passes on what {@code
 *       Silu} does.
 *   <li>{@link #halve}: half of the gradient, and so half of the relevance, to each (R. Achtibat et
 *       al.: AttnLRP, 2024; the uniform rule).
 * </ul>
 */
final class ProductRules {
  /** The operations that multiply two tensors. */
  static final List<Class<? extends Operation>> KINDS = List.of(Multiply.class, MatMul.class);

  private ProductRules() {}

  /** Whether both factors depend on the input. */
  static boolean isOfTwo(Backward step) {
    return step.wants(0) && step.wants(1);
  }

  /** Passes half of its own gradient to each factor, or all of it to the only one. */
  static void halve(Backward step) {
    if (!isOfTwo(step)) {
      addAll(step, step.gradient());
      return;
    }
    var half = step.allocate(step.gradient().shape());
    step.kernels().arithmetic().scale(step.gradient(), 0.5, half);
    addAll(step, half);
  }

  /** Adds the contributions that an operation itself makes of a gradient of its output. */
  static void addAll(Backward step, Tensor gradient) {
    var own = step.own(gradient);
    for (var index = 0; index < own.size(); index++) {
      var position = index;
      own.get(index).ifPresent(contribution -> step.add(position, contribution));
    }
  }

  /**
   * Passes each factor the mean of its gradients at the input and at the baseline, in batches in
   * which every input is followed by its baseline.
   */
  static void average(Backward step) {
    if (!isOfTwo(step)) {
      addAll(step, step.gradient());
      return;
    }
    var own = step.own(ofInputs(step));
    for (var index = 0; index < own.size(); index++) {
      var factor = own.get(index).orElseThrow();
      checkRows(step, factor);
      var mean = step.allocate(factor.shape());
      Elementwise.apply(
          step.engine(),
          pairs(factor),
          (inputs, multipliers) -> {
            var size = multipliers.length / 2;
            for (var i = 0; i < size; i++) {
              multipliers[i] = (inputs[0][i] + inputs[0][size + i]) / 2;
            }
          },
          mean,
          factor);
      step.add(index, mean);
    }
  }

  /** The gradient of each input's output, once more in the place of its baseline's. */
  private static Tensor ofInputs(Backward step) {
    var gradient = step.gradient();
    var twice = step.allocate(gradient.shape());
    Elementwise.apply(
        step.engine(),
        pairs(gradient),
        (inputs, numbers) -> {
          var size = numbers.length / 2;
          System.arraycopy(inputs[0], 0, numbers, 0, size);
          System.arraycopy(inputs[0], 0, numbers, size, size);
        },
        twice,
        gradient);
    return twice;
  }

  private static int pairs(Tensor tensor) {
    return Math.toIntExact(tensor.size(0) / 2);
  }

  private static void checkRows(Backward step, Tensor factor) {
    check(
        factor.rank() > 0 && factor.size(0) == step.gradient().size(0),
        "DeepLIFT has no rule for the product in the layer '%s', one of whose factors has no axis"
            + " of examples; explain this model by Integrated Gradients",
        step.layer());
  }

  /**
   * The position of the factor that another one gates. A gate is a sigmoid, hard or not, a softmax,
   * or the inverse of a divisor; where both are, the one that is spread over more elements. Nothing
   * if no factor is a gate, or both are alike.
   */
  static OptionalInt signal(Backward step) {
    var first = isGate(step, step.input(0));
    var second = isGate(step, step.input(1));
    var longer = Long.compare(step.input(0).elements(), step.input(1).elements());
    if (first && second) {
      return longer == 0 ? OptionalInt.empty() : OptionalInt.of(longer > 0 ? 0 : 1);
    }
    return first || second ? OptionalInt.of(first ? 1 : 0) : OptionalInt.empty();
  }

  /** Whether a tensor was given by a gate's function, whatever moved or scaled it afterwards. */
  private static boolean isGate(Backward step, Tensor tensor) {
    var origin = step.origin(tensor);
    if (origin.isEmpty()) {
      return false;
    }
    var inputs = origin.get().inputs();
    return switch (origin.get().operation()) {
      case Sigmoid _, HardSigmoid _, Softmax _ -> true;
      case Relu6 _ -> isShifted(step, inputs.getFirst());
      case org.pellucid.engine.ops.Elementwise function ->
          switch (function.function()) {
            case ElementFunction.Reciprocal _ -> true;
            case ElementFunction.Clip(var low, var high) ->
                Double.isFinite(low) && Double.isFinite(high) && isShifted(step, inputs.getFirst());
            default -> false;
          };
      case Reshape _, Transpose _, Broadcast _, Scale _ -> isGate(step, inputs.getFirst());
      case Add _, Multiply _ -> {
        var computed = inputs.stream().filter(step::tracks).toList();
        yield computed.size() == 1 && isGate(step, computed.getFirst());
      }
      default -> false;
    };
  }

  /** Whether a constant was added: {@code clip(x + 3, 0, 6)} is a gate, ReLU6 alone is none. */
  private static boolean isShifted(Backward step, Tensor tensor) {
    return step.origin(tensor)
        .filter(origin -> origin.operation() instanceof Add)
        .filter(sum -> sum.inputs().stream().filter(step::tracks).count() == 1)
        .isPresent();
  }
}
