package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.evaluation.HiddenWords;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.models.Model;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.vision.GaussianBlur;
import org.pellucid.models.vision.ImageTensors;

/** The input that an explanation measures from, which shows nothing. */
public sealed interface Baseline {
  /** All zeros. */
  Baseline BLACK = new Constant(0);

  /** All ones. */
  Baseline WHITE = new Constant(1);

  /** Each channel's mean. */
  Baseline MEAN = new ChannelMean();

  /** Padding in place of a text's words. */
  Baseline PAD = new OfToken(HiddenWords.PAD);

  /** {@code [MASK]} in place of a text's words. */
  Baseline MASK = new OfToken(HiddenWords.MASK);

  /** The baselines' names on the command line. */
  ParameterType<Baseline> TYPE =
      new ParameterType<>(
          "one of black, white, mean, blurred, noise, gaussian, or a number for all values,"
              + " blurred:S or gaussian:S for a width of S, or an image or NPY file; for texts"
              + " pad, mask or zero",
          Baseline::parse,
          Baseline::text);

  /** The same number everywhere. */
  record Constant(float value) implements Baseline {}

  /**
   * Each channel's mean over the input; the mean of all values where it has no channels, which are
   * the first of three axes.
   */
  record ChannelMean() implements Baseline {}

  /**
   * The image, blurred until little is to be seen.
   *
   * @param sigma the blur's standard deviation in pixels; a tenth of the longer side where empty
   */
  record Blurred(OptionalDouble sigma) implements Baseline {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if sigma is not above 0
     */
    public Blurred {
      check(
          sigma.orElse(1) > 0 && Double.isFinite(sigma.orElse(1)),
          "A blur's width is %s pixels, but must be a number above 0",
          sigma.orElse(1));
    }

    private double width(long[] shape) {
      return sigma.orElse(Math.max(shape[1], shape[2]) / 10.0);
    }
  }

  /** Numbers spread evenly between the input's smallest and largest value. */
  record UniformNoise() implements Baseline {}

  /**
   * The input with normal noise, kept between its smallest and largest value (Sturmfels, Lundberg
   * and Lee, 2020).
   *
   * @param sigma the standard deviation in input units
   */
  record GaussianNoise(double sigma) implements Baseline {
    /** Enough for little of the image to be seen. */
    static final double STANDARD = 0.5;

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if sigma is not above 0
     */
    public GaussianNoise {
      check(
          sigma > 0 && Double.isFinite(sigma),
          "The baseline's noise has the deviation %s, but must have one above 0",
          sigma);
    }
  }

  /**
   * Another image, or a tensor of an image in an NPY file, brought to the model's size.
   *
   * @param file is read when the baseline is needed; {@link #resolved} reads it once
   */
  record OfFile(Path file) implements Baseline {}

  /**
   * A text whose words are all the same token, {@code [CLS]} and {@code [SEP]} staying.
   *
   * @param token is known when the model is; {@link #resolved} looks its embedding up
   */
  record OfToken(HiddenWords token) implements Baseline {}

  /**
   * Values of the caller's, such as the embeddings of padding tokens.
   *
   * @param text that stands for them in files
   */
  record Given(Values values, String text) implements Baseline {
    /** Values that files call {@code given}. */
    public Given(Values values) {
      this(values, "given");
    }
  }

  /** Whether it is drawn at random, so that several of them differ. */
  default boolean isDrawn() {
    return this instanceof UniformNoise || this instanceof GaussianNoise;
  }

  /**
   * This baseline, with what is read from a file read now, and a text's words replaced.
   *
   * @param model whose inputs are explained
   * @throws org.pellucid.weights.UnusableFileException if the file can't be read
   * @throws IllegalArgumentException if it is a file and the model's inputs are no images, or
   *     tokens and they are no texts
   */
  default Baseline resolved(Model model) {
    return switch (this) {
      case OfFile(var file) -> new Given(read(file, model.inputShape()), text());
      case OfToken(var token) -> {
        check(
            model instanceof TextFunction,
            "The baseline %s is for texts, but this model takes none; choose another baseline",
            text());
        yield new Given(token.all((TextFunction) model), text());
      }
      case Constant(var value) when value == 0 && model instanceof TextFunction -> {
        var shape = model.inputShape();
        yield new Given(Values.of(new float[(int) Shapes.elements(shape)], shape), "zero");
      }
      default -> this;
    };
  }

  private static Values read(Path file, long[] shape) {
    checkImage("A baseline from a file", shape);
    return Values.of(ImageTensors.read(file, shape), shape);
  }

  private static void checkImage(String what, long[] shape) {
    check(
        shape.length == 3,
        "%s is for images, but this input has %d axes; choose another baseline",
        what,
        shape.length);
  }

  /**
   * The baseline for an input, rounded to single precision.
   *
   * @param seed of the noise; the others ignore it
   * @throws IllegalArgumentException if given values are of another shape than the input, or it is
   *     for images and the input is none
   */
  default Values of(Values input, long seed) {
    return Values.of(of(input.toDoubles(), input.shape(), seed), input.shape());
  }

  /**
   * The baseline for an input in C order.
   *
   * @param shape of the input
   * @param seed of the noise; the others ignore it
   * @return numbers of the same shape
   * @throws IllegalArgumentException as in {@link #of(Values, long)}
   */
  default double[] of(double[] input, long[] shape, long seed) {
    return switch (this) {
      case Constant constant -> filled(input.length, constant.value());
      case ChannelMean _ -> means(input, shape);
      case Blurred blurred -> {
        checkImage("A blurred baseline", shape);
        yield new GaussianBlur(blurred.width(shape), GaussianBlur.Border.MIRRORED)
            .of(input, (int) shape[1], (int) shape[2]);
      }
      case UniformNoise _ -> uniform(input, new SplittableRandom(seed));
      case GaussianNoise(var sigma) -> gaussian(input, sigma, new SplittableRandom(seed));
      case OfFile(var file) -> read(file, shape).toDoubles();
      case OfToken _ ->
          throw new IllegalArgumentException(
              "The baseline %s is known by a text's model alone; resolve it first."
                  .formatted(text()));
      case Given(var values, _) -> {
        check(
            Arrays.equals(values.shape(), shape),
            "The baseline is %s, but the input is %s; give one of the input's shape",
            values,
            Values.of(input, shape));
        yield values.toDoubles();
      }
    };
  }

  private static double[] filled(int length, double value) {
    var numbers = new double[length];
    Arrays.fill(numbers, value);
    return numbers;
  }

  private static double[] means(double[] input, long[] shape) {
    var numbers = new double[input.length];
    var channels = shape.length == 3 ? (int) shape[0] : 1;
    var plane = numbers.length / channels;
    for (var from = 0; from < numbers.length; from += plane) {
      var mean = Arrays.stream(input, from, from + plane).sum() / plane;
      Arrays.fill(numbers, from, from + plane, mean);
    }
    return numbers;
  }

  private static double[] uniform(double[] input, SplittableRandom random) {
    var range = Arrays.stream(input).summaryStatistics();
    var numbers = new double[input.length];
    Arrays.setAll(
        numbers, i -> range.getMin() + random.nextFloat() * (range.getMax() - range.getMin()));
    return numbers;
  }

  private static double[] gaussian(double[] input, double sigma, SplittableRandom random) {
    var range = Arrays.stream(input).summaryStatistics();
    var numbers = new double[input.length];
    Arrays.setAll(
        numbers,
        i -> Math.clamp(input[i] + sigma * random.nextGaussian(), range.getMin(), range.getMax()));
    return numbers;
  }

  private static Optional<Baseline> parse(String text) {
    return switch (text) {
      case "black", "zero" -> Optional.of(BLACK);
      case "pad" -> Optional.of(PAD);
      case "mask" -> Optional.of(MASK);
      case "white" -> Optional.of(WHITE);
      case "mean" -> Optional.of(MEAN);
      case "blurred" -> Optional.of(new Blurred(OptionalDouble.empty()));
      case "noise" -> Optional.of(new UniformNoise());
      case "gaussian" -> Optional.of(new GaussianNoise(GaussianNoise.STANDARD));
      default -> {
        if (text.startsWith("blurred:")) {
          yield width(text).map(sigma -> new Blurred(OptionalDouble.of(sigma)));
        }
        if (text.startsWith("gaussian:")) {
          yield width(text).map(GaussianNoise::new);
        }
        yield ParameterType.number(-Float.MAX_VALUE, Float.MAX_VALUE)
            .reader()
            .apply(text)
            .<Baseline>map(number -> new Constant(number.floatValue()))
            .or(() -> file(text));
      }
    };
  }

  private static Optional<Double> width(String text) {
    return ParameterType.positiveNumber().reader().apply(text.substring(text.indexOf(':') + 1));
  }

  private static Optional<Baseline> file(String text) {
    try {
      return Optional.of(Path.of(text)).filter(Files::isRegularFile).map(OfFile::new);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** The name on the command line. */
  default String text() {
    return switch (this) {
      case Constant(var value) when value == 0 -> "black";
      case Constant(var value) when value == 1 -> "white";
      case Constant(var value) -> Float.toString(value);
      case ChannelMean _ -> "mean";
      case Blurred(var sigma) -> sigma.isPresent() ? "blurred:" + sigma.getAsDouble() : "blurred";
      case UniformNoise _ -> "noise";
      case GaussianNoise(var sigma) ->
          sigma == GaussianNoise.STANDARD ? "gaussian" : "gaussian:" + sigma;
      case OfFile(var file) -> file.toString();
      case OfToken(var token) -> ParameterType.text(token);
      case Given(_, var text) -> text;
    };
  }
}
