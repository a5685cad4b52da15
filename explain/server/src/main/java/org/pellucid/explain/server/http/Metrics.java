package org.pellucid.explain.server.http;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/**
 * Figures for Prometheus: requests by route and status, how long they took, and gauges. Source:
 * Prometheus, exposition formats, text format 0.0.4.
 *
 * <p>Safe to use from several threads.
 */
public final class Metrics {
  /** The content type of {@link #text}. */
  public static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double[] SECONDS = {
    .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120
  };

  private record Kind(String route, int status) implements Comparable<Kind> {
    @Override
    public int compareTo(Kind other) {
      var byRoute = route.compareTo(other.route);
      return byRoute == 0 ? Integer.compare(status, other.status) : byRoute;
    }
  }

  private record Gauge(String meaning, DoubleSupplier value) {}

  /** Counts of one route's durations: one for each bound, and one beyond the last. */
  private static final class Histogram {
    private final LongAdder[] counts = new LongAdder[SECONDS.length + 1];
    private final LongAdder nanoseconds = new LongAdder();

    Histogram() {
      for (var i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void add(long duration) {
      var bucket = 0;
      while (bucket < SECONDS.length && duration > SECONDS[bucket] * 1e9) {
        bucket++;
      }
      counts[bucket].increment();
      nanoseconds.add(duration);
    }
  }

  private final Map<Kind, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final Map<String, Histogram> durations = new ConcurrentSkipListMap<>();
  private final Map<String, Gauge> gauges = new ConcurrentSkipListMap<>();

  /**
   * Counts a request.
   *
   * @param route its path as the routes have it, or a word for those that have none, so that
   *     clients can't make up series
   */
  void count(String route, int status, long nanoseconds) {
    requests.computeIfAbsent(new Kind(route, status), _ -> new LongAdder()).increment();
    durations.computeIfAbsent(route, _ -> new Histogram()).add(nanoseconds);
  }

  /** Adds a figure that is read whenever it is asked for. */
  public void gauge(String name, String meaning, DoubleSupplier value) {
    gauges.put(name, new Gauge(meaning, value));
  }

  /** All figures. */
  public String text() {
    var text = new StringBuilder();
    head(text, "pellucid_requests_total", "counter", "Requests answered.");
    requests.forEach(
        (kind, count) ->
            line(
                text,
                "pellucid_requests_total",
                labels(Map.of("route", kind.route(), "status", Integer.toString(kind.status()))),
                count.sum()));
    head(text, "pellucid_request_seconds", "histogram", "From a request's head to its answer.");
    durations.forEach((route, histogram) -> histogram(text, route, histogram));
    gauges.forEach(
        (name, gauge) -> {
          head(text, name, "gauge", gauge.meaning());
          line(text, name, "", gauge.value().getAsDouble());
        });
    return text.toString();
  }

  private static void histogram(StringBuilder text, String route, Histogram histogram) {
    var total = 0L;
    for (var i = 0; i <= SECONDS.length; i++) {
      total += histogram.counts[i].sum();
      var bound = i < SECONDS.length ? number(SECONDS[i]) : "+Inf";
      line(
          text,
          "pellucid_request_seconds_bucket",
          labels(Map.of("route", route, "le", bound)),
          total);
    }
    var own = labels(Map.of("route", route));
    line(text, "pellucid_request_seconds_sum", own, histogram.nanoseconds.sum() / 1e9);
    line(text, "pellucid_request_seconds_count", own, total);
  }

  private static void head(StringBuilder text, String name, String type, String meaning) {
    text.append("# HELP %s %s\n# TYPE %s %s\n".formatted(name, meaning, name, type));
  }

  private static String labels(Map<String, String> values) {
    return values.entrySet().stream()
        .sorted(Map.Entry.<String, String>comparingByKey().reversed())
        .map(label -> label.getKey() + "=\"" + label.getValue() + "\"")
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static void line(StringBuilder text, String name, String labels, double value) {
    text.append(name).append(labels).append(' ').append(number(value)).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
