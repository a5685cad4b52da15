package org.pellucid.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.Sparseness;

/** The list of all metrics: the built-in ones, and those offered as services. */
public final class Metrics {
  private static final List<Metric> BUILT_IN = List.of(new Sparseness());

  private Metrics() {}

  /** All metrics of this program. */
  public static List<Metric> all() {
    var all = new ArrayList<>(BUILT_IN);
    ServiceLoader.load(Metric.class).forEach(all::add);
    return List.copyOf(all);
  }

  /**
   * The metrics of these names.
   *
   * @throws IllegalArgumentException if a name is not a metric's
   */
  public static List<Metric> named(List<String> names) {
    var all = all();
    return names.stream()
        .map(
            name ->
                all.stream()
                    .filter(metric -> metric.name().equals(name))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "there is no metric %s; the metrics are %s"
                                    .formatted(
                                        name,
                                        all.stream()
                                            .map(Metric::name)
                                            .collect(Collectors.joining(", "))))))
        .toList();
  }
}
