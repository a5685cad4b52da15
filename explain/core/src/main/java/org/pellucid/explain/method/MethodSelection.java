package org.pellucid.explain.method;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pellucid.models.Model;

/**
 * Methods chosen by name with settings as texts, checked as a whole before anything runs.
 *
 * @param values of each chosen method, in the order of the choice
 */
public record MethodSelection(Map<MethodDescriptor, ParameterValues> values) {

  /** The definitions that values are taken from where no setting changes them. */
  public enum Preset {
    /** Those of the literature and the best libraries. */
    STANDARD,
    /** Those of the original notebook. */
    HOMEWORK,
    /** Those for texts. */
    TEXTS
  }

  /**
   * Reads and checks a choice.
   *
   * @param available the methods that can be chosen
   * @param names the chosen ones; all where empty
   * @param settings of the form {@code METHOD.PARAMETER=VALUE}; a method that wasn't chosen may
   *     have some too
   * @param inputs the number of inputs of the run, which the homework's loss is divided by
   * @throws IllegalArgumentException naming the name or setting that is wrong and what is allowed
   */
  public static MethodSelection of(
      List<MethodDescriptor> available,
      List<String> names,
      List<String> settings,
      Preset preset,
      int inputs) {
    var byName = new LinkedHashMap<String, MethodDescriptor>();
    available.forEach(descriptor -> byName.put(descriptor.name(), descriptor));
    var texts = new HashMap<MethodDescriptor, Map<String, String>>();
    for (var setting : settings) {
      var form = Setting.of(setting);
      texts
          .computeIfAbsent(
              find(byName, form.owner(), "--set names the method %s, but the methods are %s"),
              descriptor -> new LinkedHashMap<>())
          .put(form.parameter(), form.value());
    }
    var values = new LinkedHashMap<MethodDescriptor, ParameterValues>();
    for (var name : names.isEmpty() ? byName.keySet() : names) {
      var descriptor = find(byName, name, "there is no method %s; the methods are %s");
      values.put(descriptor, values(descriptor, texts, preset, inputs));
    }
    texts.keySet().forEach(descriptor -> values(descriptor, texts, preset, inputs));
    return new MethodSelection(values);
  }

  private static ParameterValues values(
      MethodDescriptor descriptor,
      Map<MethodDescriptor, Map<String, String>> texts,
      Preset preset,
      int inputs) {
    var base =
        switch (preset) {
          case STANDARD -> descriptor.standard();
          case HOMEWORK -> descriptor.homework(inputs);
          case TEXTS -> descriptor.ofTexts();
        };
    return descriptor.changed(base, texts.getOrDefault(descriptor, Map.of()));
  }

  private static MethodDescriptor find(
      Map<String, MethodDescriptor> byName, String name, String otherwise) {
    var descriptor = byName.get(name);
    if (descriptor == null) {
      throw new IllegalArgumentException(
          otherwise.formatted(name, byName.keySet().stream().collect(Collectors.joining(", "))));
    }
    return descriptor;
  }

  /**
   * Makes the methods for a model, in the order of the choice.
   *
   * @throws IllegalArgumentException if values don't fit each other or the model
   */
  public List<Method> create(Model model) {
    var methods = new ArrayList<Method>();
    values.forEach(
        (descriptor, chosen) -> methods.addAll(descriptor.factory().create(chosen, model)));
    return List.copyOf(methods);
  }
}
