package org.pellucid.explain.attribution;

import java.util.Arrays;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.tensor.Tensor;

/**
 * DeepLIFT's multipliers of a softmax {@code y = exp(z − L)} with {@code L = ln Σ exp z}.
 *
 * <p>Of one element, {@code Δy = ℓ · (Δz − ΔL)} with the logarithmic mean {@code ℓ = Δy / Δ ln y}
 * of its two values, which lies between them: the exponential function's rescale rule. As the
 * elements' differences sum to 0, {@code ΔL = Σ ℓ · Δz / Σ ℓ}. So the multipliers from {@code zⱼ}
 * to {@code yᵢ} are {@code ℓᵢ · (δᵢⱼ − ℓⱼ / Σ ℓ)}: exact for any two inputs, without a number that
 * is divided by a small difference, indifferent to what is added to all elements alike, and the
 * gradient where the two inputs are the same.
 */
final class SoftmaxMultipliers {
  private SoftmaxMultipliers() {}

  /** Of {@code softmax(f · x + m)} along the last axis, {@code f · ℓ · (g − Σ g · ℓ / Σ ℓ)}. */
  static Tensor ofSoftmax(Softmax softmax, Backward step, Tensor baseline) {
    var result = step.allocate(step.gradient().shape());
    var width = Math.toIntExact(result.size(-1));
    var factor = softmax.factor();
    Elementwise.apply(
        step.engine(),
        Elementwise.parts(result),
        (inputs, multipliers) -> {
          for (var from = 0; from < multipliers.length; from += width) {
            var means = means(inputs[0], inputs[1], from, width);
            var mean = weighted(means, inputs[2], from);
            for (var i = 0; i < width; i++) {
              multipliers[from + i] = factor * means[i] * (inputs[2][from + i] - mean);
            }
          }
        },
        result,
        exponents(softmax, step, step.input(0)),
        exponents(softmax, step, baseline),
        step.gradient());
    return result;
  }

  /** Of {@code z − L} along the last axis, {@code g − ℓ · Σ g / Σ ℓ}. */
  static Tensor ofLogarithm(Backward step, Tensor baseline) {
    var result = step.allocate(step.gradient().shape());
    var width = Math.toIntExact(result.size(-1));
    Elementwise.apply(
        step.engine(),
        Elementwise.parts(result),
        (inputs, multipliers) -> {
          for (var from = 0; from < multipliers.length; from += width) {
            var means = means(inputs[0], inputs[1], from, width);
            var sum = Arrays.stream(means).sum();
            var gradients = Arrays.stream(inputs[2], from, from + width).sum();
            for (var i = 0; i < width; i++) {
              multipliers[from + i] = inputs[2][from + i] - gradients * means[i] / sum;
            }
          }
        },
        result,
        step.input(0),
        baseline,
        step.gradient());
    return result;
  }

  /** {@code f · x + m}. */
  private static Tensor exponents(Softmax softmax, Backward step, Tensor x) {
    var arithmetic = step.kernels().arithmetic();
    var exponents = step.allocate(x.shape());
    arithmetic.scale(x, softmax.factor(), exponents);
    softmax.mask().ifPresent(mask -> arithmetic.add(exponents, mask, exponents));
    return exponents;
  }

  /** The logarithmic means of a row's outputs for two inputs. */
  private static double[] means(double[] first, double[] second, int from, int width) {
    var sumOfFirst = logarithmOfSum(first, from, width);
    var sumOfSecond = logarithmOfSum(second, from, width);
    var means = new double[width];
    for (var i = 0; i < width; i++) {
      means[i] = logarithmicMean(first[from + i] - sumOfFirst, second[from + i] - sumOfSecond);
    }
    return means;
  }

  private static double logarithmOfSum(double[] exponents, int from, int width) {
    var largest = Arrays.stream(exponents, from, from + width).max().orElseThrow();
    var sum = 0.0;
    for (var i = from; i < from + width; i++) {
      sum += Math.exp(exponents[i] - largest);
    }
    return largest + Math.log(sum);
  }

  /** {@code (eᵃ − eᵇ) / (a − b)}, or {@code eᵃ} where both are the same. */
  private static double logarithmicMean(double a, double b) {
    var larger = Math.max(a, b);
    var difference = Math.abs(a - b);
    if (larger == Double.NEGATIVE_INFINITY || difference == 0) {
      return Math.exp(larger);
    }
    return Math.exp(larger) * -Math.expm1(-difference) / difference;
  }

  private static double weighted(double[] weights, double[] numbers, int from) {
    var sum = 0.0;
    var total = 0.0;
    for (var i = 0; i < weights.length; i++) {
      sum += weights[i] * numbers[from + i];
      total += weights[i];
    }
    return total == 0 ? 0 : sum / total;
  }
}
