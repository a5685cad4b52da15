package org.pellucid.explain.view;

import java.util.List;
import java.util.Map;

/**
 * Explanation methods compared by metrics: a table, a plot for each metric, and a ranking that says
 * how sure it is. Missing numbers are NaN.
 *
 * @param subtitle below the headline
 * @param images how many were measured
 * @param methods the rows of the table
 * @param metrics its columns
 * @param ranking by all metrics that have a direction, the best first
 * @param failures what failed
 */
public record ComparisonPage(
    String title,
    String subtitle,
    int images,
    List<Method> methods,
    List<Metric> metrics,
    List<Place> ranking,
    List<Failure> failures)
    implements Page {

  /** A method with its parameters as texts. */
  public record Method(String name, String title, Map<String, String> parameters) {}

  /**
   * A metric with its figures.
   *
   * @param better {@code higher}, {@code lower} or {@code neither}
   * @param parameters what its figures depend on, as texts
   * @param cells one for each method
   * @param ranking by this metric, the best first; empty if it has no direction
   */
  public record Metric(
      String name,
      String title,
      String meaning,
      String source,
      String better,
      Map<String, String> parameters,
      List<Cell> cells,
      List<Place> ranking) {}

  /**
   * The mean figure of a method by a metric with its 95 % interval.
   *
   * @param images how many have a figure
   * @param line the mean curve, if there is one
   */
  public record Cell(double mean, double low, double high, int images, List<Line> line) {}

  /**
   * A mean curve.
   *
   * @param x what the positions are
   * @param y what the values are
   * @param low the lower ends of the points' 95 % intervals
   * @param high their upper ends
   */
  public record Line(
      String x,
      String y,
      List<Double> positions,
      List<Double> values,
      List<Double> low,
      List<Double> high) {}

  /**
   * A method's place.
   *
   * @param method its number among the methods
   * @param rank from 1; a mean where there are several metrics
   * @param low the lower end of its 95 % interval
   * @param high its upper end
   * @param best the probability of being the best
   */
  public record Place(int method, double rank, double low, double high, double best) {}

  /** What failed on an image, and why. */
  public record Failure(String image, String what, String reason) {}

  /**
   * Checks that the parts fit each other.
   *
   * @throws IllegalArgumentException if a metric doesn't have a cell for each method
   */
  public ComparisonPage {
    for (var metric : metrics) {
      PageParts.check(metric.cells().size() == methods.size(), "metrics");
    }
  }

  @Override
  public List<String> scripts() {
    return List.of("comparison.js");
  }

  @Override
  public List<String> styles() {
    return List.of("comparison.css");
  }
}
