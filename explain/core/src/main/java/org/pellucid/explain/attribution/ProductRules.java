package org.pellucid.explain.attribution;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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
 * probabilities and the values of attention, or the gates of squeeze and excitation. Where one
 * factor is constant, a product is linear.
 *
 * <p>DeepLIFT passes a factor the mean of its own gradients at the input and at the baseline. With
 * {@code Δ} between an input and its baseline, {@code Δ(a · b) = Δa · (b + b₀) / 2 + (a + a₀) / 2 ·
 * Δb} exactly: the Shapley values of the two factors, which is the mean of both orders in which
 * they can change (H. Chen, S. M. Lundberg, S.-I. Lee: Explaining a series of models by propagating
 * Shapley values, 2022).
 *
 * <p>Where relevance is propagated, see {@link #shares}:
 *
 * <ul>
 *   <li>A function of each element that is written out as a product of {@code x} and another
 *       function of {@code x}, as GELU is, passes all on by {@code x}, as the function itself does.
 *   <li>A quotient passes all on by its dividend: what normalises counts as a constant (R. Achtibat
 *       et al.: AttnLRP, 2024; the identity rule).
 *   <li>Where elements are multiplied, one factor may be a gate, which lets through what the other
 *       one, the signal, says. All relevance is the signal's (L. Arras et al.: Explaining recurrent
 *       neural network predictions in sentiment analysis, 2017). AttnLRP knows no gates.
 *   <li>Else half goes to each factor (AttnLRP; the uniform rule).
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

  /** Adds the contributions that an operation itself makes of a gradient of its output. */
  static void addAll(Backward step, Tensor gradient) {
    var own = step.own(gradient);
    for (var index = 0; index < own.size(); index++) {
      var position = index;
      own.get(index).ifPresent(contribution -> step.add(position, contribution));
    }
  }

  /**
   * The part of the relevance that each of two factors gets, which sum to 1.
   *
   * @param gates whether a gate gets nothing
   */
  static double[] shares(Operation product, Backward step, boolean gates) {
    var signal = product instanceof Multiply ? signal(step, gates) : OptionalInt.empty();
    return signal.isEmpty()
        ? new double[] {0.5, 0.5}
        : new double[] {1 - signal.getAsInt(), signal.getAsInt()};
  }

  private static OptionalInt signal(Backward step, boolean gates) {
    var activated = activated(step);
    if (activated.isPresent()) {
      return activated;
    }
    var first = isInverse(step, step.input(0));
    var second = isInverse(step, step.input(1));
    if (first != second) {
      return OptionalInt.of(first ? 1 : 0);
    }
    return gates ? gated(step) : OptionalInt.empty();
  }

  /** The position of the factor of which the other one is a function of each element. */
  private static OptionalInt activated(Backward step) {
    var second = isFunction(step, step.input(1), multiplied(step, step.input(0)));
    var first = isFunction(step, step.input(0), multiplied(step, step.input(1)));
    return first == second ? OptionalInt.empty() : OptionalInt.of(second ? 0 : 1);
  }

  /** What a tensor is a constant multiple of. */
  private static Tensor multiplied(Backward step, Tensor tensor) {
    var origin = step.origin(tensor);
    if (origin.isEmpty()) {
      return tensor;
    }
    var computed = origin.get().inputs().stream().filter(step::tracks).toList();
    return switch (origin.get().operation()) {
      case Scale _, Reshape _, Transpose _ -> multiplied(step, computed.getFirst());
      case Multiply _ when computed.size() == 1 -> multiplied(step, computed.getFirst());
      default -> tensor;
    };
  }

  private static boolean isFunction(Backward step, Tensor tensor, Tensor of) {
    return isFunction(step, tensor, of, new IdentityHashMap<>());
  }

  /**
   * Whether a tensor is made of another one element by element, with constants.
   *
   * @param known what was found out so far
   */
  private static boolean isFunction(
      Backward step, Tensor tensor, Tensor of, Map<Tensor, Boolean> known) {
    if (tensor == of) {
      return true;
    }
    var before = known.get(tensor);
    if (before != null) {
      return before;
    }
    var origin = step.origin(tensor).filter(found -> isOfEachElement(found.operation()));
    var found =
        origin.isPresent()
            && origin.get().inputs().stream()
                .filter(step::tracks)
                .allMatch(input -> isFunction(step, input, of, known));
    known.put(tensor, found);
    return found;
  }

  private static boolean isOfEachElement(Operation operation) {
    return switch (operation) {
      case Add _, Multiply _, Scale _, Reshape _, Transpose _ -> true;
      default -> PropagationRules.isFunctionOfEachElement(operation);
    };
  }

  /** Whether a tensor is the inverse of another one, perhaps moved or scaled afterwards. */
  private static boolean isInverse(Backward step, Tensor tensor) {
    var origin = step.origin(tensor);
    if (origin.isEmpty()) {
      return false;
    }
    var inputs = origin.get().inputs();
    return switch (origin.get().operation()) {
      case org.pellucid.engine.ops.Elementwise function ->
          function.function() instanceof ElementFunction.Reciprocal
              || function.function() instanceof ElementFunction.Power(var exponent) && exponent < 0;
      case Reshape _, Transpose _, Broadcast _, Scale _ -> isInverse(step, inputs.getFirst());
      case Multiply _ -> {
        var computed = inputs.stream().filter(step::tracks).toList();
        yield computed.size() == 1 && isInverse(step, computed.getFirst());
      }
      default -> false;
    };
  }

  /**
   * The position of the factor that another one gates. A gate is a sigmoid, hard or not, or a
   * softmax; where both are, the one that is spread over more elements. Nothing if no factor is a
   * gate, or both are alike.
   */
  private static OptionalInt gated(Backward step) {
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
          function.function() instanceof ElementFunction.Clip(var low, var high)
              && Double.isFinite(low)
              && Double.isFinite(high)
              && isShifted(step, inputs.getFirst());
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
