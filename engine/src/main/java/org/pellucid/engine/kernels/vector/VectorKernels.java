package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import java.util.Optional;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.kernels.AttentionInputs;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.Window;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * The fast kernels for the CPU, in single precision only, with the JDK's Vector API and BLAS
 * straight on the tensors' memory. What isn't hot goes to the portable kernels, and so do tensors
 * of other types by {@link #forType}.
 */
public final class VectorKernels implements Kernels {
  private final PortableKernels portable = new PortableKernels();
  private final Elementwise elementwise;
  private final MatrixProducts products;
  private final FusedAttention attention;
  private final Activations activations;
  private final SoftmaxRows softmax;
  private final LayerNormalisation layerNormalisation;
  private final Convolutions convolutions;
  private final Pooling pooling;
  private final Sums sums;
  private final Slices slices;
  private final Lookups lookups;
  private final Losses losses;
  private final BatchNormalisation batchNormalisation;
  private final Training training;

  /** Kernels that use all processors. */
  public VectorKernels() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Kernels that use the given number of threads.
   *
   * @throws IllegalArgumentException if it isn't positive
   */
  public VectorKernels(int threads) {
    this(new Workers(threads));
  }

  /** Kernels that compute with the given threads. */
  public VectorKernels(Workers workers) {
    elementwise = new Elementwise(workers);
    products = new MatrixProducts(workers);
    attention = new FusedAttention(workers);
    activations = new Activations(workers);
    softmax = new SoftmaxRows(workers);
    layerNormalisation = new LayerNormalisation(workers);
    convolutions = new Convolutions(workers);
    pooling = new Pooling(workers);
    sums = new Sums(workers);
    slices = new Slices(workers);
    lookups = new Lookups(workers);
    losses = new Losses(workers);
    batchNormalisation = new BatchNormalisation(workers);
    training = new Training(workers);
  }

  /** Where a tensor's first element lies. */
  static long address(Tensor tensor) {
    return tensor.memory().address();
  }

  /** Whether {@code small} repeats along the last axes of {@code large} without gaps. */
  private static boolean repeats(Tensor small, Tensor large, Tensor out) {
    return Arrays.equals(large.shape(), out.shape())
        && small.elements() > 0
        && Arrays.equals(
            Shapes.padded(small.shape(), large.rank()), suffix(large.shape(), small.elements()));
  }

  private static long[] suffix(long[] shape, long elements) {
    var result = new long[shape.length];
    Arrays.fill(result, 1);
    var product = 1L;
    for (var axis = shape.length - 1; axis >= 0 && product < elements; axis--) {
      result[axis] = shape[axis];
      product *= shape[axis];
    }
    return result;
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public Kernels forType(ElementType type) {
    return type == ElementType.FLOAT32 ? this : portable;
  }

  @Override
  public Workspace convolutionWorkspace(Tensor weight, Window window) {
    return convolutions.workspace(weight, window);
  }

  @Override
  public Workspace linearWorkspace(Tensor weight) {
    return MatrixProducts.workspace(weight);
  }

  @Override
  public void add(Tensor first, Tensor second, Tensor out) {
    if (repeats(second, first, out)) {
      elementwise.add(first, second, out);
    } else {
      portable.add(first, second, out);
    }
  }

  @Override
  public void multiply(Tensor first, Tensor second, Tensor out) {
    if (repeats(second, first, out)) {
      elementwise.multiply(first, second, out);
    } else {
      portable.multiply(first, second, out);
    }
  }

  @Override
  public void scale(Tensor x, double factor, Tensor out) {
    elementwise.scale(x, factor, out);
  }

  @Override
  public void addScaled(Tensor x, double factor, Tensor accumulator) {
    elementwise.addScaled(x, factor, accumulator);
  }

  @Override
  public void fill(double value, Tensor out) {
    elementwise.fill(value, out);
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    out.memory().copyFrom(x.memory());
  }

  @Override
  public void relu(Tensor x, Tensor out) {
    elementwise.relu(x, out);
  }

  @Override
  public void reluGradient(Tensor output, Tensor gradient, Tensor out) {
    elementwise.reluGradient(output, gradient, out);
  }

  @Override
  public void permute(Tensor x, int[] axes, Tensor out) {
    if (x.rank() == 4) {
      elementwise.permute(x, axes, out);
    } else {
      portable.permute(x, axes, out);
    }
  }

  @Override
  public void matmul(
      Tensor first, boolean transposeFirst, Tensor second, boolean transposeSecond, Tensor out) {
    if (MatrixProducts.fits(first, transposeFirst, second, out)) {
      products.matmul(first, transposeFirst, second, transposeSecond, out);
    } else {
      portable.matmul(first, transposeFirst, second, transposeSecond, out);
    }
  }

  @Override
  public void linear(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor out) {
    if (out.elements() > 0) {
      products.linear(x, weight, bias, out);
    } else {
      portable.linear(x, weight, bias, out);
    }
  }

  @Override
  public void linearInputGradient(Tensor gradient, Tensor weight, Tensor out) {
    if (out.elements() > 0) {
      products.linearInputGradient(gradient, weight, out);
    } else {
      portable.linearInputGradient(gradient, weight, out);
    }
  }

  @Override
  public void linearGelu(Tensor x, Tensor weight, Tensor bias, Optional<Tensor> sums, Tensor out) {
    if (out.elements() > 0) {
      products.linear(x, weight, Optional.of(bias), sums.orElse(out));
      activations.gelu(sums.orElse(out), out);
    } else {
      portable.linearGelu(x, weight, bias, sums, out);
    }
  }

  @Override
  public void attention(AttentionInputs inputs, Tensor out) {
    if (out.elements() > 0) {
      attention.forward(inputs, out);
    } else {
      portable.attention(inputs, out);
    }
  }

  @Override
  public void attentionGradient(
      AttentionInputs inputs,
      Tensor gradient,
      Tensor queryGradient,
      Tensor keyGradient,
      Tensor valueGradient) {
    if (gradient.elements() > 0) {
      attention.gradient(inputs, gradient, queryGradient, keyGradient, valueGradient);
    } else {
      portable.attentionGradient(inputs, gradient, queryGradient, keyGradient, valueGradient);
    }
  }

  @Override
  public void convolution(
      Tensor input, Tensor weight, Optional<Tensor> bias, Window window, boolean relu, Tensor out) {
    if (out.elements() > 0) {
      convolutions.forward(input, weight, bias, window, relu, out);
    }
  }

  @Override
  public void convolutionInputGradient(
      Tensor gradient, Optional<Tensor> reluOutput, Tensor weight, Window window, Tensor out) {
    if (Convolutions.canTurn(window) && out.elements() > 0) {
      convolutions.inputGradient(gradient, reluOutput, weight, window, out);
    } else {
      portable.convolutionInputGradient(gradient, reluOutput, weight, window, out);
    }
  }

  @Override
  public void convolutionWeightGradient(Tensor input, Tensor gradient, Window window, Tensor out) {
    convolutions.weightGradient(input, gradient, window, out);
  }

  @Override
  public void maxPool(Tensor input, Window window, Tensor winners, Tensor out) {
    pooling.forward(input, window, winners, out);
  }

  @Override
  public void maxPoolGradient(Tensor gradient, Tensor winners, Window window, Tensor out) {
    pooling.gradient(gradient, winners, window, out);
  }

  @Override
  public void inverseSquareRoot(Tensor x, double epsilon, Tensor out) {
    batchNormalisation.inverseSquareRoot(x, epsilon, out);
  }

  @Override
  public void gelu(Tensor x, Tensor out) {
    activations.gelu(x, out);
  }

  @Override
  public void geluGradient(Tensor x, Tensor gradient, Tensor out) {
    activations.geluGradient(x, gradient, out);
  }

  @Override
  public void tanh(Tensor x, Tensor out) {
    activations.tanh(x, out);
  }

  @Override
  public void tanhGradient(Tensor output, Tensor gradient, Tensor out) {
    activations.tanhGradient(output, gradient, out);
  }

  @Override
  public void sum(Tensor x, Tensor out) {
    if (x.elements() == 0 || !sums.run(x, out)) {
      portable.sum(x, out);
    }
  }

  @Override
  public void slice(Tensor x, int axis, long start, Tensor out) {
    slices.slice(x, axis, start, out);
  }

  @Override
  public void place(Tensor part, int axis, long start, Tensor out) {
    slices.place(part, axis, start, out);
  }

  @Override
  public void softmax(Tensor x, double factor, Optional<Tensor> mask, Tensor out) {
    if (SoftmaxRows.fits(x, mask)) {
      softmax.forward(x, factor, mask, out);
    } else {
      portable.softmax(x, factor, mask, out);
    }
  }

  @Override
  public void softmaxGradient(Tensor output, Tensor gradient, double factor, Tensor out) {
    if (SoftmaxRows.fits(out, Optional.empty())) {
      softmax.gradient(output, gradient, factor, out);
    } else {
      portable.softmaxGradient(output, gradient, factor, out);
    }
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    losses.logSoftmax(x, out);
  }

  @Override
  public void logSoftmaxGradient(Tensor output, Tensor gradient, Tensor out) {
    losses.logSoftmaxGradient(output, gradient, out);
  }

  @Override
  public void negativeLogLikelihood(Tensor logProbabilities, Tensor targets, Tensor out) {
    losses.negativeLogLikelihood(logProbabilities, targets, out);
  }

  @Override
  public void crossEntropyGradient(
      Tensor logProbabilities, Tensor targets, Tensor gradient, Tensor out) {
    losses.crossEntropyGradient(logProbabilities, targets, gradient, out);
  }

  @Override
  public void layerNorm(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor normalised,
      Tensor inverseDeviation,
      Tensor out) {
    if (x.elements() > 0) {
      layerNormalisation.forward(x, gamma, beta, epsilon, normalised, inverseDeviation, out);
    } else {
      portable.layerNorm(x, gamma, beta, epsilon, normalised, inverseDeviation, out);
    }
  }

  @Override
  public void layerNormGradient(
      Tensor normalised, Tensor inverseDeviation, Tensor gamma, Tensor gradient, Tensor out) {
    if (out.elements() > 0) {
      layerNormalisation.gradient(normalised, inverseDeviation, gamma, gradient, out);
    } else {
      portable.layerNormGradient(normalised, inverseDeviation, gamma, gradient, out);
    }
  }

  @Override
  public void batchStatistics(Tensor x, Tensor mean, Tensor variance) {
    batchNormalisation.statistics(x, mean, variance);
  }

  @Override
  public void batchNorm(
      Tensor x, Tensor mean, Tensor inverseDeviation, Tensor gamma, Tensor beta, Tensor out) {
    batchNormalisation.forward(x, mean, inverseDeviation, gamma, beta, out);
  }

  @Override
  public void batchNormSums(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient) {
    batchNormalisation.sums(x, mean, inverseDeviation, gradient, gammaGradient, betaGradient);
  }

  @Override
  public void batchNormGradient(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gamma,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient,
      Tensor out) {
    batchNormalisation.gradient(
        x, mean, inverseDeviation, gamma, gradient, gammaGradient, betaGradient, out);
  }

  @Override
  public void dropout(Tensor x, double probability, long seed, Tensor out) {
    training.dropout(x, probability, seed, out);
  }

  @Override
  public void gather(Tensor table, Tensor ids, Tensor out) {
    lookups.gather(table, ids, out);
  }

  @Override
  public void scatterAdd(Tensor gradient, Tensor ids, Tensor out) {
    lookups.scatterAdd(gradient, ids, out);
  }

  @Override
  public void adam(
      Tensor gradient,
      AdamSettings settings,
      long step,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor parameter) {
    training.adam(gradient, settings, step, firstMoment, secondMoment, parameter);
  }
}
