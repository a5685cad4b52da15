package org.pellucid.explain.method;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The values that a parameter takes, and how they are written.
 *
 * @param allowed completes the sentence "must be …", such as {@code a whole number from 1 on}
 * @param reader gives the value of a text; empty if it is none of the allowed ones
 * @param writer gives what stands for a value in files: a number, a boolean, or a text; its text is
 *     what the reader reads back
 * @param <T> the values' class
 */
public record ParameterType<T>(
    String allowed, Function<String, Optional<T>> reader, Function<T, Object> writer) {

  /** Whole numbers of a range, both ends included. */
  public static ParameterType<Integer> wholeNumber(int least, int largest) {
    var range =
        largest == Integer.MAX_VALUE ? "from " + least + " on" : "from " + least + " to " + largest;
    return new ParameterType<>(
        "a whole number " + range,
        text -> number(text, Integer::valueOf).filter(n -> n >= least && n <= largest),
        n -> n);
  }

  /** Finite numbers of a range, both ends included. */
  public static ParameterType<Double> number(double least, double largest) {
    var range = largest == Double.MAX_VALUE ? " from %s on" : " from %s to %s";
    return new ParameterType<>(
        "a number" + range.formatted(plain(least), plain(largest)),
        text -> number(text, Double::valueOf).filter(n -> n >= least && n <= largest),
        n -> n);
  }

  /** Finite numbers above zero. */
  public static ParameterType<Double> positiveNumber() {
    return new ParameterType<>(
        "a number above 0",
        text -> number(text, Double::valueOf).filter(n -> n > 0 && n <= Double.MAX_VALUE),
        n -> n);
  }

  /** True or false. */
  public static ParameterType<Boolean> trueOrFalse() {
    return new ParameterType<>(
        "true or false",
        text ->
            text.equals("true") || text.equals("false")
                ? Optional.of(text.equals("true"))
                : Optional.empty(),
        value -> value);
  }

  /** The constants of an enumeration, in lower case with hyphens. */
  public static <E extends Enum<E>> ParameterType<E> choice(Class<E> type) {
    var constants = type.getEnumConstants();
    return new ParameterType<>(
        Arrays.stream(constants)
            .map(ParameterType::text)
            .collect(Collectors.joining(", ", "one of ", "")),
        text -> Arrays.stream(constants).filter(c -> text(c).equals(text)).findFirst(),
        ParameterType::text);
  }

  /** An enumeration's constant in lower case with hyphens. */
  public static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private static <N> Optional<N> number(String text, Function<String, N> parser) {
    try {
      return Optional.of(parser.apply(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
