package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.PreciseInputs;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;

/**
 * Expected gradients: the mean of {@code (x − b) ⊙ ∇F(b + c (x − b))} over samples, each with a
 * baseline {@code b} and a position {@code c} of its own, both drawn at random, and noise on {@code
 * x} (Erion et al., 2021; Lundberg and Lee, 2017). The attributions approach the mean difference of
 * the scores; how far they miss that of these samples is reported as {@code convergenceDelta}.
 *
 * @param samples the number of baselines and positions
 * @param sigma the noise's standard deviation
 * @param baselines each sample draws one of these, at least one
 */
public record GradientShap(int samples, NoiseLevel sigma, List<Baseline> baselines)
    implements GradientMethod {
  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples",
          ParameterType.wholeNumber(1, 1_000_000),
          50,
          "The number of baselines and positions.");
  private static final Parameter<NoiseLevel> SIGMA =
      Parameter.of(
          "sigma",
          NoiseLevel.TYPE,
          new NoiseLevel.Absolute(0),
          "The standard deviation of the noise on the image.");
  private static final Parameter<List<Baseline>> BASELINE =
      Parameter.of(
              "baseline",
              new ParameterType<>(
                  Baseline.TYPE.allowed() + ", several with commas between them",
                  GradientShap::parse,
                  baselines ->
                      baselines.stream().map(Baseline::text).collect(Collectors.joining(","))),
              List.of(new Baseline.UniformNoise()),
              "Where lines begin; each sample draws one of these, and noise anew.")
          .texts(List.of(Baseline.PAD, Baseline.MASK, Baseline.BLACK));

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "gradient-shap",
              "Gradient SHAP",
              "Expected gradients: how much each value of the input adds to the score, on average"
                  + " over many baselines; red speaks for the class, blue against it.",
              "G. Erion et al.: Improving performance of deep learning models with axiomatic"
                  + " attribution priors and expected gradients, 2021; S. M. Lundberg, S.-I. Lee: A"
                  + " unified approach to interpreting model predictions, 2017",
              new Guidance(
                  "How is the difference between the score of the image and the mean score of many"
                      + " baselines shared among its values?",
                  "A forward and a backward pass and two forward passes for each of the samples.",
                  "Shapley values only as far as values count one by one and the network is linear"
                      + " between baseline and image. Another seed gives another map: raise the"
                      + " samples until it doesn't."),
              List.of(SAMPLES, SIGMA, BASELINE),
              (values, model) ->
                  List.of(
                      new GradientShap(
                          values.get(SAMPLES),
                          values.get(SIGMA),
                          values.get(BASELINE).stream()
                              .map(baseline -> baseline.resolved(model))
                              .toList())))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

  private static Optional<List<Baseline>> parse(String text) {
    var parts =
        Arrays.stream(text.split(",", -1))
            .map(part -> Baseline.TYPE.reader().apply(part.strip()))
            .toList();
    return parts.stream().allMatch(Optional::isPresent)
        ? Optional.of(parts.stream().map(Optional::orElseThrow).toList())
        : Optional.empty();
  }

  /** Where random numbers come from. */
  @FunctionalInterface
  interface Draws {
    /** What one sample draws; called from several threads. */
    Draw of(int sample);
  }

  /**
   * What a sample draws.
   *
   * @param position on the line from the baseline, 0 to 1
   * @param baselineSeed of a baseline that is noise
   * @param noise numbers of standard deviation 1, in order
   */
  record Draw(double position, Baseline baseline, long baselineSeed, DoubleSupplier noise) {}

  /**
   * Copies the list and checks that there is something to average.
   *
   * @throws IllegalArgumentException if there are no samples or no baselines
   */
  public GradientShap {
    check(samples > 0, "Gradient SHAP needs at least one sample, not %d", samples);
    check(!baselines.isEmpty(), "Gradient SHAP needs at least one baseline");
    baselines = List.copyOf(baselines);
  }

  /** 50 samples from uniform noise, without noise on the input. */
  public static GradientShap standard() {
    return new GradientShap(50, new NoiseLevel.Absolute(0), List.of(new Baseline.UniformNoise()));
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(SAMPLES, samples)
        .with(SIGMA, sigma)
        .with(BASELINE, baselines);
  }

  /** A generator of its own for each sample, so that neither batch size nor order matters. */
  private Draws draws(long seed) {
    var seeds = new SplittableRandom(seed).longs(samples).toArray();
    return sample -> {
      var random = new SplittableRandom(seeds[sample]);
      return new Draw(
          random.nextDouble(),
          baselines.get(random.nextInt(baselines.size())),
          random.nextLong(),
          random::nextGaussian);
    };
  }

  /** One input with what its samples draw. */
  private final class Samples {
    private final double[] input;
    private final long[] shape;
    private final double deviation;
    private final Draws draws;

    Samples(double[] input, long[] shape, Draws draws) {
      this.input = input;
      this.shape = shape;
      this.deviation = sigma.deviation(Values.of(input, shape));
      this.draws = draws;
    }

    double[] noisy(int sample) {
      var noise = draws.of(sample).noise();
      var noisy = input.clone();
      for (var i = 0; deviation > 0 && i < noisy.length; i++) {
        noisy[i] += deviation * noise.getAsDouble();
      }
      return noisy;
    }

    double[] origin(int sample) {
      var draw = draws.of(sample);
      return draw.baseline().of(input, shape, draw.baselineSeed());
    }

    void between(int sample, double[] row) {
      var position = draws.of(sample).position();
      var noisy = noisy(sample);
      var origin = origin(sample);
      for (var i = 0; i < row.length; i++) {
        row[i] = position * noisy[i] + (1 - position) * origin[i];
      }
    }

    double[] map(Evaluator evaluator, Target target, RunOptions options) {
      var map = new double[input.length];
      evaluator.gradients(
          samples,
          new PreciseInputs(input.length, this::between),
          target,
          options,
          (sample, gradient, offset) -> {
            var noisy = noisy(sample);
            var origin = origin(sample);
            for (var i = 0; i < map.length; i++) {
              map[i] += (noisy[i] - origin[i]) * gradient[offset + i] / samples;
            }
          });
      return map;
    }

    /** The mean over the samples of the noisy input's score minus the baseline's. */
    double scoreDifference(Evaluator evaluator, Target target, RunOptions options) {
      var sum = new double[1];
      evaluator.scores(
          2 * samples,
          new PreciseInputs(
              input.length,
              (row, into) ->
                  System.arraycopy(
                      row % 2 == 0 ? noisy(row / 2) : origin(row / 2), 0, into, 0, into.length)),
          target,
          options.withProgress(Progress.NONE),
          (row, score) -> sum[0] += (row % 2 == 0 ? score : -score) / samples);
      return sum[0];
    }
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    SingleInputs.maps(
        evaluator,
        count,
        inputs,
        receiver,
        input -> {
          var own = new Samples(input, evaluator.model().inputShape(), draws(options.seed()));
          return own.map(evaluator, target, options);
        });
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    return explain(evaluator, input, target, options, draws(options.seed()));
  }

  Explanation explain(
      Evaluator evaluator, Values input, Target target, RunOptions options, Draws draws) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var own = new Samples(input.toDoubles(), input.shape(), draws);
    var map = own.map(evaluator, target, options);
    var difference = own.scoreDifference(evaluator, target, options);
    return explanation
        .quality(
            "convergenceDelta",
            Arrays.stream(map).sum() - difference,
            "How far the attributions miss the scores' mean difference; near 0 is good, and more"
                + " samples bring it there.")
        .quality(
            "scoreDifference",
            difference,
            "The score of the input minus the mean score of the baselines.")
        .end(Values.of(map, input.shape()));
  }
}
