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

/**
 * Squares of an image that are removed one after another; those at the right and lower edge may be
 * cut.
 *
 * @param corners the upper left pixel of each, in the order of removal
 */
record Regions(int height, int width, int side, List<Integer> corners) {
  static final Parameter<Integer> PATCH =
      Parameter.of(
          "patch",
          ParameterType.wholeNumber(1, 10_000),
          8,
          "The side of the squares that are removed, in pixels.");

  /** The best of a grid, the largest sum of attributions first, at most so many. */
  static Regions of(AttributionMap map, Sign sign, int side, int most) {
    var corners = new ArrayList<Integer>();
    for (var y = 0; y < map.height(); y += side) {
      for (var x = 0; x < map.width(); x += side) {
        corners.add(y * map.width() + x);
      }
    }
    var ordered = ordered(map, sign, side, corners);
    var used = ordered.corners.subList(0, Math.min(most, corners.size()));
    return new Regions(map.height(), map.width(), side, used);
  }

  private static Regions ordered(AttributionMap map, Sign sign, int side, List<Integer> corners) {
    var regions = new Regions(map.height(), map.width(), side, corners);
    var attributions = map.pixels(sign);
    var sums = new double[corners.size()];
    for (var i = 0; i < sums.length; i++) {
      for (var pixel : regions.pixels(corners.get(i))) {
        sums[i] += attributions[pixel];
      }
    }
    var order = new ArrayList<Integer>();
    for (var i : AttributionMap.descending(sums)) {
      order.add(corners.get(i));
    }
    return new Regions(map.height(), map.width(), side, order);
  }

  private List<Integer> pixels(int corner) {
    var pixels = new ArrayList<Integer>();
    for (var y = corner / width; y < Math.min(height, corner / width + side); y++) {
      for (var x = corner % width; x < Math.min(width, corner % width + side); x++) {
        pixels.add(y * width + x);
      }
    }
    return pixels;
  }

  /** The scores while one region after another is removed, the whole input's first. */
  Curve curve(Explanation explanation, MetricContext context, Imputation baseline, Score score) {
    var imputer = baseline.of(context.input(), context.options().seed());
    var steps = steps();
    var scores =
        score.of(
            explanation,
            context,
            corners.size() + 1,
            (point, into, offset) -> {
              context.input().copyTo(into, offset);
              imputer.impute(removed(steps, context.input(), point), into, offset);
            });
    var positions = new ArrayList<Double>();
    for (var point = 0; point <= corners.size(); point++) {
      positions.add((double) point);
    }
    return new Curve(
        "regions removed", score.name(explanation), positions, RankedRemoval.list(scores));
  }

  /** The input behind a point. */
  Values image(MetricContext context, Imputation baseline, int point) {
    check(
        point >= 0 && point <= corners.size(),
        "The curve has the points 0 to %d, but no point %d",
        corners.size(),
        point);
    var input = context.input();
    var numbers = input.toArray();
    baseline.of(input, context.options().seed()).impute(removed(steps(), input, point), numbers, 0);
    return Values.of(numbers, input.shape());
  }

  /** For each pixel the step that removes it. */
  private int[] steps() {
    var steps = new int[height * width];
    Arrays.fill(steps, Integer.MAX_VALUE);
    for (var i = 0; i < corners.size(); i++) {
      for (var pixel : pixels(corners.get(i))) {
        steps[pixel] = i;
      }
    }
    return steps;
  }

  private static boolean[] removed(int[] steps, Values input, int point) {
    var removed = new boolean[input.length()];
    for (var i = 0; i < removed.length; i++) {
      removed[i] = steps[i % steps.length] < point;
    }
    return removed;
  }
}
