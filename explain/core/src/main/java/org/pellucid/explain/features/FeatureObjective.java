package org.pellucid.explain.features;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.ParameterType;

/**
 * What a feature visualisation makes large: a number that is linear in a layer's output {@code
 * [batch, height, width, channels]} or {@code [batch, features]}.
 */
public sealed interface FeatureObjective {
  /** The forms on the command line. */
  ParameterType<FeatureObjective> TYPE =
      new ParameterType<>(
          "a filter's number from 0 on, FILTER:ROW:COLUMN for one unit, or a weight for each filter"
              + " with commas between them",
          FeatureObjective::parse,
          FeatureObjective::plain);

  /** The sum of one channel over all places, or one feature of a layer without places. */
  record Channel(int channel) implements FeatureObjective {}

  /** One channel at one place, from the upper left. */
  record Unit(int channel, int row, int column) implements FeatureObjective {}

  /**
   * The sum over all places of the output's product with a vector.
   *
   * @param weights {@code [channels]}
   */
  record Direction(Values weights) implements FeatureObjective {}

  /**
   * Checks that a layer's output has what this objective asks for.
   *
   * @param output {@code [batch, height, width, channels]} or {@code [batch, features]}
   * @throws IllegalArgumentException if it hasn't
   */
  default void checkFits(String layer, Tensor output) {
    check(
        output.rank() == 4 || output.rank() == 2,
        "The layer %s has neither filters nor features to visualise",
        layer);
    var channels = output.size(-1);
    switch (this) {
      case Channel(var channel) -> checkChannel(layer, channel, channels);
      case Unit(var channel, var row, var column) -> {
        checkChannel(layer, channel, channels);
        check(output.rank() == 4, "The layer %s has no places, so it has no units at them", layer);
        check(
            row >= 0 && row < output.size(1) && column >= 0 && column < output.size(2),
            "The layer %s has %d rows of %d places; row %d, column %d is none of them",
            layer,
            output.size(1),
            output.size(2),
            row,
            column);
      }
      case Direction(var weights) ->
          check(
              weights.rank() == 1 && weights.length() == channels,
              "A direction of the layer %s has %d numbers, one a channel, not %d",
              layer,
              channels,
              weights.length());
    }
  }

  private static void checkChannel(String layer, int channel, long channels) {
    check(
        channel >= 0 && channel < channels,
        "The layer %s has the filters 0..%d, not %d",
        layer,
        channels - 1,
        channel);
  }

  /**
   * Writes the weight of each number of one input's output.
   *
   * @param places height times width of the output
   * @param weights receives {@code [places, channels]} from {@code offset} on, where 0 stands
   */
  default void weigh(int places, int width, int channels, float[] weights, int offset) {
    switch (this) {
      case Channel(var channel) -> {
        for (var place = 0; place < places; place++) {
          weights[offset + place * channels + channel] = 1;
        }
      }
      case Unit(var channel, var row, var column) ->
          weights[offset + (row * width + column) * channels + channel] = 1;
      case Direction(var direction) -> {
        for (var place = 0; place < places; place++) {
          direction.copyTo(weights, offset + place * channels);
        }
      }
    }
  }

  /** The form on the command line: {@code 3}, {@code 3:10:12}, or {@code 0.5,-1,2}. */
  default String text() {
    return switch (this) {
      case Channel(var channel) -> Integer.toString(channel);
      case Unit(var channel, var row, var column) -> channel + ":" + row + ":" + column;
      case Direction(var weights) ->
          IntStream.range(0, weights.length())
              .mapToObj(i -> Float.toString(weights.get(i)))
              .collect(Collectors.joining(","));
    };
  }

  /** The feature of a text; empty if it has none of the forms. */
  static Optional<FeatureObjective> parse(String text) {
    try {
      if (text.contains(",")) {
        var weights = Arrays.stream(text.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
        return Optional.<FeatureObjective>of(new Direction(Values.of(weights, weights.length)))
            .filter(_ -> Arrays.stream(weights).allMatch(Double::isFinite));
      }
      var numbers = Arrays.stream(text.split(":", -1)).mapToInt(Integer::parseInt).toArray();
      return Optional.<FeatureObjective>ofNullable(
              switch (numbers.length) {
                case 1 -> new Channel(numbers[0]);
                case 3 -> new Unit(numbers[0], numbers[1], numbers[2]);
                default -> null;
              })
          .filter(_ -> Arrays.stream(numbers).allMatch(number -> number >= 0));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Object plain(FeatureObjective feature) {
    return feature instanceof Channel(var channel) ? channel : feature.text();
  }
}
