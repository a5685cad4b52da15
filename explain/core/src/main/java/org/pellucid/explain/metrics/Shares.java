package org.pellucid.explain.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;

/** Numbers of pixels in per cent of all, from small to large. */
final class Shares {
  private static final ParameterType<Double> PERCENT = ParameterType.number(0, 100);
  private static final ParameterType<List<Double>> TYPE =
      new ParameterType<>(
          "numbers from 0 to 100 with commas between them", Shares::parse, Shares::text);

  private Shares() {}

  static Parameter<List<Double>> parameter(double... standard) {
    return Parameter.of(
        "shares",
        TYPE,
        Arrays.stream(standard).boxed().toList(),
        "Numbers of pixels, in per cent of all.");
  }

  private static Optional<List<Double>> parse(String text) {
    var shares = new ArrayList<Double>();
    for (var part : text.split(",", -1)) {
      PERCENT.reader().apply(part).ifPresent(shares::add);
    }
    var complete = shares.size() == text.split(",", -1).length;
    return complete ? Optional.of(shares.stream().sorted().toList()) : Optional.empty();
  }

  private static String text(List<Double> shares) {
    return shares.stream()
        .map(share -> share == Math.rint(share) ? Long.toString(share.longValue()) : "" + share)
        .collect(Collectors.joining(","));
  }

  /** Rounded numbers of places. */
  static int[] counts(List<Double> shares, int places) {
    return shares.stream().mapToInt(share -> count(share, places)).toArray();
  }

  static int count(double share, int places) {
    return (int) Math.round(places * share / 100);
  }
}
