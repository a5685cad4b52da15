package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;

/**
 * RISE (Petsiuk, Das and Saenko, 2018): multiplies the image by random soft masks and averages the
 * masks by the scores that the masked images get: {@code map = Σ score · mask / (samples ·
 * probability)}, of {@code [height, width]}.
 *
 * @param samples the number of masks, at least 1
 * @param grid the cells of a mask along each side before it is enlarged, at least 1
 * @param probability that a cell shows the image, between 0 and 1
 * @param centred whether the scores' mean is taken from them first, so that a place that changes
 *     nothing gets zero
 * @param baseline what hidden places show
 */
public record Rise(int samples, int grid, double probability, boolean centred, HideColour baseline)
    implements Method {
  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples", ParameterType.wholeNumber(1, 10_000_000), 4000, "The number of masks.");
  private static final Parameter<Integer> GRID =
      Parameter.of(
          "grid",
          ParameterType.wholeNumber(1, 1000),
          7,
          "The cells of a mask along each side; more cells give finer and noisier maps.");
  private static final Parameter<Double> PROBABILITY =
      Parameter.of(
          "probability",
          ParameterType.number(0.001, 0.999),
          0.5,
          "The probability that a mask's cell shows the image.");
  private static final Parameter<Boolean> CENTRED =
      Parameter.of(
          "centred",
          ParameterType.trueOrFalse(),
          false,
          "Whether the scores' mean is subtracted first, which the paper doesn't: the map then has"
              + " signs, and a place that changes nothing gets zero.");
  private static final Parameter<HideColour> BASELINE =
      HideColour.ofPlaces("baseline", HideColour.BLACK);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "rise",
          "RISE",
          "The mean of random masks, each weighted by the score of what it shows of the image:"
              + " where the map is high, seeing the place raises the score.",
          "V. Petsiuk, A. Das, K. Saenko: RISE, randomized input sampling for explanation of"
              + " black-box models, 2018",
          new Guidance(
              "Which places must be seen for a high score?",
              "A forward pass for each of the samples.",
              "Few samples leave blotches, which splitHalf tells. The paper's scores are"
                  + " probabilities; with logits take centred, or a target such as probability:3."),
          List.of(SAMPLES, GRID, PROBABILITY, CENTRED, BASELINE),
          (values, model) ->
              List.of(
                  new Rise(
                      values.get(SAMPLES),
                      values.get(GRID),
                      values.get(PROBABILITY),
                      values.get(CENTRED),
                      values.get(BASELINE))));

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Rise {
    check(samples > 0, "RISE needs at least one mask, not %d", samples);
    check(grid > 0, "RISE's masks need at least one cell, not %d", grid);
    check(
        probability > 0 && probability < 1,
        "RISE's probability is %s, but must be between 0 and 1",
        probability);
    check(
        !(baseline instanceof HideColour.SuperpixelMean),
        "RISE has no superpixels whose mean colour could hide a place; choose mean instead");
  }

  /** The paper's: 4000 masks of 7 x 7 cells, half of them shown, black elsewhere. */
  public static Rise standard() {
    return new Rise(4000, 7, 0.5, false, HideColour.BLACK);
  }

  /** This method with another number of masks. */
  public Rise withSamples(int other) {
    return new Rise(other, grid, probability, centred, baseline);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(SAMPLES, samples)
        .with(GRID, grid)
        .with(PROBABILITY, probability)
        .with(CENTRED, centred)
        .with(BASELINE, baseline);
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    Scores.checkImage("RISE", input.rank(), target);
    var height = input.size(1);
    var width = input.size(2);
    var masks = new RiseMasks(this, height, width, options.seed());
    var image = input.toArray();
    var hidden = baseline.over(image, height, width);
    var scores =
        Scores.of(
            evaluator,
            samples,
            (number, into, offset) -> {
              var mask = masks.of(number);
              for (var i = 0; i < image.length; i++) {
                var share = mask[i % mask.length];
                into[offset + i] = hidden[i] + share * (image[i] - hidden[i]);
              }
            },
            target,
            options);
    var halves = halves(masks, scores, options);
    var map = new double[height * width];
    Arrays.setAll(map, i -> (halves[0][i] + halves[1][i]) / (samples * probability));
    if (samples > 1) {
      explanation.quality(
          "splitHalf",
          correlation(halves[0], halves[1]),
          "The correlation of the maps of every other mask; near 1 the masks were enough.");
    }
    return explanation
        .quality(
            "meanScore",
            Arrays.stream(scores).average().orElse(0),
            "The masked images' mean score.")
        .end(Values.of(map, height, width));
  }

  /** The weighted sums of the masks of even and of odd number. */
  private double[][] halves(RiseMasks masks, double[] scores, RunOptions options) {
    var mean = centred ? Arrays.stream(scores).average().orElse(0) : 0;
    var halves = new double[2][masks.pixels()];
    for (var number = 0; number < samples; number++) {
      if (Thread.currentThread().isInterrupted()) {
        options.progress().step(samples, samples);
      }
      var mask = masks.of(number);
      var half = halves[number % 2];
      for (var i = 0; i < half.length; i++) {
        half[i] += (scores[number] - mean) * mask[i];
      }
    }
    return halves;
  }

  /** Pearson's correlation; 1 between two maps without any contrast, 0 if one alone has none. */
  private static double correlation(double[] first, double[] second) {
    var mean = Arrays.stream(first).average().orElse(0);
    var other = Arrays.stream(second).average().orElse(0);
    var product = 0.0;
    var squares = 0.0;
    var others = 0.0;
    for (var i = 0; i < first.length; i++) {
      product += (first[i] - mean) * (second[i] - other);
      squares += (first[i] - mean) * (first[i] - mean);
      others += (second[i] - other) * (second[i] - other);
    }
    if (squares == 0 || others == 0) {
      return squares == others ? 1 : 0;
    }
    return product / Math.sqrt(squares * others);
  }
}
