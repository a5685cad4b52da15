package org.pellucid.explain.method;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The parameters of a method or a metric, by which texts are read and checked.
 *
 * @param owner the name of the method or metric, for messages
 * @param all in the order in which they are listed
 */
public record ParameterList(String owner, List<Parameter<?>> all) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if two parameters have the same name
   */
  public ParameterList {
    all = List.copyOf(all);
    var names = new HashSet<String>();
    for (var parameter : all) {
      if (!names.add(parameter.name())) {
        throw new IllegalArgumentException(
            "%s has two parameters %s.".formatted(owner, parameter.name()));
      }
    }
  }

  /** All parameters at their standard values. */
  public ParameterValues standard() {
    var values = ParameterValues.none();
    for (var parameter : all) {
      values = values.withStandard(parameter);
    }
    return values;
  }

  /**
   * All parameters at the homework's values.
   *
   * @param inputs the number of inputs of the run
   */
  public ParameterValues homework(int inputs) {
    var values = ParameterValues.none();
    for (var parameter : all) {
      values = values.withHomework(parameter, inputs);
    }
    return values;
  }

  /** All parameters at the values for texts. */
  public ParameterValues texts() {
    var values = ParameterValues.none();
    for (var parameter : all) {
      values = values.withTexts(parameter);
    }
    return values;
  }

  /**
   * Values with some of them changed.
   *
   * @param settings texts by parameter name
   * @throws IllegalArgumentException if a name is not a parameter's or a text is not one of its
   *     values; the message says which are
   */
  public ParameterValues changed(ParameterValues values, Map<String, String> settings) {
    var changed = values;
    for (var setting : settings.entrySet()) {
      changed = changed.withParsed(parameter(setting.getKey()), owner, setting.getValue());
    }
    return changed;
  }

  private Parameter<?> parameter(String wanted) {
    return all.stream()
        .filter(parameter -> parameter.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    all.isEmpty()
                        ? "%s has no parameters, so none named %s".formatted(owner, wanted)
                        : "%s has no parameter %s; it has %s"
                            .formatted(
                                owner,
                                wanted,
                                all.stream()
                                    .map(Parameter::name)
                                    .collect(Collectors.joining(", ")))));
  }
}
