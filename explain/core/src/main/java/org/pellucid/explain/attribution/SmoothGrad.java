package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.PreciseInputs;
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
 * Noise around a gradient method: the mean map over noisy copies of the input (SmoothGrad: Smilkov
 * et al., 2017), the mean square (Hooker et al., 2019) or the variance (VarGrad: Adebayo et al.,
 * 2018).
 *
 * @param around the method whose maps are averaged
 * @param samples the number of noisy copies
 * @param sigma the noise's standard deviation
 * @param statistic of the maps
 */
public record SmoothGrad(GradientMethod around, int samples, NoiseLevel sigma, Statistic statistic)
    implements GradientMethod {

  /** A statistic of the samples' maps, place by place. */
  public enum Statistic {
    /** Their mean. */
    MEAN,
    /** The mean of their squares. */
    MEAN_SQUARE,
    /** Their variance, divided by the number of samples. */
    VARIANCE
  }

  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
              "samples", ParameterType.wholeNumber(1, 1_000_000), 50, "The number of noisy copies.")
          .homework(500);
  private static final Parameter<NoiseLevel> SIGMA =
      Parameter.of("sigma", NoiseLevel.TYPE, NoiseLevel.STANDARD, "The noise's standard deviation.")
          .homework(new NoiseLevel.Homework());
  private static final Parameter<Objective> OF =
      Parameter.of(
              "of",
              ParameterType.choice(Objective.class),
              Objective.SCORE,
              "The function that is differentiated.")
          .homework(Objective.LOSS);
  private static final Parameter<Boolean> ABSOLUTE =
      Parameter.of(
          "absolute",
          ParameterType.trueOrFalse(),
          true,
          "Whether signs are dropped before averaging.");
  private static final Parameter<Statistic> STATISTIC =
      Parameter.of(
          "statistic",
          ParameterType.choice(Statistic.class),
          Statistic.MEAN,
          "The statistic of the samples: their mean, mean square or variance.");

  /** The method with its parameters, around {@link Saliency}. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "smoothgrad",
              "SmoothGrad",
              "The gradient averaged over noisy copies of the input, which suppresses its noise.",
              "D. Smilkov et al.: SmoothGrad, removing noise by adding noise, 2017",
              new Guidance(
                  "Where is the score sensitive, not only at this very image but all around it?",
                  "A forward and a backward pass for each of the samples.",
                  "The noise decides: little leaves the map as it was, and much explains images"
                      + " that the network never saw. With signs dropped, it shows places and not"
                      + " directions."),
              List.of(SAMPLES, SIGMA, OF, ABSOLUTE, STATISTIC),
              (values, model) ->
                  List.of(
                      new SmoothGrad(
                          new Saliency(values.get(OF), values.get(ABSOLUTE), false, 1),
                          values.get(SAMPLES),
                          values.get(SIGMA),
                          values.get(STATISTIC))))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

  /** Where noise comes from. */
  @FunctionalInterface
  interface Noise {
    /** One sample's numbers of standard deviation 1, in order; called from several threads. */
    DoubleSupplier of(int sample);
  }

  /**
   * Checks the number of samples.
   *
   * @throws IllegalArgumentException if there are none
   */
  public SmoothGrad {
    check(samples > 0, "SmoothGrad needs at least one sample, not %d", samples);
  }

  /** 50 samples of the score's gradient at 0.15 times the input's range. */
  public static SmoothGrad standard() {
    return around(Saliency.standard(), 50, NoiseLevel.STANDARD);
  }

  /** The homework's definition: 500 samples of the loss's gradient, σ = (0.4 / range)². */
  public static SmoothGrad homework() {
    return around(new Saliency(Objective.LOSS, true, false, 1), 500, new NoiseLevel.Homework());
  }

  /** The mean of a method's maps over noisy copies. */
  public static SmoothGrad around(GradientMethod method, int samples, NoiseLevel sigma) {
    return new SmoothGrad(method, samples, sigma, Statistic.MEAN);
  }

  /** This method with another number of samples. */
  public SmoothGrad withSamples(int other) {
    return new SmoothGrad(around, other, sigma, statistic);
  }

  /** This method with another statistic of the samples. */
  public SmoothGrad withStatistic(Statistic other) {
    return new SmoothGrad(around, samples, sigma, other);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public String name() {
    return around instanceof Saliency ? "smoothgrad" : "smoothgrad-" + around.name();
  }

  @Override
  public String title() {
    var name = around instanceof Saliency ? "SmoothGrad" : "SmoothGrad of " + around.title();
    return name + ", " + sigma.words();
  }

  @Override
  public ParameterValues parameters() {
    var own =
        ParameterValues.none().with(SAMPLES, samples).with(SIGMA, sigma).with(STATISTIC, statistic);
    return own.and(around.parameters());
  }

  @Override
  public long[] mapShape(Evaluator evaluator) {
    return around.mapShape(evaluator);
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    return explain(evaluator, input, target, options, gaussian(options.seed()));
  }

  /** A generator of its own for each sample, so that neither batch size nor order matters. */
  private Noise gaussian(long seed) {
    var seeds = new SplittableRandom(seed).longs(samples).toArray();
    return sample -> new SplittableRandom(seeds[sample])::nextGaussian;
  }

  Explanation explain(
      Evaluator evaluator, Values input, Target target, RunOptions options, Noise noise) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var numbers = input.toDoubles();
    var map = map(evaluator, numbers, target, options, noise);
    return explanation
        .quality("sigma", sigma.deviation(input), "The noise's standard deviation in input units.")
        .end(Values.of(map, mapShape(evaluator)));
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
        input -> map(evaluator, input, target, options, gaussian(options.seed())));
  }

  private double[] map(
      Evaluator evaluator, double[] input, Target target, RunOptions options, Noise source) {
    var deviation = sigma.deviation(Values.of(input, input.length));
    var moments = new Moments(mapShape(evaluator));
    around.maps(
        evaluator,
        samples,
        new PreciseInputs(
            input.length,
            (sample, row) -> {
              var noise = source.of(sample);
              for (var i = 0; i < row.length; i++) {
                row[i] = input[i] + deviation * noise.getAsDouble();
              }
            }),
        target,
        options,
        (sample, map, offset) -> moments.add(map, offset, statistic != Statistic.MEAN));
    return moments.statistic(statistic, samples);
  }
}
