package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;

/**
 * LIME on superpixels (Ribeiro, Singh and Guestrin, 2016): hides random superpixels, evaluates the
 * model, and fits a linear model of the target whose coefficients say what each superpixel
 * contributes. The map {@code [height, width]} holds each superpixel's coefficient.
 *
 * @param settings of the samples and the fit; their labels, batch size and seed are given by the
 *     run
 * @param slic the superpixels
 * @param sequence where the random numbers come from
 */
public record Lime(LimeSettings settings, Slic slic, Sequence sequence) implements Method {
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

  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples",
          ParameterType.wholeNumber(2, 10_000_000),
          1000,
          "The number of images with hidden superpixels.");
  private static final Parameter<Integer> SEGMENTS =
      Parameter.of(
          "segments",
          ParameterType.wholeNumber(1, Integer.MAX_VALUE),
          200,
          "The number of superpixels to aim for; there are usually fewer.");
  private static final Parameter<Double> COMPACTNESS =
      Parameter.of(
          "compactness",
          ParameterType.positiveNumber(),
          1.0,
          "The weight of place against colour in superpixels.");
  private static final Parameter<Double> SIGMA =
      Parameter.of(
          "sigma",
          ParameterType.number(0, 1000),
          1.0,
          "The width in pixels of the blur before superpixels are found.");
  private static final Parameter<Integer> FEATURES =
      Parameter.of(
          "features",
          ParameterType.wholeNumber(1, Integer.MAX_VALUE),
          Integer.MAX_VALUE,
          "The most superpixels that an explanation keeps.");
  private static final Parameter<Double> KERNEL_WIDTH =
      Parameter.of(
          "kernel-width",
          ParameterType.positiveNumber(),
          0.25,
          "The cosine distance at which a sample's weight has fallen to exp(-1/2).");
  private static final Parameter<Integer> FIRST_LABEL =
      Parameter.of(
              "first-label",
              ParameterType.wholeNumber(0, 1),
              0,
              "The number of the first superpixel; with 1 the first column hides nothing, as in the"
                  + " homework.")
          .homework(1);
  private static final Parameter<Sequence> SEQUENCE =
      Parameter.of(
              "sequence",
              ParameterType.choice(Sequence.class),
              Sequence.IMAGE,
              "Whether each image draws anew, or one generator of seed 16 runs through all.")
          .homework(Sequence.RUN);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "lime",
          "LIME",
          "Hides superpixels at random and fits a linear model to the outputs: green superpixels"
              + " speak for the class, red ones against it.",
          "M. T. Ribeiro, S. Singh, C. Guestrin: \"Why should I trust you?\", 2016",
          new Guidance(
              "Which superpixels would the score miss most if they were hidden?",
              "A forward pass for each of the samples.",
              "It is as good as its superpixels and its linear fit: look at the score, its R"
                  + " squared, and at other seeds. Hidden superpixels make images that the network"
                  + " never saw."),
          List.of(
              SAMPLES, SEGMENTS, COMPACTNESS, SIGMA, FEATURES, KERNEL_WIDTH, FIRST_LABEL, SEQUENCE),
          (values, model) -> List.of(create(values)));

  private static Lime create(ParameterValues values) {
    var homework = values.get(FIRST_LABEL) == 1;
    var base = homework ? LimeSettings.homework() : LimeSettings.defaults();
    return new Lime(
        base.withSamples(values.get(SAMPLES))
            .withFeatures(values.get(FEATURES))
            .withKernelWidth(values.get(KERNEL_WIDTH)),
        new Slic(
            values.get(SEGMENTS),
            values.get(COMPACTNESS),
            values.get(SIGMA),
            values.get(FIRST_LABEL)),
        values.get(SEQUENCE));
  }

  /** 1000 samples of about 200 SLIC superpixels. */
  public static Lime standard() {
    return create(DESCRIPTOR.standard());
  }

  /** The homework's definition, whose generator runs through all images. */
  public static Lime homework() {
    return create(DESCRIPTOR.homework(1));
  }

  /** This method with another number of samples. */
  public Lime withSamples(int samples) {
    return new Lime(settings.withSamples(samples), slic, sequence);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(SAMPLES, settings.samples())
        .with(SEGMENTS, slic.segments())
        .with(COMPACTNESS, slic.compactness())
        .with(SIGMA, slic.sigma())
        .with(FEATURES, settings.features())
        .with(KERNEL_WIDTH, settings.kernelWidth())
        .with(FIRST_LABEL, slic.startLabel())
        .with(SEQUENCE, sequence);
  }

  @Override
  public Display display() {
    return Display.SUPERPIXELS;
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    check(
        input.rank() == 3,
        "LIME divides images into superpixels; an input of %d axes is not an image",
        input.rank());
    var height = input.size(1);
    var width = input.size(2);
    var superpixels = slic.segment(input.toArray(), height, width);
    var generator = generator(options);
    var found =
        LimeSurrogate.explain(
            input.toArray(),
            superpixels,
            (images, count) -> scores(evaluator, target, images, count),
            settings
                .withTopLabels(0)
                .withLabels(List.of(0))
                .withBatchSize(batch(evaluator, options)),
            generator,
            options.progress());
    var fitted = found.label(0);
    return explanation
        .quality("score", fitted.score(), "The fit's weighted R squared; 1 is perfect.")
        .quality(
            "intercept",
            fitted.intercept(),
            "The linear model's output with every superpixel hidden.")
        .quality(
            "localPrediction", fitted.localPrediction(), "The linear model's output for the image.")
        .quality("superpixels", superpixels.count(), "The number of the image's superpixels.")
        .detail(COLUMNS, columns(found, height, width))
        .detail(COEFFICIENTS, Values.of(fitted.coefficients(), fitted.coefficients().length))
        .seed(seed(options))
        .drawn(sequence == Sequence.RUN ? generator.drawn() - options.drawn() : 0)
        .end(Values.of(found.map(0), height, width));
  }

  private static int batch(Evaluator evaluator, RunOptions options) {
    return options.batchSize().orElseGet(() -> evaluator.batchSize(false));
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

  /** The target's number for each image, as rows of one label. */
  private static double[][] scores(Evaluator evaluator, Target target, float[] images, int count) {
    var rows = evaluator.outputs(images);
    var columns = rows.length / count;
    var scores = new double[count][];
    Arrays.setAll(
        scores,
        i -> new double[] {target.of(Arrays.copyOfRange(rows, i * columns, (i + 1) * columns))});
    return scores;
  }

  private static Values columns(LimeExplanation found, int height, int width) {
    var columns = found.columns();
    var numbers = new float[columns.length];
    for (var pixel = 0; pixel < numbers.length; pixel++) {
      numbers[pixel] = columns[pixel];
    }
    return Values.of(numbers, height, width);
  }
}
