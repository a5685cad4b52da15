package org.pellucid.explain.view;

import java.util.Locale;
import java.util.Optional;

/**
 * What the colours of a drawing mean.
 *
 * @param colours from {@code low} to {@code high}; empty where a drawing has no scale of colours
 * @param low the value at the first colour
 * @param high the value at the last
 * @param sentence how the scale was chosen
 */
public record Legend(Optional<ColourMap> colours, double low, double high, String sentence) {
  static final String BLANK = "0 everywhere";

  /** A legend without colours. */
  static Legend of(String sentence) {
    return new Legend(Optional.empty(), 0, 0, sentence);
  }

  /** The legend in words, with the numbers at both ends of its colours. */
  public String text() {
    return colours.isEmpty()
        ? sentence
        : "%s to %s; %s".formatted(number(low), number(high), sentence);
  }

  /** A number with three significant digits. */
  static String number(double value) {
    if (value == 0) {
      return "0";
    }
    var magnitude = Math.abs(value);
    if (!Double.isFinite(value) || magnitude < 1e-3 || magnitude >= 1e5) {
      return String.format(Locale.ROOT, "%.2e", value).replace("-", "−");
    }
    var decimals = Math.clamp(2 - (int) Math.floor(Math.log10(magnitude)), 0, 5);
    return String.format(Locale.ROOT, "%." + decimals + "f", value).replace("-", "−");
  }

  /** A percentile, without decimals if it has none. */
  static String percent(double value) {
    return value == Math.rint(value) ? "%d\u00a0%%".formatted((long) value) : value + "\u00a0%";
  }
}
