package org.pellucid.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.explain.method.Setting;

/**
 * The values of {@code --set}, by whether they belong to a metric or not.
 *
 * @param methods those of methods, as they are
 * @param metrics texts by parameter name, by metric name
 */
public record Settings(List<String> methods, Map<String, Map<String, String>> metrics) {

  /**
   * Sorts them.
   *
   * @throws IllegalArgumentException if one is not of the form {@code OWNER.PARAMETER=VALUE}
   */
  public static Settings of(List<String> texts) {
    var names = Metrics.all().stream().map(metric -> metric.name()).toList();
    var methods = new ArrayList<String>();
    var metrics = new LinkedHashMap<String, Map<String, String>>();
    for (var text : texts) {
      var setting = Setting.of(text);
      if (names.contains(setting.owner())) {
        metrics
            .computeIfAbsent(setting.owner(), _ -> new LinkedHashMap<>())
            .put(setting.parameter(), setting.value());
      } else {
        methods.add(text);
      }
    }
    return new Settings(methods, metrics);
  }
}
