package org.pellucid.explain.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Methods in the order of their ranks, with how sure that is: the inputs are drawn anew many times,
 * and the methods are ranked on each sample.
 *
 * @param places the best first
 */
public record Ranking(List<Place> places) {

  /**
   * A method's place.
   *
   * @param method its name
   * @param rank its rank on all inputs, from 1; a mean where there are several metrics
   * @param low the lower end of the 95 % interval of its rank
   * @param high its upper end
   * @param best the share of samples in which it is the best; shared where several are
   */
  public record Place(String method, double rank, double low, double high, double best) {}

  /**
   * The figures of a metric.
   *
   * @param figures by method and input
   * @param higher whether larger ones are better
   */
  record Column(double[][] figures, boolean higher) {}

  /** Copies the list. */
  public Ranking {
    places = List.copyOf(places);
  }

  static Ranking of(List<String> methods, List<Column> columns, int inputs) {
    if (columns.isEmpty() || inputs == 0) {
      return new Ranking(List.of());
    }
    var bootstrap = new Bootstrap(inputs, Bootstrap.SAMPLES);
    var ranks = new double[methods.size()][Bootstrap.SAMPLES];
    var best = new double[methods.size()];
    for (var sample = 0; sample < Bootstrap.SAMPLES; sample++) {
      var number = sample;
      var means = meanRanks(methods.size(), columns, figures -> bootstrap.mean(figures, number));
      var least = Arrays.stream(means).min().orElseThrow();
      var winners = Arrays.stream(means).filter(rank -> rank == least).count();
      for (var method = 0; method < means.length; method++) {
        ranks[method][sample] = means[method];
        best[method] += means[method] == least ? 1.0 / winners : 0;
      }
    }
    var whole = meanRanks(methods.size(), columns, Bootstrap::mean);
    var places = new ArrayList<Place>();
    for (var method = 0; method < whole.length; method++) {
      var interval = Bootstrap.interval(ranks[method], inputs);
      places.add(
          new Place(
              methods.get(method),
              whole[method],
              interval.low(),
              interval.high(),
              best[method] / Bootstrap.SAMPLES));
    }
    places.sort(Comparator.comparingDouble(Place::rank));
    return new Ranking(places);
  }

  private interface Mean {
    double of(double[] figures);
  }

  private static double[] meanRanks(int methods, List<Column> columns, Mean mean) {
    var sums = new double[methods];
    for (var column : columns) {
      var ranks = ranks(column, mean);
      Arrays.setAll(sums, method -> sums[method] + ranks[method] / columns.size());
    }
    return sums;
  }

  /** Ranks from 1; equal means share theirs, and methods without a figure the last ones. */
  private static double[] ranks(Column column, Mean mean) {
    var scores = new double[column.figures().length];
    for (var method = 0; method < scores.length; method++) {
      var score = mean.of(column.figures()[method]);
      var missing = Double.isNaN(score);
      scores[method] = missing ? Double.NEGATIVE_INFINITY : column.higher() ? score : -score;
    }
    var ranks = new double[scores.length];
    for (var method = 0; method < scores.length; method++) {
      var own = scores[method];
      var better = Arrays.stream(scores).filter(score -> score > own).count();
      var equal = Arrays.stream(scores).filter(score -> score == own).count();
      ranks[method] = 1 + better + (equal - 1) / 2.0;
    }
    return ranks;
  }
}
