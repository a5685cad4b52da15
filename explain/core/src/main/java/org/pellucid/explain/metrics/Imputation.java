package org.pellucid.explain.metrics;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.models.vision.GaussianBlur;

/** What the removed values of an input become. */
public sealed interface Imputation {
  /** All zeros. */
  Imputation BLACK = new Constant(0);

  /** The forms on the command line. */
  ParameterType<Imputation> TYPE =
      new ParameterType<>(
          "one of black, white, mean, minimum, blurred, linear, blurred:SIGMA, linear:NOISE, or a"
              + " number for all values",
          Imputation::parse,
          Imputation::text);

  /** The same number everywhere. */
  record Constant(float value) implements Imputation {}

  /** Each channel's mean over the input. */
  record ChannelMean() implements Imputation {}

  /** The input's smallest value; what Quantus calls black. */
  record Minimum() implements Imputation {}

  /**
   * The input under a Gaussian blur.
   *
   * @param sigma its width in pixels; 0 for a sixteenth of the shorter side, at least 1
   */
  record Blurred(double sigma) implements Imputation {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if sigma is negative or not finite
     */
    public Blurred {
      check(sigma >= 0 && sigma <= 1000, "A blur's sigma is %s, but must be from 0 to 1000", sigma);
    }
  }

  /**
   * The weighted mean of the eight neighbours, of which the direct ones count twice, solved for all
   * removed pixels together, and a little noise, so that the network can't tell by smooth patches
   * what was removed (Rong et al., 2022).
   *
   * @param noise its standard deviation in input units
   */
  record NoisyLinear(double noise) implements Imputation {
    /** The authors'. */
    static final double STANDARD_NOISE = 0.01;

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the noise is negative or not finite
     */
    public NoisyLinear {
      check(noise >= 0 && noise <= 1000, "The noise is %s, but must be from 0 to 1000", noise);
    }
  }

  /** Writes what removed values become. */
  @FunctionalInterface
  interface Imputer {
    /**
     * Replaces the removed values of an input, which {@code target} holds from {@code offset} on.
     * Several threads call this at the same time.
     *
     * @param removed for each value of the input
     */
    void impute(boolean[] removed, float[] target, int offset);
  }

  static Parameter<Imputation> parameter(Imputation standard) {
    return Parameter.of("baseline", TYPE, standard, "What removed pixels become.");
  }

  /** What replaces values of an input. */
  default Imputer of(Values input, long seed) {
    if (this instanceof NoisyLinear(var noise)) {
      return new LinearImputer(input, noise(input.length(), noise, seed));
    }
    var replaced = replacement(input);
    return (removed, target, offset) -> {
      for (var i = 0; i < replaced.length; i++) {
        target[offset + i] = removed[i] ? replaced[i] : target[offset + i];
      }
    };
  }

  private static double[] noise(int count, double deviation, long seed) {
    var random = new SplittableRandom(seed);
    var noise = new double[count];
    Arrays.setAll(noise, _ -> deviation * random.nextGaussian());
    return noise;
  }

  private float[] replacement(Values input) {
    var values = new float[input.length()];
    switch (this) {
      case Constant(var value) -> Arrays.fill(values, value);
      case Minimum() -> Arrays.fill(values, input.min());
      case ChannelMean() -> fillMeans(input, values);
      case Blurred(var sigma) -> {
        return blurred(input, sigma);
      }
      case NoisyLinear _ -> throw new IllegalStateException("depends on what is removed");
    }
    return values;
  }

  /** A sigma of 0 stands for a sixteenth of the shorter side. */
  private static float[] blurred(Values input, double sigma) {
    var width = input.size(-1);
    var height = input.rank() == 1 ? 1 : input.size(-2);
    var used = sigma == 0 ? Math.max(1, Math.min(width, height) / 16.0) : sigma;
    var image = new double[input.length()];
    Arrays.setAll(image, input::get);
    var smooth = new GaussianBlur(used, GaussianBlur.Border.REPEATED).of(image, height, width);
    var values = new float[image.length];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) smooth[i];
    }
    return values;
  }

  private static void fillMeans(Values input, float[] values) {
    var channels = input.rank() == 3 ? input.size(0) : 1;
    var plane = values.length / channels;
    for (var channel = 0; channel < channels; channel++) {
      var sum = 0.0;
      for (var i = 0; i < plane; i++) {
        sum += input.get(channel * plane + i);
      }
      Arrays.fill(values, channel * plane, (channel + 1) * plane, (float) (sum / plane));
    }
  }

  private static Optional<Imputation> parse(String text) {
    return switch (text) {
      case "black" -> Optional.of(BLACK);
      case "white" -> Optional.of(new Constant(1));
      case "mean" -> Optional.of(new ChannelMean());
      case "minimum" -> Optional.of(new Minimum());
      case "blurred" -> Optional.of(new Blurred(0));
      case "linear" -> Optional.of(new NoisyLinear(NoisyLinear.STANDARD_NOISE));
      default -> {
        if (text.startsWith("blurred:")) {
          yield number(text, 0.01, 1000).map(Blurred::new);
        }
        if (text.startsWith("linear:")) {
          yield number(text, 0, 1000).map(NoisyLinear::new);
        }
        yield number(text, -Float.MAX_VALUE, Float.MAX_VALUE)
            .map(number -> new Constant(number.floatValue()));
      }
    };
  }

  private static Optional<Double> number(String text, double least, double largest) {
    var digits = text.substring(text.indexOf(':') + 1);
    return ParameterType.number(least, largest).reader().apply(digits);
  }

  /** The name on the command line. */
  default String text() {
    return switch (this) {
      case Constant(var value) when value == 0 -> "black";
      case Constant(var value) when value == 1 -> "white";
      case Constant(var value) -> Float.toString(value);
      case ChannelMean() -> "mean";
      case Minimum() -> "minimum";
      case Blurred(var sigma) -> sigma == 0 ? "blurred" : "blurred:" + sigma;
      case NoisyLinear(var noise) ->
          noise == NoisyLinear.STANDARD_NOISE ? "linear" : "linear:" + noise;
    };
  }
}
