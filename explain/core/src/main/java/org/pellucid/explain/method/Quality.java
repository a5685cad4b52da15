package org.pellucid.explain.method;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A figure that says how far to trust an explanation.
 *
 * @param name such as {@code convergenceDelta}
 * @param value the figure; NaN where it is not defined
 * @param meaning what it says and which values are good, in a sentence
 * @param parameters what the figure depends on beside the explanation, by name: finite numbers,
 *     booleans and texts
 * @param curve that the figure sums up, if there is one
 */
public record Quality(
    String name,
    double value,
    String meaning,
    Map<String, Object> parameters,
    Optional<Curve> curve) {

  /**
   * Copies the map. A {@code Long} that an {@code Integer} holds becomes one, so that a figure
   * equals what its file gives back.
   *
   * @throws IllegalArgumentException if a parameter is none of a finite number, a boolean and a
   *     text
   */
  public Quality {
    var copy = new LinkedHashMap<String, Object>();
    for (var parameter : parameters.entrySet()) {
      copy.put(parameter.getKey(), plain(name, parameter));
    }
    parameters = Collections.unmodifiableMap(copy);
  }

  /** A figure that depends on the explanation alone. */
  public Quality(String name, double value, String meaning) {
    this(name, value, meaning, Map.of(), Optional.empty());
  }

  /** A figure that depends on parameters. */
  public Quality(String name, double value, String meaning, Map<String, Object> parameters) {
    this(name, value, meaning, parameters, Optional.empty());
  }

  /** This figure with the curve that it sums up. */
  public Quality with(Curve summed) {
    return new Quality(name, value, meaning, parameters, Optional.of(summed));
  }

  private static Object plain(String name, Map.Entry<String, Object> parameter) {
    var value = parameter.getValue();
    check(
        value instanceof Integer
            || value instanceof Long
            || value instanceof Boolean
            || value instanceof String
            || value instanceof Double number && Double.isFinite(number),
        "%s has the parameter %s of %s; give a finite number, a boolean or a text",
        name,
        parameter.getKey(),
        value);
    return value instanceof Long number && number.intValue() == number
        ? (Object) number.intValue()
        : value;
  }
}
