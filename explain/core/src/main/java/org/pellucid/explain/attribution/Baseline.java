package org.pellucid.explain.attribution;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.ParameterType;

/** The input that an explanation measures from, which shows nothing. */
public sealed interface Baseline {
  /** All zeros. */
  Baseline BLACK = new Constant(0);

  /** All ones. */
  Baseline WHITE = new Constant(1);

  /** Each channel's mean. */
  Baseline MEAN = new ChannelMean();

  /** The baselines' names on the command line. */
  ParameterType<Baseline> TYPE =
      new ParameterType<>(
          "one of black, white, mean, noise, or a number for all values",
          Baseline::parse,
          Baseline::text);

  /** The same number everywhere. */
  record Constant(float value) implements Baseline {}

  /**
   * Each channel's mean over the input; the mean of all values where it has no channels, which are
   * the first of three axes.
   */
  record ChannelMean() implements Baseline {}

  /** Numbers spread evenly between the input's smallest and largest value. */
  record UniformNoise() implements Baseline {}

  /** Values of the caller's, such as the embeddings of padding tokens. */
  record Given(Values values) implements Baseline {}

  /**
   * The baseline for an input.
   *
   * @param seed of the noise; the others ignore it
   * @throws IllegalArgumentException if given values are of another shape than the input
   */
  default Values of(Values input, long seed) {
    var numbers = new float[input.length()];
    switch (this) {
      case Constant constant -> Arrays.fill(numbers, constant.value());
      case ChannelMean _ -> fillMeans(input, numbers);
      case UniformNoise _ -> {
        var random = new SplittableRandom(seed);
        for (var i = 0; i < numbers.length; i++) {
          numbers[i] = input.min() + random.nextFloat() * (input.max() - input.min());
        }
      }
      case Given given -> {
        if (!Arrays.equals(given.values().shape(), input.shape())) {
          throw new IllegalArgumentException(
              "The baseline is %s, but the input is %s; give one of the input's shape."
                  .formatted(given.values(), input));
        }
        return given.values();
      }
    }
    return Values.of(numbers, input.shape());
  }

  private static void fillMeans(Values input, float[] numbers) {
    var channels = input.rank() == 3 ? input.size(0) : 1;
    var plane = numbers.length / channels;
    for (var channel = 0; channel < channels; channel++) {
      var sum = 0.0;
      for (var i = 0; i < plane; i++) {
        sum += input.get(channel * plane + i);
      }
      Arrays.fill(numbers, channel * plane, (channel + 1) * plane, (float) (sum / plane));
    }
  }

  private static Optional<Baseline> parse(String text) {
    return switch (text) {
      case "black" -> Optional.of(BLACK);
      case "white" -> Optional.of(WHITE);
      case "mean" -> Optional.of(MEAN);
      case "noise" -> Optional.of(new UniformNoise());
      default ->
          ParameterType.number(-Float.MAX_VALUE, Float.MAX_VALUE)
              .reader()
              .apply(text)
              .map(number -> new Constant(number.floatValue()));
    };
  }

  /** The name on the command line. */
  default String text() {
    return switch (this) {
      case Constant(var value) when value == 0 -> "black";
      case Constant(var value) when value == 1 -> "white";
      case Constant(var value) -> Float.toString(value);
      case ChannelMean _ -> "mean";
      case UniformNoise _ -> "noise";
      case Given _ -> "given";
    };
  }
}
