package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.segmentation.Segmentation;
import org.pellucid.explain.segmentation.SegmentationParameters;
import org.pellucid.explain.segmentation.Slic;

/**
 * Shapley values of superpixels by permutations (Castro, Gómez and Tejada, 2009): superpixels
 * appear one after another in a random order, and each is worth how much the score rises with it,
 * on the mean over orders. Unbiased, and the values sum to the score's difference between the image
 * and the baseline for any number of orders. The map {@code [height, width]} holds each
 * superpixel's value.
 *
 * @param samples the number of orders, at least 1
 * @param paired whether every second order is the one before, reversed
 * @param superpixels the players
 * @param baseline what absent superpixels show
 */
public record ShapleySampling(
    int samples, boolean paired, Segmentation superpixels, HideColour baseline)
    implements HidingMethod {
  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples",
          ParameterType.wholeNumber(1, 100_000),
          25,
          "The number of orders in which superpixels appear.");
  private static final Parameter<Boolean> PAIRED =
      Parameter.of(
          "paired",
          ParameterType.trueOrFalse(),
          false,
          "Whether every second order is the one before, reversed, which steadies the result.");
  private static final Parameter<HideColour> BASELINE =
      HideColour.ofSuperpixels("baseline", HideColour.MEAN);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "shapley-sampling",
              "Shapley value sampling",
              "Each superpixel's or word's fair share of the score, as the mean over random orders"
                  + " in which they appear; red speaks for the class, blue against it.",
              "J. Castro, D. Gómez, J. Tejada: Polynomial calculation of the Shapley value based on"
                  + " sampling, 2009",
              new Guidance(
                  "How is the score's difference to the baseline to be shared among superpixels?",
                  "As many forward passes as superpixels, for each of the samples.",
                  "Few samples leave noise, which standardError tells. Absent superpixels show the"
                      + " baseline, which the network may never have seen."),
              SegmentationParameters.between(List.of(SAMPLES, PAIRED), List.of(BASELINE)),
              (values, model) ->
                  List.of(
                      new ShapleySampling(
                          values.get(SAMPLES),
                          values.get(PAIRED),
                          SegmentationParameters.read(values),
                          values.get(BASELINE))))
          .texts(MethodDescriptor.TextInput.WORDS);

  /**
   * Checks the number of samples.
   *
   * @throws IllegalArgumentException if there are none
   */
  public ShapleySampling {
    check(samples > 0, "Shapley value sampling needs at least one order, not %d", samples);
  }

  /** 25 orders of about 200 SLIC superpixels, those absent in the image's mean colour. */
  public static ShapleySampling standard() {
    return new ShapleySampling(25, false, new Slic(200, 1, 1, 0), HideColour.MEAN);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(SAMPLES, samples)
        .with(PAIRED, paired)
        .and(SegmentationParameters.write(superpixels))
        .with(BASELINE, baseline);
  }

  @Override
  public HideColour hidden() {
    return baseline;
  }

  @Override
  public Optional<Segmentation> parts() {
    return Optional.of(superpixels);
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    return explain(evaluator, input, target, options, this::orders);
  }

  /** Where orders come from. */
  @FunctionalInterface
  interface Orders {
    /** The orders of so many players, each a permutation of their numbers. */
    int[][] of(int players, long seed);
  }

  private int[][] orders(int players, long seed) {
    var seeds = new SplittableRandom(seed).longs(samples).toArray();
    var orders = new int[samples][];
    for (var i = 0; i < samples; i++) {
      orders[i] = paired && i % 2 == 1 ? reversed(orders[i - 1]) : shuffled(players, seeds[i]);
    }
    return orders;
  }

  private static int[] reversed(int[] order) {
    var reversed = new int[order.length];
    Arrays.setAll(reversed, i -> order[order.length - 1 - i]);
    return reversed;
  }

  private static int[] shuffled(int players, long seed) {
    var random = new SplittableRandom(seed);
    var order = new int[players];
    for (var i = 0; i < players; i++) {
      var other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  Explanation explain(
      Evaluator evaluator, Values input, Target target, RunOptions options, Orders source) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var game =
        new SuperpixelGame(
            "Shapley value sampling", evaluator, input, target, options, superpixels, baseline);
    var orders = source.of(game.players(), options.seed());
    var worths = worths(game, orders);
    var estimate = new Estimate(game.players(), paired ? 2 : 1);
    for (var i = 0; i < orders.length; i++) {
      estimate.add(orders[i], worths, 2 + i * (game.players() - 1));
    }
    var values = estimate.means();
    var difference = worths[1] - worths[0];
    if (estimate.observations > 1) {
      var errors = estimate.standardErrors();
      explanation
          .quality(
              "standardError",
              Math.sqrt(Arrays.stream(errors).map(e -> e * e).sum() / errors.length),
              "The root mean square of the superpixels' standard errors; small against the map's"
                  + " range is good.")
          .detail("standard-errors", game.map(errors));
    }
    return explanation
        .quality(
            "efficiencyGap",
            Arrays.stream(values).sum() - difference,
            "How far the values miss the score's difference; 0 but for rounding.")
        .quality(
            "scoreDifference", difference, "The score of the image minus that of the baseline.")
        .quality("superpixels", game.players(), "The number of the image's superpixels.")
        .end(game.map(values));
  }

  /** The worths of none, of all, and of each order's first one, first two and so on but all. */
  private static double[] worths(SuperpixelGame game, int[][] orders) {
    var steps = game.players() - 1;
    check(
        2 + (long) orders.length * steps <= Integer.MAX_VALUE - 8,
        "%d orders of %d superpixels are too many; take fewer samples or segments",
        orders.length,
        game.players());
    return game.worths(
        2 + orders.length * steps,
        number -> {
          var shown = new boolean[game.players()];
          if (number == 1) {
            Arrays.fill(shown, true);
          } else if (number > 1) {
            var order = orders[(number - 2) / steps];
            for (var i = 0; i <= (number - 2) % steps; i++) {
              shown[order[i]] = true;
            }
          }
          return shown;
        });
  }

  /** Means over orders, and how sure they are; orders of a pair are one observation. */
  private static final class Estimate {
    private final int group;
    private final double[] current;
    private final double[] sums;
    private final double[] squares;
    private final double[] totals;
    private int orders;
    private int observations;

    Estimate(int players, int group) {
      this.group = group;
      current = new double[players];
      sums = new double[players];
      squares = new double[players];
      totals = new double[players];
    }

    void add(int[] order, double[] worths, int start) {
      var before = worths[0];
      for (var i = 0; i < order.length; i++) {
        var after = i == order.length - 1 ? worths[1] : worths[start + i];
        current[order[i]] += after - before;
        totals[order[i]] += after - before;
        before = after;
      }
      if (++orders % group == 0) {
        for (var player = 0; player < current.length; player++) {
          var observation = current[player] / group;
          sums[player] += observation;
          squares[player] += observation * observation;
        }
        Arrays.fill(current, 0);
        observations++;
      }
    }

    double[] means() {
      return Arrays.stream(totals).map(total -> total / orders).toArray();
    }

    double[] standardErrors() {
      var errors = new double[sums.length];
      for (var player = 0; player < errors.length; player++) {
        var mean = sums[player] / observations;
        var variance =
            Math.max(0, squares[player] / observations - mean * mean)
                * observations
                / (observations - 1.0);
        errors[player] = Math.sqrt(variance / observations);
      }
      return errors;
    }
  }
}
