package org.pellucid.explain.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pellucid.explain.method.Curve;

/**
 * What a metric measures.
 *
 * @param value the figure; NaN where it is not defined
 * @param curve that the figure sums up, if there is one
 * @param circumstances what the figure depends on beside the metric's parameters, such as the seed
 *     of its random numbers
 */
public record Measurement(double value, Optional<Curve> curve, Map<String, Object> circumstances) {
  /** No figure. */
  public static final Measurement UNDEFINED = of(Double.NaN);

  /** Copies the map. */
  public Measurement {
    circumstances = Collections.unmodifiableMap(new LinkedHashMap<>(circumstances));
  }

  /** A figure alone. */
  public static Measurement of(double value) {
    return new Measurement(value, Optional.empty(), Map.of());
  }

  /** A figure that sums up a curve. */
  public static Measurement of(double value, Curve curve) {
    return new Measurement(value, Optional.of(curve), Map.of());
  }

  /** This measurement with the seed that its random numbers were drawn with. */
  public Measurement seeded(long seed) {
    var more = new LinkedHashMap<>(circumstances);
    more.put("seed", seed);
    return new Measurement(value, curve, more);
  }
}
