package org.pellucid.explain.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.explain.comparison.Comparison.Failure;
import org.pellucid.explain.comparison.Comparison.Row;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;

/**
 * What a comparison measured.
 *
 * @param rows one for each input that was measured
 * @param failed what failed
 */
public record ComparisonResult(
    List<Method> methods, List<Metric> metrics, List<Row> rows, List<Failure> failed) {

  /**
   * A mean over inputs with the interval that it is in.
   *
   * @param mean NaN if no input has a figure
   * @param low the lower end of the 95 % interval by bootstrap over inputs
   * @param high its upper end
   * @param inputs how many have a figure
   */
  public record Mean(double mean, double low, double high, int inputs) {}

  /**
   * A mean curve with the interval of each of its points.
   *
   * @param curve the means
   * @param low the lower ends
   * @param high the upper ends
   */
  public record MeanCurve(Curve curve, List<Double> low, List<Double> high) {}

  /** Copies the lists. */
  public ComparisonResult {
    methods = List.copyOf(methods);
    metrics = List.copyOf(metrics);
    rows = List.copyOf(rows);
    failed = List.copyOf(failed);
  }

  /** A method's figures by a metric, one for each row; NaN where there is none. */
  double[] figures(int method, int metric) {
    return rows.stream()
        .mapToDouble(
            row -> row.figures().get(method).get(metric).map(Quality::value).orElse(Double.NaN))
        .toArray();
  }

  /** The mean figure of a method by a metric. */
  public Mean mean(int method, int metric) {
    var figures = figures(method, metric);
    var bootstrap = new Bootstrap(figures.length, Bootstrap.SAMPLES);
    var interval = bootstrap.interval(figures);
    return new Mean(
        Bootstrap.mean(figures),
        interval.low(),
        interval.high(),
        (int) Arrays.stream(figures).filter(figure -> !Double.isNaN(figure)).count());
  }

  /** The mean curve of a method by a metric, where all inputs have one at the same positions. */
  public Optional<MeanCurve> curve(int method, int metric) {
    var curves = new ArrayList<Curve>();
    for (var row : rows) {
      row.figures().get(method).get(metric).flatMap(Quality::curve).ifPresent(curves::add);
    }
    if (curves.isEmpty()
        || curves.stream().anyMatch(c -> !c.positions().equals(curves.getFirst().positions()))) {
      return Optional.empty();
    }
    var first = curves.getFirst();
    var bootstrap = new Bootstrap(curves.size(), Bootstrap.SAMPLES_OF_CURVES);
    var means = new ArrayList<Double>();
    var low = new ArrayList<Double>();
    var high = new ArrayList<Double>();
    for (var point = 0; point < first.positions().size(); point++) {
      var at = point;
      var values = curves.stream().mapToDouble(curve -> curve.values().get(at)).toArray();
      var interval = bootstrap.interval(values);
      means.add(Bootstrap.mean(values));
      low.add(interval.low());
      high.add(interval.high());
    }
    var same = curves.stream().allMatch(curve -> curve.y().equals(first.y()));
    return Optional.of(
        new MeanCurve(
            new Curve(
                first.x(), same ? first.y() : withoutClass(first.y()), first.positions(), means),
            low,
            high));
  }

  /** A curve's quantity for inputs of different classes, such as probability. */
  private static String withoutClass(String y) {
    return y.replaceAll(":\\d+", "").replace("output", "score");
  }

  /** What a metric's figures depend on, with the seed. */
  public Map<String, Object> parameters(int metric) {
    return rows.stream()
        .flatMap(row -> row.figures().stream())
        .flatMap(figures -> figures.get(metric).stream())
        .map(Quality::parameters)
        .findFirst()
        .orElseGet(() -> metrics.get(metric).parameters().asMap());
  }

  /**
   * The methods ranked by one metric, or by the mean of their ranks by all that have a direction.
   */
  public Ranking ranking(Optional<Integer> metric) {
    var used = new ArrayList<Ranking.Column>();
    for (var i = 0; i < metrics.size(); i++) {
      var direction = metrics.get(i).descriptor().direction();
      if (direction != Direction.NEITHER && metric.orElse(i) == i) {
        used.add(column(i, direction));
      }
    }
    return Ranking.of(methods.stream().map(Method::name).toList(), used, rows.size());
  }

  private Ranking.Column column(int metric, Direction direction) {
    var figures = new double[methods.size()][];
    Arrays.setAll(figures, method -> figures(method, metric));
    return new Ranking.Column(figures, direction == Direction.HIGHER);
  }
}
