package org.pellucid.explain.attribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Normalise;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.Tensor;

/**
 * One call of a convolution or a fully connected layer, which a {@link RelevanceRule} applies again
 * with inputs, weights and biases changed, on a tape of its own.
 */
final class WeightedLayer {
  private final Tape tape;
  private final Operation operation;
  private final long[] weightShape;
  private final double[] weight;
  private final int outputs;
  private Tensor x;
  private Tensor given;

  /** One for each output, or for each output at each place of one example. */
  private double[] bias;

  private long[] biasShape;

  /**
   * Batch normalisation of the layer's outputs.
   *
   * @param gamma {@code [channels]}, and so is the other
   * @param output what it gave
   */
  record Normalisation(BatchNorm operation, Tensor gamma, Tensor beta, Tensor output) {}

  /**
   * The layer with other values.
   *
   * @param sign 1, or −1 where it is subtracted
   */
  record Part(int sign, Tensor x, Tensor weight, Tensor bias) {
    Part negated() {
      return new Part(-sign, x, weight, bias);
    }
  }

  /**
   * A call on a tape of the caller's.
   *
   * @param operation a {@code Convolution2d} or a {@code Linear}
   * @param given what the call gave
   */
  WeightedLayer(
      Tape tape, Operation operation, Tensor x, Tensor weight, Tensor bias, Tensor given) {
    this.tape = tape;
    this.operation = operation;
    this.x = x;
    this.given = given;
    this.weightShape = weight.shape();
    this.weight = weight.toDoubles();
    this.bias = bias.toDoubles();
    this.biasShape = bias.shape();
    this.outputs = this.bias.length;
  }

  /**
   * Takes the normalisation of the inputs into weights and biases, so that the layer is a function
   * of what was normalised: {@code W ← W · d}, and the output of {@code −μ · d} is added to the
   * bias, place by place, since there is none in the padding.
   *
   * @param raw what was normalised, of the shape of the layer's input or of the image that this is
   *     the flattening of
   */
  void foldInput(Normalise normalise, Tensor raw) {
    var inverse = normalise.inverseDeviation().toDoubles();
    var mean = normalise.mean().toDoubles();
    var channels = inverse.length;
    var shape = x.shape();
    shape[0] = 1;
    var constants = tape.allocate(x.type(), shape);
    var values = new double[Math.toIntExact(constants.elements())];
    Arrays.setAll(values, i -> -mean[i % channels] * inverse[i % channels]);
    constants.set(values);
    var shift =
        tape.apply(
            operation.again(),
            constants,
            filled(weight, RelevanceRule.SAME, weightShape),
            filled(bias, RelevanceRule.SAME, biasShape));
    bias = shift.toDoubles();
    biasShape = shift.shape();
    for (var i = 0; i < weight.length; i++) {
      weight[i] *= inverse[(operation instanceof Linear ? i : i / outputs) % channels];
    }
    x = raw.rank() == x.rank() ? raw : Reshape.apply(tape, raw, x.shape());
  }

  /**
   * Takes the normalisation of the outputs into weights and biases: {@code W ← W · s}, {@code b ←
   * (b − μ) · s + β} with {@code s = γ / √(σ² + ε)}.
   */
  void fold(Normalisation normalisation) {
    given = normalisation.output();
    var gamma = normalisation.gamma().toDoubles();
    var beta = normalisation.beta().toDoubles();
    var mean = normalisation.operation().mean().orElseThrow().toDoubles();
    var variance = normalisation.operation().variance().orElseThrow().toDoubles();
    var perOutput = weight.length / outputs;
    for (var i = 0; i < weight.length; i++) {
      var output = operation instanceof Linear ? i / perOutput : i % outputs;
      weight[i] *= scale(gamma, variance, normalisation, output);
    }
    for (var i = 0; i < bias.length; i++) {
      var output = i % outputs;
      var scale = scale(gamma, variance, normalisation, output);
      bias[i] = (bias[i] - mean[output]) * scale + beta[output];
    }
  }

  private static double scale(
      double[] gamma, double[] variance, Normalisation normalisation, int output) {
    return gamma[output] / Math.sqrt(variance[output] + normalisation.operation().epsilon());
  }

  /** The layer with functions of its input, its weights and its biases. */
  Part part(DoubleUnaryOperator ofX, DoubleUnaryOperator ofWeight, DoubleUnaryOperator ofBias) {
    var input = ofX == RelevanceRule.SAME ? x : mapped(x, ofX);
    return new Part(
        1, input, filled(weight, ofWeight, weightShape), filled(bias, ofBias, biasShape));
  }

  /**
   * The layer with one function of its weights at the positive parts of its inputs and another at
   * the negative ones, which are left out where no input is negative, as after a {@code Relu}.
   */
  List<Part> bySign(
      DoubleUnaryOperator atPositive, DoubleUnaryOperator atNegative, DoubleUnaryOperator ofBias) {
    return anyNegative(tape, x)
        ? List.of(
            part(RelevanceRule.POSITIVE, atPositive, ofBias),
            part(RelevanceRule.NEGATIVE, atNegative, RelevanceRule.ZERO))
        : List.of(part(RelevanceRule.SAME, atPositive, ofBias));
  }

  private static boolean anyNegative(Tape tape, Tensor x) {
    var least = tape.allocate(x.type(), x.size(0));
    Elementwise.apply(
        tape.engine(),
        Math.toIntExact(x.size(0)),
        (inputs, result) -> result[0] = Arrays.stream(inputs[0]).min().orElse(0),
        least,
        x);
    return Arrays.stream(least.toDoubles()).anyMatch(value -> value < 0);
  }

  private Tensor mapped(Tensor tensor, DoubleUnaryOperator function) {
    var result = tape.allocate(tensor.type(), tensor.shape());
    combine((value, _) -> function.applyAsDouble(value), tensor, tensor, result);
    return result;
  }

  private Tensor filled(double[] values, DoubleUnaryOperator function, long... shape) {
    var tensor = tape.allocate(x.type(), shape);
    tensor.set(Arrays.stream(values).map(function).toArray());
    return tensor;
  }

  private void combine(Elementwise.Function function, Tensor first, Tensor second, Tensor result) {
    Elementwise.combine(tape.engine(), function, first, second, result);
  }

  private Tensor apply(Part part) {
    if (part.bias().rank() == 1) {
      return tape.apply(operation.again(), part.x(), part.weight(), part.bias());
    }
    var none = filled(new double[outputs], RelevanceRule.SAME, outputs);
    return Add.apply(
        tape, tape.apply(operation.again(), part.x(), part.weight(), none), part.bias());
  }

  /** What the layer computes, after a folded normalisation. */
  Tensor outputs() {
    return apply(part(RelevanceRule.SAME, RelevanceRule.SAME, RelevanceRule.SAME));
  }

  /** The numbers where the output at the same place fulfils a condition, 0 elsewhere. */
  Tensor where(Tensor outputs, DoublePredicate condition, Tensor numbers) {
    var result = tape.allocate(numbers.type(), numbers.shape());
    combine((output, number) -> condition.test(output) ? number : 0, outputs, numbers, result);
    return result;
  }

  /**
   * The relevance of the inputs {@code Σ ± xₚ · Wₚᵀ(R / (z + ε · sign z))} over the parts, with
   * {@code z = Σ ± (Wₚ xₚ + bₚ)} and {@code sign 0 = 1}.
   *
   * @param relevance of the layer's output's shape
   * @return of the input's shape, on the tape
   */
  Tensor share(Tensor relevance, double epsilon, List<Part> parts) {
    var outputs = new ArrayList<Tensor>();
    for (var part : parts) {
      tape.watch(part.x());
      outputs.add(apply(part));
    }
    return share(relevance, epsilon, parts, outputs, signedSum(parts, outputs));
  }

  /**
   * The same of the layer as it is, divided by what it gave in the forward pass: what the next
   * layer shared was that, and a divisor near 0 would show how else it is rounded anew.
   */
  Tensor shareAsGiven(Tensor relevance, double epsilon) {
    var whole = part(RelevanceRule.SAME, RelevanceRule.SAME, RelevanceRule.SAME);
    tape.watch(whole.x());
    return share(relevance, epsilon, List.of(whole), List.of(apply(whole)), given);
  }

  private Tensor share(
      Tensor relevance, double epsilon, List<Part> parts, List<Tensor> outputs, Tensor divisor) {
    var quotient = tape.allocate(divisor.type(), divisor.shape());
    combine((r, z) -> r / stabilised(z, epsilon), relevance, divisor, quotient);
    var shares = new ArrayList<Tensor>();
    for (var i = 0; i < parts.size(); i++) {
      var input = parts.get(i).x();
      var gradient = tape.gradient(outputs.get(i), quotient, List.of(input)).of(input);
      var share = tape.allocate(gradient.type(), gradient.shape());
      combine((value, slope) -> value * slope, input, gradient, share);
      shares.add(share);
    }
    return signedSum(parts, shares);
  }

  /** A divisor that is not 0: {@code z + ε · sign z} with {@code sign 0 = 1}. */
  static double stabilised(double z, double epsilon) {
    return z < 0 ? z - epsilon : z + epsilon;
  }

  private Tensor signedSum(List<Part> parts, List<Tensor> tensors) {
    var sum = tensors.getFirst(); // Its part is never negated.
    for (var i = 1; i < parts.size(); i++) {
      sum = sum(sum, 1, tensors.get(i), parts.get(i).sign());
    }
    return sum;
  }

  /** {@code firstFactor · first + secondFactor · second}, on the tape. */
  Tensor sum(Tensor first, double firstFactor, Tensor second, double secondFactor) {
    var result = tape.allocate(first.type(), first.shape());
    combine((a, b) -> firstFactor * a + secondFactor * b, first, second, result);
    return result;
  }
}
