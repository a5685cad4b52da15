package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
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
 * KernelSHAP (Lundberg and Lee, 2017): the Shapley values of superpixels by a weighted regression
 * on coalitions, under the constraint that they sum to the score's difference between the image and
 * the baseline. Exact where all coalitions are evaluated. The map {@code [height, width]} holds
 * each superpixel's value.
 *
 * @param samples the number of coalitions, at least 1; all are taken where there are no more
 * @param paired whether a coalition is drawn together with its complement
 * @param superpixels the players
 * @param baseline what absent superpixels show
 */
public record KernelShap(int samples, boolean paired, Segmentation superpixels, HideColour baseline)
    implements HidingMethod {
  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples",
          ParameterType.wholeNumber(1, 1_000_000),
          2000,
          "The number of coalitions that are evaluated; where there are no more, the values are"
              + " exact.");
  private static final Parameter<Boolean> PAIRED =
      Parameter.of(
          "paired",
          ParameterType.trueOrFalse(),
          true,
          "Whether a coalition is drawn together with its complement, which steadies the result.");
  private static final Parameter<HideColour> BASELINE =
      HideColour.ofSuperpixels("baseline", HideColour.MEAN);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "kernel-shap",
              "KernelSHAP",
              "Each superpixel's or word's fair share of the score, estimated by a regression; red"
                  + " speaks for the class, blue against it.",
              "S. M. Lundberg, S.-I. Lee: A unified approach to interpreting model predictions,"
                  + " 2017; I. Covert, S.-I. Lee: Improving KernelSHAP, 2021",
              new Guidance(
                  "How is the score's difference to the baseline to be shared among superpixels?",
                  "A forward pass for each of the samples, and two.",
                  "With far fewer samples than coalitions the values are noisy: look at the fit and"
                      + " at other seeds. Absent superpixels show the baseline, which the network"
                      + " may never have seen."),
              SegmentationParameters.between(List.of(SAMPLES, PAIRED), List.of(BASELINE)),
              (values, model) ->
                  List.of(
                      new KernelShap(
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
  public KernelShap {
    check(samples > 0, "KernelSHAP needs at least one coalition, not %d", samples);
  }

  /** 2000 coalitions of about 200 SLIC superpixels, those absent in the image's mean colour. */
  public static KernelShap standard() {
    return new KernelShap(2000, true, new Slic(200, 1, 1, 0), HideColour.MEAN);
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
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var game =
        new SuperpixelGame("KernelSHAP", evaluator, input, target, options, superpixels, baseline);
    var coalitions = ShapleyCoalitions.draw(game.players(), samples, paired, options.seed());
    check(
        coalitions.complete() || samples >= game.players(),
        "KernelSHAP can't tell %d superpixels apart by %d samples; take more samples, or fewer"
            + " segments",
        game.players(),
        samples);
    var worths = game.worths(coalitions.shown());
    var values = values(coalitions, worths);
    var difference = worths[1] - worths[0];
    return explanation
        .quality(
            "fit",
            fit(coalitions, worths, values),
            "The weighted R squared of the values' sums over coalitions; 1 if superpixels don't"
                + " interact.")
        .quality(
            "efficiencyGap",
            Arrays.stream(values).sum() - difference,
            "How far the values miss the score's difference; 0 but for rounding.")
        .quality(
            "scoreDifference", difference, "The score of the image minus that of the baseline.")
        .quality("superpixels", game.players(), "The number of the image's superpixels.")
        .quality(
            "exact",
            coalitions.complete() ? 1 : 0,
            "1 if all coalitions were evaluated and the values are exact, else 0.")
        .end(game.map(values));
  }

  /**
   * The weighted least squares that sum to the difference of the first two worths.
   *
   * @param worths of the coalitions' rows
   */
  static double[] values(ShapleyCoalitions coalitions, double[] worths) {
    var players = coalitions.shown().columns();
    var difference = worths[1] - worths[0];
    if (players == 1) {
      return new double[] {difference};
    }
    var products = new double[players][players];
    var moments = new double[players];
    var members = new int[players];
    for (var row = 0; row < coalitions.weights().length; row++) {
      var weight = coalitions.weights()[row];
      var worth = weight * (worths[2 + row] - worths[0]);
      var count = members(coalitions.shown(), 2 + row, members);
      for (var i = 0; i < count; i++) {
        moments[members[i]] += worth;
        for (var j = 0; j <= i; j++) {
          products[members[i]][members[j]] += weight;
        }
      }
    }
    for (var i = 0; i < players; i++) {
      for (var j = 0; j < i; j++) {
        products[j][i] = products[i][j];
      }
    }
    return constrained(products, moments, difference);
  }

  private static double[] constrained(double[][] products, double[] moments, double sum) {
    var all = IntStream.range(0, moments.length).toArray();
    Cholesky cholesky;
    try {
      cholesky = Cholesky.penalised(products, all, 0);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "KernelSHAP's samples don't tell all superpixels apart; take more samples, or fewer"
              + " segments",
          e);
    }
    var ones = new double[moments.length];
    Arrays.fill(ones, 1);
    var free = cholesky.solve(moments);
    var direction = cholesky.solve(ones);
    var excess = (Arrays.stream(free).sum() - sum) / Arrays.stream(direction).sum();
    return IntStream.of(all).mapToDouble(i -> free[i] - excess * direction[i]).toArray();
  }

  private static int members(BitMatrix shown, int row, int[] members) {
    var count = 0;
    for (var player = 0; player < shown.columns(); player++) {
      if (shown.get(row, player)) {
        members[count++] = player;
      }
    }
    return count;
  }

  private static double fit(ShapleyCoalitions coalitions, double[] worths, double[] values) {
    var weights = coalitions.weights();
    if (weights.length == 0 || Arrays.stream(worths).allMatch(worth -> worth == worths[0])) {
      return 1;
    }
    var mean = 0.0;
    for (var row = 0; row < weights.length; row++) {
      mean += weights[row] * worths[2 + row];
    }
    mean /= Arrays.stream(weights).sum();
    var unexplained = 0.0;
    var total = 0.0;
    for (var row = 0; row < weights.length; row++) {
      var sum = worths[0];
      for (var player = 0; player < values.length; player++) {
        sum += coalitions.shown().get(2 + row, player) ? values[player] : 0;
      }
      unexplained += weights[row] * (worths[2 + row] - sum) * (worths[2 + row] - sum);
      total += weights[row] * (worths[2 + row] - mean) * (worths[2 + row] - mean);
    }
    return 1 - unexplained / total;
  }
}
