package org.pellucid.engine.kernels.portable;

import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.kernels.AttentionInputs;
import org.pellucid.engine.kernels.DropoutMask;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.Window;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Kernels written with ND4J operations only, so that they run wherever ND4J runs, in single and
 * double precision. They are the truth that faster kernels are compared with.
 */
public final class PortableKernels implements Kernels {

  @Override
  public String name() {
    return "portable";
  }

  @Override
  public void add(Tensor first, Tensor second, Tensor out) {
    Arithmetic.add(first.array(), second.array(), out.array());
  }

  @Override
  public void multiply(Tensor first, Tensor second, Tensor out) {
    Arithmetic.multiply(first.array(), second.array(), out.array());
  }

  @Override
  public void scale(Tensor x, double factor, Tensor out) {
    x.array().muli(factor, out.array());
  }

  @Override
  public void addScaled(Tensor x, double factor, Tensor accumulator) {
    if (factor == 1) {
      accumulator.array().addi(x.array());
      return;
    }
    try (var scaled = x.array().mul(factor)) {
      accumulator.array().addi(scaled);
    }
  }

  @Override
  public void fill(double value, Tensor out) {
    out.array().assign(value);
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    try (var source = x.view(x.elements());
        var target = out.view(out.elements())) {
      target.array().assign(source.array());
    }
  }

  @Override
  public void inverseSquareRoot(Tensor x, double epsilon, Tensor out) {
    x.array().addi(epsilon, out.array());
    Transforms.sqrt(out.array(), false);
    out.array().rdivi(1.0);
  }

  @Override
  public void relu(Tensor x, Tensor out) {
    Nd4j.exec(new ScalarMax(x.array(), null, out.array(), 0.0));
  }

  @Override
  public void reluGradient(Tensor output, Tensor gradient, Tensor out) {
    if (out.elements() > 0) {
      Arithmetic.passWherePositive(output.array(), gradient.array(), out.array());
    }
  }

  @Override
  public void gelu(Tensor x, Tensor out) {
    normalDistribution(x.array(), out.array());
    out.array().muli(x.array());
  }

  private static void normalDistribution(INDArray x, INDArray out) {
    x.muli(Math.sqrt(0.5), out);
    Nd4j.exec(new Erf(out, out));
    out.addi(1).muli(0.5);
  }

  @Override
  public void geluGradient(Tensor x, Tensor gradient, Tensor out) {
    try (var density = x.array().mul(x.array())) {
      density.muli(-0.5);
      Nd4j.exec(new Exp(density, density));
      density.muli(1 / Math.sqrt(2 * Math.PI)).muli(x.array());
      normalDistribution(x.array(), out.array());
      out.array().addi(density).muli(gradient.array());
    }
  }

  @Override
  public void tanh(Tensor x, Tensor out) {
    Nd4j.exec(new Tanh(x.array(), out.array()));
  }

  @Override
  public void tanhGradient(Tensor output, Tensor gradient, Tensor out) {
    output.array().muli(output.array(), out.array()).rsubi(1).muli(gradient.array());
  }

  @Override
  public void sum(Tensor x, Tensor out) {
    var target = Shapes.padded(out.shape(), x.rank());
    var axes = IntStream.range(0, x.rank()).filter(a -> target[a] != x.size(a)).toArray();
    if (axes.length == 0) {
      copy(x, out);
      return;
    }
    try (var sums = x.array().sum(true, axes);
        var flat = out.view(out.elements())) {
      flat.array().assign(sums.reshape('c', new long[] {out.elements()}));
    }
  }

  @Override
  public void permute(Tensor x, int[] axes, Tensor out) {
    out.array().assign(x.array().permute(axes));
  }

  @Override
  public void slice(Tensor x, int axis, long start, Tensor out) {
    out.array().assign(x.array().get(range(x, axis, start, out.size(axis))));
  }

  @Override
  public void place(Tensor part, int axis, long start, Tensor out) {
    out.array().get(range(out, axis, start, part.size(axis))).assign(part.array());
  }

  private static INDArrayIndex[] range(Tensor x, int axis, long start, long length) {
    var indices = new INDArrayIndex[x.rank()];
    for (var a = 0; a < indices.length; a++) {
      indices[a] = a == axis ? NDArrayIndex.interval(start, start + length) : NDArrayIndex.all();
    }
    return indices;
  }

  @Override
  public void matmul(
      Tensor first, boolean transposeFirst, Tensor second, boolean transposeSecond, Tensor out) {
    var sharedSecond = second.rank() == 2 && first.rank() > 2;
    if (sharedSecond && transposeFirst) {
      try (var dense = first.array().permute(lastTwoSwapped(first.rank())).dup('c')) {
        Arithmetic.product(
            Arithmetic.rows(dense),
            false,
            second.array(),
            transposeSecond,
            Arithmetic.rows(out.array()));
      }
    } else if (sharedSecond) {
      Arithmetic.product(
          Arithmetic.rows(first.array()),
          false,
          second.array(),
          transposeSecond,
          Arithmetic.rows(out.array()));
    } else {
      Arithmetic.product(stack(first), transposeFirst, stack(second), transposeSecond, stack(out));
    }
  }

  private static int[] lastTwoSwapped(int rank) {
    var axes = IntStream.range(0, rank).toArray();
    axes[rank - 2] = rank - 1;
    axes[rank - 1] = rank - 2;
    return axes;
  }

  private static INDArray stack(Tensor x) {
    if (x.rank() <= 3) {
      return x.array();
    }
    var height = x.size(-2);
    var width = x.size(-1);
    return x.array().reshape('c', new long[] {x.elements() / (height * width), height, width});
  }

  @Override
  public void linear(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor out) {
    Arithmetic.product(
        Arithmetic.rows(x.array()), false, weight.array(), true, Arithmetic.rows(out.array()));
    bias.ifPresent(b -> add(out, b, out));
  }

  @Override
  public void linearGelu(Tensor x, Tensor weight, Tensor bias, Optional<Tensor> sums, Tensor out) {
    if (sums.isPresent()) {
      linear(x, weight, Optional.of(bias), sums.get());
      gelu(sums.get(), out);
      return;
    }
    try (var own = Tensor.uninitialised(out.type(), out.shape())) {
      linear(x, weight, Optional.of(bias), own);
      gelu(own, out);
    }
  }

  @Override
  public void linearInputGradient(Tensor gradient, Tensor weight, Tensor out) {
    matmul(gradient, false, weight, false, out);
  }

  @Override
  public void attention(AttentionInputs inputs, Tensor out) {
    if (out.elements() > 0) {
      Attentions.forward(inputs, out);
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
      Attentions.gradient(inputs, gradient, queryGradient, keyGradient, valueGradient);
    } else {
      fill(0, queryGradient);
      fill(0, keyGradient);
      fill(0, valueGradient);
    }
  }

  @Override
  public void convolution(
      Tensor input, Tensor weight, Optional<Tensor> bias, Window window, boolean relu, Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    Convolutions.forward(input.array(), weight.array(), window, out.array());
    bias.ifPresent(b -> add(out, b, out));
    if (relu) {
      relu(out, out);
    }
  }

  @Override
  public void convolutionInputGradient(
      Tensor gradient, Optional<Tensor> reluOutput, Tensor weight, Window window, Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    if (reluOutput.isEmpty()) {
      Convolutions.inputGradient(gradient.array(), weight.array(), window, out.array());
      return;
    }
    try (var passed = Arithmetic.likeOf(gradient.array())) {
      Arithmetic.passWherePositive(reluOutput.get().array(), gradient.array(), passed);
      Convolutions.inputGradient(passed, weight.array(), window, out.array());
    }
  }

  @Override
  public void convolutionWeightGradient(Tensor input, Tensor gradient, Window window, Tensor out) {
    if (input.elements() > 0) {
      Convolutions.weightGradient(input.array(), gradient.array(), window, out.array());
    } else {
      fill(0, out);
    }
  }

  @Override
  public void maxPool(Tensor input, Window window, Tensor winners, Tensor out) {
    if (out.elements() > 0) {
      Pools.forward(input.array(), window, winners.array(), out.array());
    }
  }

  @Override
  public void maxPoolGradient(Tensor gradient, Tensor winners, Window window, Tensor out) {
    if (out.elements() > 0) {
      Pools.gradient(gradient.array(), winners.array(), window, out.array());
    }
  }

  @Override
  public void softmax(Tensor x, double factor, Optional<Tensor> mask, Tensor out) {
    scale(x, factor, out);
    mask.ifPresent(m -> add(out, m, out));
    Normalisations.softmax(Arithmetic.rows(out.array()));
  }

  @Override
  public void softmaxGradient(Tensor output, Tensor gradient, double factor, Tensor out) {
    Normalisations.softmaxGradient(
        Arithmetic.rows(output.array()),
        Arithmetic.rows(gradient.array()),
        factor,
        Arithmetic.rows(out.array()));
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    Normalisations.logSoftmax(Arithmetic.rows(x.array()), Arithmetic.rows(out.array()));
  }

  @Override
  public void logSoftmaxGradient(Tensor output, Tensor gradient, Tensor out) {
    Normalisations.logSoftmaxGradient(
        Arithmetic.rows(output.array()),
        Arithmetic.rows(gradient.array()),
        Arithmetic.rows(out.array()));
  }

  @Override
  public void negativeLogLikelihood(Tensor logProbabilities, Tensor targets, Tensor out) {
    Lookups.negativeLogLikelihood(logProbabilities.array(), targets.array(), out.array());
  }

  @Override
  public void crossEntropyGradient(
      Tensor logProbabilities, Tensor targets, Tensor gradient, Tensor out) {
    Lookups.crossEntropyGradient(
        logProbabilities.array(), targets.array(), gradient.array(), out.array());
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
    Normalisations.layerNorm(
        Arithmetic.rows(x.array()),
        epsilon,
        Arithmetic.rows(normalised.array()),
        Arithmetic.rows(inverseDeviation.array()));
    multiply(normalised, gamma, out);
    add(out, beta, out);
  }

  @Override
  public void layerNormGradient(
      Tensor normalised, Tensor inverseDeviation, Tensor gamma, Tensor gradient, Tensor out) {
    multiply(gradient, gamma, out);
    Normalisations.layerNormGradient(
        Arithmetic.rows(normalised.array()),
        Arithmetic.rows(inverseDeviation.array()),
        Arithmetic.rows(out.array()));
  }

  @Override
  public void batchStatistics(Tensor x, Tensor mean, Tensor variance) {
    BatchNormalisations.statistics(
        Arithmetic.rows(x.array()),
        Arithmetic.rows(mean.array()),
        Arithmetic.rows(variance.array()));
  }

  @Override
  public void batchNorm(
      Tensor x, Tensor mean, Tensor inverseDeviation, Tensor gamma, Tensor beta, Tensor out) {
    Arithmetic.subtract(x.array(), mean.array(), out.array());
    try (var scale = inverseDeviation.array().mul(gamma.array())) {
      Arithmetic.multiply(out.array(), scale, out.array());
    }
    add(out, beta, out);
  }

  @Override
  public void batchNormSums(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient) {
    sum(gradient, betaGradient);
    try (var products =
        BatchNormalisations.normalised(x.array(), mean.array(), inverseDeviation.array())) {
      products.muli(gradient.array());
      try (var sums = Arithmetic.rows(products).sum(0)) {
        gammaGradient.array().assign(sums);
      }
    }
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
    var count = (double) x.elements() / mean.elements();
    try (var products =
            BatchNormalisations.normalised(x.array(), mean.array(), inverseDeviation.array());
        var alongNormalised = gammaGradient.array().div(count);
        var meanGradient = betaGradient.array().div(count);
        var scale = inverseDeviation.array().mul(gamma.array())) {
      Arithmetic.multiply(products, alongNormalised, products);
      Arithmetic.subtract(gradient.array(), meanGradient, out.array());
      out.array().subi(products);
      Arithmetic.multiply(out.array(), scale, out.array());
    }
  }

  @Override
  public void dropout(Tensor x, double probability, long seed, Tensor out) {
    var factors = DropoutMask.factors(probability, seed, Math.toIntExact(x.elements()));
    try (var wide = Nd4j.createFromArray(factors);
        var factor = wide.castTo(x.array().dataType()).reshape('c', x.shape())) {
      x.array().muli(factor, out.array());
    }
  }

  @Override
  public void gather(Tensor table, Tensor ids, Tensor out) {
    Lookups.gather(table.array(), ids.array(), out.array());
  }

  @Override
  public void scatterAdd(Tensor gradient, Tensor ids, Tensor out) {
    Lookups.scatterAdd(Arithmetic.rows(gradient.array()), ids.array(), out.array());
  }

  @Override
  public void adam(
      Tensor gradient,
      AdamSettings settings,
      long step,
      Tensor firstMoment,
      Tensor secondMoment,
      Tensor parameter) {
    var m = firstMoment.array();
    var v = secondMoment.array();
    try (var g = parameter.array().mul(settings.weightDecay())) {
      g.addi(gradient.array());
      try (var square = g.mul(g)) {
        v.muli(settings.beta2()).addi(square.muli(1 - settings.beta2()));
      }
      m.muli(settings.beta1()).addi(g.muli(1 - settings.beta1()));
    }
    var bias1 = 1 - Math.pow(settings.beta1(), step);
    var bias2 = 1 - Math.pow(settings.beta2(), step);
    try (var denominator = v.div(bias2)) {
      Transforms.sqrt(denominator, false).addi(settings.epsilon());
      try (var update = m.div(denominator)) {
        parameter.array().subi(update.muli(settings.learningRate() / bias1));
      }
    }
  }
}
