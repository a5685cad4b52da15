package org.pellucid.explain.perturbation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far LIME's results for several seeds agree, each with each.
 *
 * @param rank the mean rank correlation (Spearman) of the coefficients, from -1 to 1
 * @param top the mean share of the strongest superpixels that two seeds have in common (Jaccard),
 *     from 0 to 1
 */
record LimeStability(double rank, double top) {

  /**
   * Compares results.
   *
   * @param coefficients by column, of at least two seeds
   * @param strongest how many of the strongest are compared
   */
  static LimeStability of(List<double[]> coefficients, int strongest) {
    var rank = 0.0;
    var top = 0.0;
    var pairs = 0;
    for (var i = 0; i < coefficients.size(); i++) {
      for (var j = 0; j < i; j++) {
        rank += correlation(ranks(coefficients.get(i)), ranks(coefficients.get(j)));
        top += overlap(coefficients.get(i), coefficients.get(j), strongest);
        pairs++;
      }
    }
    return new LimeStability(rank / pairs, top / pairs);
  }

  /** Ranks from 1; equal numbers share the mean of theirs. */
  private static double[] ranks(double[] numbers) {
    var order =
        IntStream.range(0, numbers.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> numbers[i]))
            .mapToInt(i -> i)
            .toArray();
    var ranks = new double[numbers.length];
    for (var start = 0; start < order.length; ) {
      var end = start;
      while (end < order.length && numbers[order[end]] == numbers[order[start]]) {
        end++;
      }
      for (var i = start; i < end; i++) {
        ranks[order[i]] = (start + end + 1) / 2.0;
      }
      start = end;
    }
    return ranks;
  }

  /** Pearson's; numbers that are all the same agree with their like only. */
  private static double correlation(double[] first, double[] second) {
    var mean = (first.length + 1) / 2.0;
    var product = 0.0;
    var squares = 0.0;
    var others = 0.0;
    for (var i = 0; i < first.length; i++) {
      product += (first[i] - mean) * (second[i] - mean);
      squares += (first[i] - mean) * (first[i] - mean);
      others += (second[i] - mean) * (second[i] - mean);
    }
    if (squares == 0 || others == 0) {
      return squares == others ? 1 : 0;
    }
    return product / Math.sqrt(squares * others);
  }

  private static double overlap(double[] first, double[] second, int strongest) {
    var one = top(first, strongest);
    var other = top(second, strongest);
    var common = new HashSet<>(one);
    common.retainAll(other);
    var all = one.size() + other.size() - common.size();
    return all == 0 ? 1 : (double) common.size() / all;
  }

  private static HashSet<Integer> top(double[] coefficients, int strongest) {
    var top = new HashSet<Integer>();
    Arrays.stream(LimeExplanation.strongest(coefficients))
        .filter(column -> coefficients[column] != 0)
        .limit(strongest)
        .forEach(top::add);
    return top;
  }
}
