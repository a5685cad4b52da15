package org.pellucid.explain.method;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The values of a method's parameters, in the order of its descriptor; immutable. */
public final class ParameterValues {
  private static final ParameterValues NONE = new ParameterValues(Map.of());

  private final Map<Parameter<?>, Object> values;

  private ParameterValues(Map<Parameter<?>, Object> values) {
    this.values = values;
  }

  /** No values, for a method without parameters. */
  public static ParameterValues none() {
    return NONE;
  }

  /** These values and one more. */
  public <T> ParameterValues with(Parameter<T> parameter, T value) {
    var all = new LinkedHashMap<>(values);
    all.put(parameter, Objects.requireNonNull(value));
    return new ParameterValues(Collections.unmodifiableMap(all));
  }

  /** These values and those of another method that it is composed of. */
  public ParameterValues and(ParameterValues others) {
    var all = new LinkedHashMap<>(values);
    all.putAll(others.values);
    return new ParameterValues(Collections.unmodifiableMap(all));
  }

  <T> ParameterValues withParsed(Parameter<T> parameter, String method, String text) {
    return with(parameter, parameter.parse(method, text));
  }

  <T> ParameterValues withHomework(Parameter<T> parameter, int inputs) {
    return with(parameter, parameter.homework().apply(inputs));
  }

  <T> ParameterValues withTexts(Parameter<T> parameter) {
    return with(parameter, parameter.texts());
  }

  <T> ParameterValues withStandard(Parameter<T> parameter) {
    return with(parameter, parameter.standard());
  }

  /**
   * The value of a parameter.
   *
   * @throws IllegalArgumentException if these values are of another method
   */
  @SuppressWarnings("unchecked") // with() only puts a parameter's own values under it
  public <T> T get(Parameter<T> parameter) {
    var value = values.get(parameter);
    if (value == null) {
      throw new IllegalArgumentException(
          "The values of another method were given: they lack " + parameter.name() + ".");
    }
    return (T) value;
  }

  /** Numbers and booleans as they are and all others as texts, by name. */
  public Map<String, Object> asMap() {
    var map = new LinkedHashMap<String, Object>();
    values.forEach((parameter, value) -> map.put(parameter.name(), plain(parameter, value)));
    return Collections.unmodifiableMap(map);
  }

  @SuppressWarnings("unchecked") // as in get
  private static <T> Object plain(Parameter<T> parameter, Object value) {
    return parameter.type().writer().apply((T) value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ParameterValues that && asMap().equals(that.asMap());
  }

  @Override
  public int hashCode() {
    return asMap().hashCode();
  }

  @Override
  public String toString() {
    return asMap().toString();
  }
}
