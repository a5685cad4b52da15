package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.segmentation.MersenneTwister;
import org.pellucid.explain.segmentation.Segmentation;
import org.pellucid.explain.segmentation.Superpixels;
import org.pellucid.explain.segmentation.Words;

/**
 * LIME on superpixels (Ribeiro, Singh and Guestrin, 2016): hides random superpixels, evaluates the
 * model, and fits a linear model of the target whose coefficients say what each superpixel
 * contributes. The map {@code [height, width]} holds each superpixel's coefficient.
 *
 * @param settings of the samples and the fit; their labels are explained besides the target, their
 *     batch size is the run's, and their seed counts in a sequence only
 * @param superpixels how the image is divided
 * @param sequence where the random numbers come from
 * @param drawing what the drawing shows
 * @param stabilitySeeds the number of further seeds whose results are compared, from 0 on
 */
public record Lime(
    LimeSettings settings,
    Segmentation superpixels,
    Sequence sequence,
    LimeDisplay drawing,
    int stabilitySeeds)
    implements HidingMethod {
  /** The detail that holds each pixel's column, {@code [height, width]}. */
  static final String COLUMNS = "superpixels";

  /** The detail that holds the coefficients by column. */
  static final String COEFFICIENTS = "coefficients";

  /** Where the random numbers come from. */
  public enum Sequence {
    /** Each image starts anew with the run's seed. */
    IMAGE,
    /** As in the homework, one generator of the settings' seed runs through all images. */
    RUN
  }

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "lime",
              "LIME",
              "Hides superpixels or words at random and fits a linear model to the outputs: green"
                  + " superpixels speak for the class, red ones against it.",
              "M. T. Ribeiro, S. Singh, C. Guestrin: \"Why should I trust you?\", 2016",
              new Guidance(
                  "Which superpixels would the score miss most if they were hidden?",
                  "A forward pass for each of the samples, and as many for each of the"
                      + " stability-seeds.",
                  "It is as good as its superpixels and its linear fit: look at the score, its R"
                      + " squared, and at other seeds. Hidden superpixels make images that the"
                      + " network never saw."),
              LimeParameters.all(),
              (values, model) -> List.of(LimeParameters.read(values)))
          .texts(MethodDescriptor.TextInput.WORDS);

  /**
   * Checks the number of seeds.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Lime {
    check(stabilitySeeds >= 0, "LIME can't compare %d further seeds", stabilitySeeds);
  }

  /** 1000 samples of about 200 SLIC superpixels. */
  public static Lime standard() {
    return LimeParameters.read(DESCRIPTOR.standard());
  }

  /** The homework's definition, whose generator runs through all images. */
  public static Lime homework() {
    return LimeParameters.read(DESCRIPTOR.homework(1));
  }

  /** This method with another number of samples. */
  public Lime withSamples(int samples) {
    return with(settings.withSamples(samples));
  }

  /** This method with other settings. */
  public Lime with(LimeSettings other) {
    return new Lime(other, superpixels, sequence, drawing, stabilitySeeds);
  }

  /** This method with other superpixels. */
  public Lime with(Segmentation other) {
    return new Lime(settings, other, sequence, drawing, stabilitySeeds);
  }

  /** This method with another drawing. */
  public Lime with(LimeDisplay other) {
    return new Lime(settings, superpixels, sequence, other, stabilitySeeds);
  }

  /** This method with another number of further seeds to compare. */
  public Lime withStabilitySeeds(int seeds) {
    return new Lime(settings, superpixels, sequence, drawing, seeds);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return LimeParameters.write(this);
  }

  @Override
  public Display display() {
    return Display.SUPERPIXELS;
  }

  @Override
  public HideColour hidden() {
    return settings.hideColour();
  }

  @Override
  public Optional<Segmentation> parts() {
    return Optional.of(superpixels);
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    Scores.checkImage("LIME", input.rank(), target);
    var image = input.toArray();
    var height = input.size(1);
    var width = input.size(2);
    var generator = generator(options);
    var pieces = superpixels.segment(image, height, width, LimeSamples.drawSeed(generator));
    var columns = MaskedImages.columns(pieces, LimeSurrogate.labelOfColumn0(pieces, settings));
    var images = new MaskedImages(image, pieces, columns, settings.hideColour());
    var run = new Run(evaluator, images, pieces, target, options);

    var samples = draw(generator, pieces.count());
    var targets = run.evaluate(samples, 0);
    var ridge = LimeSurrogate.ridge(samples, settings);
    var fitted = ridge.fit(targets.ofTarget());
    explanation
        .quality("score", fitted.score(), "The fit's weighted R squared; 1 is perfect.")
        .quality(
            "intercept",
            fitted.intercept(),
            "The linear model's output with every superpixel hidden.")
        .quality("localPrediction", fitted.prediction(), "The linear model's output for the image.")
        .quality("superpixels", pieces.count(), "The number of the image's superpixels.")
        .detail(COLUMNS, numbers(columns, height, width))
        .detail(COEFFICIENTS, Values.of(fitted.coefficients(), fitted.coefficients().length))
        .seed(seed(options))
        .drawn(sequence == Sequence.RUN ? generator.drawn() - options.drawn() : 0);
    addLabels(explanation, targets, ridge);
    addStability(explanation, run, fitted.coefficients());
    return explanation.end(
        Values.of(LimeExplanation.map(columns, fitted.coefficients()), height, width),
        Values.of(targets.outputs(), targets.outputs().length));
  }

  private LimeSamples draw(MersenneTwister generator, int columns) {
    return superpixels instanceof Words
        ? LimeSamples.drawForTexts(generator, settings.samples(), columns)
        : LimeSamples.draw(generator, settings.samples(), columns);
  }

  /** What all sets of samples of an image share. */
  private final class Run {
    private final Evaluator evaluator;
    private final MaskedImages images;
    private final Superpixels pieces;
    private final Target target;
    private final RunOptions options;

    Run(
        Evaluator evaluator,
        MaskedImages images,
        Superpixels pieces,
        Target target,
        RunOptions options) {
      this.evaluator = evaluator;
      this.images = images;
      this.pieces = pieces;
      this.target = target;
      this.options = options;
    }

    /** The outputs of a set of samples, the set-th of all that are evaluated. */
    LimeTargets evaluate(LimeSamples samples, int set) {
      var count = settings.samples();
      var total = (long) count * (1 + stabilitySeeds);
      var targets = new LimeTargets(target, settings, evaluator.model().outputs());
      evaluator.outputs(
          count,
          (row, into, offset) -> images.write(samples.shown(), row, into, offset),
          options.withProgress(
              (done, _) -> options.progress().update((long) set * count + done, total)),
          targets);
      return targets;
    }

    /** The target's coefficients for another seed. */
    double[] coefficients(int seed, int set) {
      var generator = new MersenneTwister(seed);
      LimeSamples.drawSeed(generator);
      var samples = draw(generator, pieces.count());
      var targets = evaluate(samples, set);
      return LimeSurrogate.ridge(samples, settings).fit(targets.ofTarget()).coefficients();
    }
  }

  /** The further labels: their numbers, coefficients, and the figures of their fits. */
  private static void addLabels(
      Explanation.Builder explanation, LimeTargets targets, WeightedRidge ridge) {
    var labels = targets.labels();
    if (labels.isEmpty()) {
      return;
    }
    var coefficients = new ArrayList<Double>();
    var figures = new ArrayList<Double>();
    for (var i = 0; i < labels.size(); i++) {
      var fit = ridge.fit(targets.ofLabel(i));
      for (var coefficient : fit.coefficients()) {
        coefficients.add(coefficient);
      }
      figures.addAll(List.of(fit.intercept(), fit.score(), fit.prediction()));
    }
    explanation
        .detail("labels", numbers(labels, labels.size()))
        .detail(
            "label-coefficients",
            numbers(coefficients, labels.size(), coefficients.size() / labels.size()))
        .detail("label-fits", numbers(figures, labels.size(), figures.size() / labels.size()));
  }

  private void addStability(Explanation.Builder explanation, Run run, double[] coefficients) {
    if (stabilitySeeds == 0) {
      return;
    }
    var all = new ArrayList<>(List.of(coefficients));
    for (var set = 1; set <= stabilitySeeds; set++) {
      all.add(run.coefficients((int) seed(run.options) + set, set));
    }
    var stability = LimeStability.of(all, drawing.features());
    explanation
        .quality(
            "stabilityRank",
            stability.rank(),
            "The mean rank correlation of the coefficients of two seeds; 1 if no seed matters.")
        .quality(
            "stabilityTop",
            stability.top(),
            "The mean share of the superpixels drawn that two seeds have in common; 1 is best.");
  }

  private static Values numbers(List<? extends Number> numbers, long... shape) {
    return Values.of(numbers.stream().mapToDouble(Number::doubleValue).toArray(), shape);
  }

  /** The homework's generator has a seed of its own, unless the run's was chosen. */
  private long seed(RunOptions options) {
    var seed =
        sequence == Sequence.RUN ? options.chosenSeed().orElse(settings.seed()) : options.seed();
    check(
        seed == (int) seed,
        "The seed is %d, but lime takes a number from %d to %d",
        seed,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE);
    return seed;
  }

  private MersenneTwister generator(RunOptions options) {
    var generator = new MersenneTwister((int) seed(options));
    if (sequence == Sequence.RUN) {
      generator.skip(options.drawn());
    }
    return generator;
  }

  private static Values numbers(int[] columns, int height, int width) {
    var numbers = new float[columns.length];
    for (var pixel = 0; pixel < numbers.length; pixel++) {
      numbers[pixel] = columns[pixel];
    }
    return Values.of(numbers, height, width);
  }
}
