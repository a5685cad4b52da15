package org.pellucid.explain.metrics;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.metrics.Imputation.Imputer;

/**
 * Inputs from which places are removed in the order of a map, more and more of them.
 *
 * @param ranks each place's position in the order; a place is a value of the input, or a pixel with
 *     all of its channels
 */
record RankedRemoval(Values input, int[] ranks, Imputer imputer) {
  static final Parameter<Integer> STEPS =
      Parameter.of(
          "steps",
          ParameterType.wholeNumber(1, 100_000),
          32,
          "The number of equal steps from the whole input to its end.");

  /** By the places' numbers, the largest first. */
  static RankedRemoval of(MetricContext context, double[] numbers, Imputation imputation) {
    var order = AttributionMap.descending(numbers);
    return new RankedRemoval(
        context.input(),
        AttributionMap.ranks(order),
        imputation.of(context.input(), context.options().seed()));
  }

  /** By the pixels' numbers in an explanation, the largest first. */
  static RankedRemoval ofPixels(
      Explanation explanation, MetricContext context, Sign sign, Imputation imputation) {
    var map = AttributionMap.of(explanation.values(), context.input());
    return of(context, map.pixels(sign), imputation);
  }

  /**
   * The area under the score while more and more places are removed.
   *
   * @param x what the positions of the curve are
   * @param kept whether the first places of the order are those that are left
   */
  Measurement measure(
      Explanation explanation,
      MetricContext context,
      Score score,
      int steps,
      String x,
      boolean kept) {
    var counts = counts(steps);
    var scores =
        score.of(
            explanation,
            context,
            counts.length,
            (point, into, offset) -> write(counts[point], kept, into, offset));
    var curve = curve(x, score.name(explanation), counts, scores);
    return Measurement.of(area(curve), curve).seeded(context.options().seed());
  }

  /**
   * How far the score falls from that of the whole input, averaged over shares of the places.
   *
   * @param shares of the places, in per cent
   * @param x what the positions of the curve are
   * @param kept whether the first places of the order are those that are left
   */
  Measurement fall(
      Explanation explanation,
      MetricContext context,
      Score score,
      List<Double> shares,
      String x,
      boolean kept) {
    var counts = Shares.counts(shares, ranks.length);
    var whole = score.of(explanation, context);
    var scores =
        score.of(
            explanation,
            context,
            counts.length,
            (point, into, offset) -> write(counts[point], kept, into, offset));
    var curve =
        new Curve(
            x,
            score.name(explanation),
            shares.stream().map(share -> share / 100).toList(),
            list(scores));
    return Measurement.of(whole - Arrays.stream(scores).average().orElseThrow(), curve)
        .seeded(context.options().seed());
  }

  private void write(int count, boolean kept, float[] into, int offset) {
    if (kept) {
      only(count, into, offset);
    } else {
      without(count, into, offset);
    }
  }

  /** Writes the input without the first places of the order. */
  void without(int count, float[] into, int offset) {
    write(into, offset, rank -> rank < count);
  }

  /** Writes the input with the first places of the order alone. */
  void only(int count, float[] into, int offset) {
    write(into, offset, rank -> rank >= count);
  }

  private interface Removed {
    boolean at(int rank);
  }

  private void write(float[] into, int offset, Removed removed) {
    input.copyTo(into, offset);
    var gone = new boolean[input.length()];
    for (var i = 0; i < gone.length; i++) {
      gone[i] = removed.at(ranks[i % ranks.length]);
    }
    imputer.impute(gone, into, offset);
  }

  /** The numbers of places that are removed at each point of a curve, from none to all. */
  int[] counts(int steps) {
    var used = Math.min(steps, ranks.length);
    var counts = new int[used + 1];
    for (var k = 0; k <= used; k++) {
      counts[k] = (int) ((long) ranks.length * k / used);
    }
    return counts;
  }

  /** A changed input that was written at a point. */
  Values image(int[] counts, int point, boolean kept) {
    check(
        point >= 0 && point < counts.length,
        "The curve has the points 0 to %d, but no point %d",
        counts.length - 1,
        point);
    var numbers = new float[input.length()];
    write(counts[point], kept, numbers, 0);
    return Values.of(numbers, input.shape());
  }

  /** The scores as a curve over the share of places. */
  Curve curve(String x, String y, int[] counts, double[] scores) {
    var positions = new ArrayList<Double>();
    for (var count : counts) {
      positions.add((double) count / ranks.length);
    }
    return new Curve(x, y, positions, list(scores));
  }

  static List<Double> list(double[] numbers) {
    var list = new ArrayList<Double>();
    for (var number : numbers) {
      list.add(number);
    }
    return list;
  }

  /** The area under a curve by trapezoids, over the length of its positions. */
  static double area(Curve curve) {
    var x = curve.positions();
    var y = curve.values();
    var area = 0.0;
    for (var i = 1; i < x.size(); i++) {
      area += (x.get(i) - x.get(i - 1)) * (y.get(i) + y.get(i - 1)) / 2;
    }
    return x.size() == 1 ? y.getFirst() : area / (x.getLast() - x.getFirst());
  }
}
