package org.pellucid.explain.metrics;

import java.util.SplittableRandom;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.metrics.Imputation.Imputer;

/** Random sets of pixels, whose attributions are compared with what removing them costs. */
record RandomSets(
    Explanation explanation, MetricContext context, double[] attributions, Imputer imputer) {

  static RandomSets of(
      Explanation explanation, MetricContext context, Sign sign, Imputation baseline) {
    return new RandomSets(
        explanation,
        context,
        AttributionMap.of(explanation.values(), context.input()).pixels(sign),
        baseline.of(context.input(), context.options().seed()));
  }

  /** The number of pixels. */
  int places() {
    return attributions.length;
  }

  /** Pearson's correlation over so many sets of a size. */
  double correlation(Score score, int samples, int size, long seed) {
    var seeds = new SplittableRandom(seed).longs(samples).toArray();
    var whole = score.of(explanation, context);
    var input = context.input();
    var scores =
        score.of(
            explanation,
            context,
            samples,
            (sample, into, offset) -> {
              var chosen = chosen(size, seeds[sample]);
              var removed = new boolean[input.length()];
              for (var i = 0; i < removed.length; i++) {
                removed[i] = chosen[i % chosen.length];
              }
              input.copyTo(into, offset);
              imputer.impute(removed, into, offset);
            });
    var sums = new double[samples];
    var falls = new double[samples];
    for (var sample = 0; sample < samples; sample++) {
      var chosen = chosen(size, seeds[sample]);
      for (var i = 0; i < chosen.length; i++) {
        sums[sample] += chosen[i] ? attributions[i] : 0;
      }
      falls[sample] = whole - scores[sample];
    }
    return Correlation.pearson(sums, falls);
  }

  /** A set of a size, each as probable as any other. */
  private boolean[] chosen(int size, long seed) {
    var random = new SplittableRandom(seed);
    var chosen = new boolean[attributions.length];
    var needed = size;
    for (var i = 0; i < chosen.length && needed > 0; i++) {
      if (random.nextInt(chosen.length - i) < needed) {
        chosen[i] = true;
        needed--;
      }
    }
    return chosen;
  }
}
