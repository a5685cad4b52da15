package org.pellucid.engine.kernels;

import java.util.Optional;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * The arithmetic behind the operations: the one narrow place between them and a processor.
 *
 * <p>Every method reads dense tensors and writes its last argument, which the caller allocated with
 * the right shape and which overlaps no input unless a method allows it. All floating-point tensors
 * of a call have one type, that which {@link #forType} was asked for. Shapes were checked by the
 * operation; a kernel checks nothing. Images are channels-last, {@code [batch, height, width,
 * channels]}. Safe to call from several threads.
 */
public interface Kernels {

  /** A short name for logs and benchmarks. */
  String name();

  /** The kernels that compute with tensors of a type: these, or others that stand in for them. */
  default Kernels forType(ElementType type) {
    return this;
  }

  /**
   * Memory that kernels use beside the tensors of a call.
   *
   * @param kept bytes that stay with a weight
   * @param scratch bytes that all calls share
   */
  record Workspace(long kept, long scratch) {
    /** None. */
    public static final Workspace NONE = new Workspace(0, 0);
  }

  /**
   * What a convolution and its input's gradient take beside their tensors, at most.
   *
   * @param weight {@code [window height, window width, input channels, output channels]}
   */
  default Workspace convolutionWorkspace(Tensor weight, Window window) {
    return Workspace.NONE;
  }

  /**
   * What a fully connected layer and its input's gradient take beside their tensors, at most.
   *
   * @param weight {@code [outputs, inputs]}
   */
  default Workspace linearWorkspace(Tensor weight) {
    return Workspace.NONE;
  }

  /** {@code out = first + second}, broadcast by NumPy's rules; {@code out} may be either input. */
  void add(Tensor first, Tensor second, Tensor out);

  /** {@code out = first · second}, broadcast by NumPy's rules; {@code out} may be either input. */
  void multiply(Tensor first, Tensor second, Tensor out);

  /** {@code out = factor · x}; {@code out} may be {@code x}. */
  void scale(Tensor x, double factor, Tensor out);

  /** {@code accumulator = accumulator + factor · x}, of one shape. */
  void addScaled(Tensor x, double factor, Tensor accumulator);

  /** {@code out = value} everywhere. */
  void fill(double value, Tensor out);

  /** {@code out = x}, of the same number of elements in the same order. */
  void copy(Tensor x, Tensor out);

  /** {@code out = 1 / √(x + epsilon)}. */
  void inverseSquareRoot(Tensor x, double epsilon, Tensor out);

  /** {@code out = max(x, 0)}; {@code out} may be {@code x}. */
  void relu(Tensor x, Tensor out);

  /**
   * {@code out = gradient} where {@code output > 0}, else 0; {@code out} may be {@code gradient}.
   */
  void reluGradient(Tensor output, Tensor gradient, Tensor out);

  /** {@code out = x · Φ(x)} with the exact normal distribution function Φ. */
  void gelu(Tensor x, Tensor out);

  /** {@code out = gradient · (Φ(x) + x · φ(x))}. */
  void geluGradient(Tensor x, Tensor gradient, Tensor out);

  /** {@code out = tanh(x)}. */
  void tanh(Tensor x, Tensor out);

  /** {@code out = gradient · (1 − output²)}. */
  void tanhGradient(Tensor output, Tensor gradient, Tensor out);

  /** Sums {@code x} over the axes along which {@code out} would have to stretch to its shape. */
  void sum(Tensor x, Tensor out);

  /** Reorders the axes: axis {@code i} of {@code out} is axis {@code axes[i]} of {@code x}. */
  void permute(Tensor x, int[] axes, Tensor out);

  /** {@code out = x[…, start : start + out.size(axis), …]} along one axis. */
  void slice(Tensor x, int axis, long start, Tensor out);

  /** {@code out[…, start : start + part.size(axis), …] = part} along one axis. */
  void place(Tensor part, int axis, long start, Tensor out);

  /**
   * Matrix products over the last two axes: {@code out[…, m, n] = first[…, m, k] · second[…, k, n]}
   * with either operand read transposed on demand; the axes before are the same in both operands,
   * or {@code second} has two axes and serves all of {@code first}.
   */
  void matmul(
      Tensor first, boolean transposeFirst, Tensor second, boolean transposeSecond, Tensor out);

  /**
   * {@code out[…, o] = Σᵢ x[…, i] · weight[o, i] + bias[o]}: a fully connected layer with weights
   * as PyTorch stores them.
   */
  void linear(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor out);

  /**
   * A fully connected layer with {@link #gelu} behind it: {@code out = gelu(x · weightᵀ + bias)}.
   *
   * @param sums receives {@code x · weightᵀ + bias}, of the shape of {@code out}, for the gradient;
   *     empty if nobody wants it
   */
  void linearGelu(Tensor x, Tensor weight, Tensor bias, Optional<Tensor> sums, Tensor out);

  /** The gradient of {@link #linear} with respect to {@code x}: {@code out = gradient · weight}. */
  void linearInputGradient(Tensor gradient, Tensor weight, Tensor out);

  /**
   * Scaled dot-product attention: for each head {@code out = P · value} with {@code P =
   * softmax(factor · query · keyᵀ + mask)} along the keys.
   *
   * @param out {@code [batch, queries, hidden]}, the heads' contexts side by side
   */
  void attention(AttentionInputs inputs, Tensor out);

  /**
   * The gradients of {@link #attention}, for each head {@code dV = Pᵀ · g}, {@code dQ = factor · S
   * · key} and {@code dK = factor · Sᵀ · query} with {@code S = P ∘ (g · valueᵀ − Σ P ∘ (g ·
   * valueᵀ))}, the sum along the keys. {@code P} is computed again.
   *
   * @param gradient of the shape of the output
   */
  void attentionGradient(
      AttentionInputs inputs,
      Tensor gradient,
      Tensor queryGradient,
      Tensor keyGradient,
      Tensor valueGradient);

  /**
   * Cross-correlation as deep learning calls convolution: {@code out[n, y, x, k] = bias[k] + Σ
   * input[n, y·s + i − p, x·s + j − p, c] · weight[i, j, c, k]}, zero outside the image, then
   * {@code max(·, 0)} if {@code relu}.
   *
   * @param weight {@code [window height, window width, input channels, output channels]}
   */
  void convolution(
      Tensor input, Tensor weight, Optional<Tensor> bias, Window window, boolean relu, Tensor out);

  /**
   * The gradient of {@link #convolution} with respect to its input.
   *
   * @param reluOutput the convolution's output if it applied ReLU: where it is not positive, no
   *     gradient passes
   */
  void convolutionInputGradient(
      Tensor gradient, Optional<Tensor> reluOutput, Tensor weight, Window window, Tensor out);

  /** The gradient of {@link #convolution} (without ReLU) with respect to its weight. */
  void convolutionWeightGradient(Tensor input, Tensor gradient, Window window, Tensor out);

  /**
   * The largest value under each window. Padding never wins; among equal values the first in
   * row-major order does, as in PyTorch.
   *
   * @param winners {@code int32}, of the shape of {@code out}: the winner's position in its window,
   *     {@code row · window width + column}
   */
  void maxPool(Tensor input, Window window, Tensor winners, Tensor out);

  /** Adds each window's gradient at its winner; windows that overlap accumulate. */
  void maxPoolGradient(Tensor gradient, Tensor winners, Window window, Tensor out);

  /**
   * {@code out = softmax(factor · x + mask)} along the last axis.
   *
   * @param mask added after scaling and broadcast to {@code x}, such as {@code [batch, 1, 1, keys]}
   *     with 0 for tokens and a large negative number for padding
   */
  void softmax(Tensor x, double factor, Optional<Tensor> mask, Tensor out);

  /**
   * {@code out = factor · output · (gradient − Σ gradient · output)} along the last axis, the
   * gradient of {@link #softmax} with respect to {@code x}.
   */
  void softmaxGradient(Tensor output, Tensor gradient, double factor, Tensor out);

  /**
   * {@code out = x − log Σ exp(x)} along the last axis, accurate when one probability is near 1.
   */
  void logSoftmax(Tensor x, Tensor out);

  /** {@code out = gradient − exp(output) · Σ gradient} along the last axis. */
  void logSoftmaxGradient(Tensor output, Tensor gradient, Tensor out);

  /**
   * {@code out[row] = −logProbabilities[row, target[row]]}.
   *
   * @param targets {@code int32 [rows]}
   */
  void negativeLogLikelihood(Tensor logProbabilities, Tensor targets, Tensor out);

  /**
   * {@code out[row, j] = gradient[row] · (p[row, j] − [j = target[row]])} with {@code p =
   * exp(logProbabilities)}; the target's entry is computed by {@code expm1}, so that it keeps its
   * digits when the probability rounds to 1.
   */
  void crossEntropyGradient(Tensor logProbabilities, Tensor targets, Tensor gradient, Tensor out);

  /**
   * Layer normalisation along the last axis: {@code out = gamma · n + beta} with {@code n = (x − μ)
   * · d} and {@code d = 1 / √(σ² + epsilon)}.
   *
   * @param normalised receives {@code n}, of the shape of {@code x}
   * @param inverseDeviation receives {@code d}, of the shape of {@code x} with a last size of 1
   */
  void layerNorm(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor normalised,
      Tensor inverseDeviation,
      Tensor out);

  /**
   * The gradient of {@link #layerNorm} with respect to {@code x}: {@code d · (h − mean(h) − n ·
   * mean(h · n))} with {@code h = gradient · gamma}.
   */
  void layerNormGradient(
      Tensor normalised, Tensor inverseDeviation, Tensor gamma, Tensor gradient, Tensor out);

  /**
   * The mean and the variance, divided by the number of values, of each entry of the last axis over
   * all axes before it.
   *
   * @param x {@code [batch…, channels]}
   * @param mean receives {@code [channels]}
   * @param variance receives {@code [channels]}
   */
  void batchStatistics(Tensor x, Tensor mean, Tensor variance);

  /**
   * Batch normalisation along all axes but the last: {@code out = (x − mean) · (inverseDeviation ·
   * gamma) + beta}.
   *
   * @param mean {@code [channels]}, and so are the other three
   */
  void batchNorm(
      Tensor x, Tensor mean, Tensor inverseDeviation, Tensor gamma, Tensor beta, Tensor out);

  /**
   * The gradients of {@link #batchNorm} with respect to gamma and beta: {@code Σ gradient · n} and
   * {@code Σ gradient} with {@code n = (x − mean) · inverseDeviation}, over all axes but the last.
   */
  void batchNormSums(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient);

  /**
   * The gradient of {@link #batchNorm} with respect to {@code x} where mean and deviation are those
   * of {@code x} itself: {@code gamma · inverseDeviation · (gradient − betaGradient / N − n ·
   * gammaGradient / N)} with {@code N} values a channel and the sums of {@link #batchNormSums}.
   */
  void batchNormGradient(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gamma,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient,
      Tensor out);

  /**
   * {@code out[i] = x[i] / (1 − probability)} where {@link DropoutMask} keeps element {@code i},
   * else 0; {@code out} may be {@code x}.
   *
   * @param probability of dropping an element, {@code 0 ≤ probability < 1}
   */
  void dropout(Tensor x, double probability, long seed, Tensor out);

  /**
   * Looks rows up: {@code out[…, :] = table[ids[…], :]}.
   *
   * @param ids {@code int32} of any shape, each in {@code 0..rows − 1}
   */
  void gather(Tensor table, Tensor ids, Tensor out);

  /** {@code out = 0}, then {@code out[ids[…], :] += gradient[…, :]}. */
  void scatterAdd(Tensor gradient, Tensor ids, Tensor out);

  /**
   * One step of Adam (Kingma and Ba, 2015, algorithm 1) on {@code parameter}, in place together
   * with its moments.
   *
   * @param step counts from 1
   */
  void adam(
      Tensor gradient,
      AdamSettings settings,
      long step,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor parameter);
}
