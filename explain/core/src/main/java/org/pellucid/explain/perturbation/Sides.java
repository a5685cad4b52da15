package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import java.util.regex.Pattern;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;

/**
 * The two sides of a rectangle in pixels.
 *
 * @param height at least 1
 * @param width at least 1
 */
public record Sides(int height, int width) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(?:x(\\d{1,9}))?");

  /**
   * Checks the sides.
   *
   * @throws IllegalArgumentException if one is below 1
   */
  public Sides {
    check(height > 0 && width > 0, "A rectangle of %d x %d has no pixels", height, width);
  }

  /** A square. */
  public static Sides square(int side) {
    return new Sides(side, side);
  }

  /** A parameter that takes one side for a square, or both. */
  static Parameter<Sides> parameter(String name, Sides standard, String sentence) {
    return Parameter.of(
        name,
        new ParameterType<>(
            "one side in pixels from 1 on, or HEIGHTxWIDTH", Sides::parse, Sides::text),
        standard,
        sentence);
  }

  private static Optional<Sides> parse(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    var height = Integer.parseInt(form.group(1));
    var width = form.group(2) == null ? height : Integer.parseInt(form.group(2));
    return height > 0 && width > 0 ? Optional.of(new Sides(height, width)) : Optional.empty();
  }

  private Object text() {
    return height == width ? (Object) height : height + "x" + width;
  }
}
