package org.pellucid.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.metrics.AreaUnderRoc;
import org.pellucid.explain.metrics.AttributionLocalisation;
import org.pellucid.explain.metrics.AverageDrop;
import org.pellucid.explain.metrics.AverageIncrease;
import org.pellucid.explain.metrics.CascadingRandomisation;
import org.pellucid.explain.metrics.Completeness;
import org.pellucid.explain.metrics.Complexity;
import org.pellucid.explain.metrics.Comprehensiveness;
import org.pellucid.explain.metrics.Deletion;
import org.pellucid.explain.metrics.EffectiveComplexity;
import org.pellucid.explain.metrics.FaithfulnessCorrelation;
import org.pellucid.explain.metrics.FaithfulnessEstimate;
import org.pellucid.explain.metrics.Infidelity;
import org.pellucid.explain.metrics.Insertion;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.MetricDescriptor;
import org.pellucid.explain.metrics.PixelFlipping;
import org.pellucid.explain.metrics.PointingGame;
import org.pellucid.explain.metrics.RandomLogit;
import org.pellucid.explain.metrics.RegionPerturbation;
import org.pellucid.explain.metrics.RelevanceMassAccuracy;
import org.pellucid.explain.metrics.RelevanceRankAccuracy;
import org.pellucid.explain.metrics.Road;
import org.pellucid.explain.metrics.Selectivity;
import org.pellucid.explain.metrics.SensitivityMax;
import org.pellucid.explain.metrics.SensitivityN;
import org.pellucid.explain.metrics.Sparseness;
import org.pellucid.explain.metrics.Sufficiency;
import org.pellucid.explain.metrics.TopKIntersection;

/** The list of all metrics: the built-in ones, and those offered as services. */
public final class Metrics {
  private static final List<MetricDescriptor> BUILT_IN =
      List.of(
          Completeness.DESCRIPTOR,
          Infidelity.DESCRIPTOR,
          SensitivityMax.DESCRIPTOR,
          Insertion.DESCRIPTOR,
          Deletion.DESCRIPTOR,
          PixelFlipping.DESCRIPTOR,
          RegionPerturbation.DESCRIPTOR,
          Selectivity.DESCRIPTOR,
          Road.DESCRIPTOR,
          Comprehensiveness.DESCRIPTOR,
          Sufficiency.DESCRIPTOR,
          SensitivityN.DESCRIPTOR,
          FaithfulnessCorrelation.DESCRIPTOR,
          FaithfulnessEstimate.DESCRIPTOR,
          AverageDrop.DESCRIPTOR,
          AverageIncrease.DESCRIPTOR,
          PointingGame.DESCRIPTOR,
          RelevanceMassAccuracy.DESCRIPTOR,
          RelevanceRankAccuracy.DESCRIPTOR,
          TopKIntersection.DESCRIPTOR,
          AreaUnderRoc.DESCRIPTOR,
          AttributionLocalisation.DESCRIPTOR,
          Sparseness.DESCRIPTOR,
          Complexity.DESCRIPTOR,
          EffectiveComplexity.DESCRIPTOR,
          CascadingRandomisation.DESCRIPTOR,
          RandomLogit.DESCRIPTOR);

  private static final List<MetricDescriptor> USUAL =
      List.of(
          Insertion.DESCRIPTOR,
          Deletion.DESCRIPTOR,
          Road.DESCRIPTOR,
          FaithfulnessCorrelation.DESCRIPTOR,
          PointingGame.DESCRIPTOR,
          RelevanceMassAccuracy.DESCRIPTOR,
          RelevanceRankAccuracy.DESCRIPTOR,
          Sparseness.DESCRIPTOR);

  private Metrics() {}

  /** The metrics that come with the library. */
  public static List<MetricDescriptor> builtIn() {
    return BUILT_IN;
  }

  /** The metrics of a comparison that chooses none: quick ones, of which some need masks. */
  public static List<MetricDescriptor> usual() {
    return USUAL;
  }

  /**
   * All metrics of this program.
   *
   * @throws IllegalStateException if two of them have the same name
   */
  public static List<MetricDescriptor> all() {
    var all = new ArrayList<>(BUILT_IN);
    for (var metric : ServiceLoader.load(Metric.class)) {
      if (all.stream().anyMatch(known -> known.name().equals(metric.name()))) {
        throw new IllegalStateException(
            "Two metrics are named %s; rename the one of %s."
                .formatted(metric.name(), metric.getClass().getName()));
      }
      all.add(metric.descriptor());
    }
    return List.copyOf(all);
  }

  /**
   * The metrics of these names with standard parameters.
   *
   * @throws IllegalArgumentException if a name is not a metric's
   */
  public static List<Metric> named(List<String> names) {
    return named(names, Map.of());
  }

  /**
   * The metrics of these names.
   *
   * @param settings texts by parameter name, by metric name; a metric that wasn't chosen may have
   *     some too
   * @throws IllegalArgumentException naming the name or setting that is wrong and what is allowed
   */
  public static List<Metric> named(List<String> names, Map<String, Map<String, String>> settings) {
    settings.forEach((name, texts) -> find(name).with(texts));
    return names.stream()
        .map(name -> find(name).with(settings.getOrDefault(name, Map.of())))
        .toList();
  }

  /**
   * The metric that gave a figure, with the parameters that the figure names.
   *
   * @throws IllegalArgumentException if there is none of its name, or its parameters are others
   */
  public static Metric of(Quality figure) {
    var descriptor = find(figure.name());
    var texts = new HashMap<String, String>();
    for (var parameter : descriptor.parameters()) {
      if (figure.parameters().containsKey(parameter.name())) {
        texts.put(parameter.name(), figure.parameters().get(parameter.name()).toString());
      }
    }
    return descriptor.with(texts);
  }

  /**
   * The description of a metric.
   *
   * @throws IllegalArgumentException if a name is not a metric's
   */
  public static MetricDescriptor find(String name) {
    var all = all();
    return all.stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no metric %s; the metrics are %s"
                        .formatted(
                            name,
                            all.stream()
                                .map(MetricDescriptor::name)
                                .collect(Collectors.joining(", ")))));
  }
}
