package org.pellucid.explain.cli;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pellucid.explain.text.ComparedWord.Span;
import org.pellucid.explain.text.ComparedWord.Spans;

/** Reads spans of characters such as {@code 4-9,-,0-5}, one for each line. */
final class Offsets {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,9})-(\\d{1,9})");
  private static final String NONE = "-";

  private Offsets() {}

  /**
   * The spans of all lines.
   *
   * @throws IllegalArgumentException if one is written in another way
   */
  static Spans parse(String text) {
    return new Spans(Arrays.stream(text.split(",", -1)).map(Offsets::one).toList());
  }

  private static Optional<Span> one(String text) {
    if (text.strip().equals(NONE)) {
      return Optional.empty();
    }
    var numbers = SPAN.matcher(text.strip());
    check(
        numbers.matches(),
        "The span \"%s\" of --offsets is not FROM-TO, such as 4-9, or - for a blank line",
        text);
    return Optional.of(
        new Span(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))));
  }
}
