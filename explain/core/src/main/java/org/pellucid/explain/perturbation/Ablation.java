package org.pellucid.explain.perturbation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.segmentation.Segmentation;
import org.pellucid.explain.segmentation.SegmentationParameters;
import org.pellucid.explain.segmentation.Slic;

/**
 * Feature ablation: hides one superpixel, or cell of a grid, at a time. Each pixel of the map
 * {@code [height, width]} has how much the score falls without its superpixel.
 *
 * @param superpixels that are hidden in turn
 * @param baseline what a hidden one shows
 */
public record Ablation(Segmentation superpixels, HideColour baseline) implements HidingMethod {
  private static final Parameter<HideColour> BASELINE =
      HideColour.ofSuperpixels("baseline", HideColour.MEAN);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "ablation",
              "Feature ablation",
              "How much the score falls when a superpixel or word is hidden; red speaks for the"
                  + " class, blue against it.",
              "N. Kokhlikyan et al.: Captum, a unified and generic model interpretability library,"
                  + " 2020",
              new Guidance(
                  "How much would the score fall if this superpixel alone were hidden?",
                  "A forward pass for each superpixel, and two.",
                  "What two superpixels show alike is missed with neither: hiding one changes"
                      + " nothing. interaction tells how far the falls are from adding up."),
              SegmentationParameters.between(List.of(), List.of(BASELINE)),
              (values, model) ->
                  List.of(new Ablation(SegmentationParameters.read(values), values.get(BASELINE))))
          .texts(MethodDescriptor.TextInput.WORDS);

  /** About 200 SLIC superpixels, hidden by the image's mean colour. */
  public static Ablation standard() {
    return new Ablation(new Slic(200, 1, 1, 0), HideColour.MEAN);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return SegmentationParameters.write(superpixels).with(BASELINE, baseline);
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
        new SuperpixelGame(
            "Feature ablation", evaluator, input, target, options, superpixels, baseline);
    var worths =
        game.worths(
            2 + game.players(),
            number -> {
              var shown = new boolean[game.players()];
              Arrays.fill(shown, number > 0);
              if (number > 1) {
                shown[number - 2] = false;
              }
              return shown;
            });
    var falls = new double[game.players()];
    Arrays.setAll(falls, player -> worths[1] - worths[2 + player]);
    var difference = worths[1] - worths[0];
    return explanation
        .quality(
            "interaction",
            Arrays.stream(falls).sum() - difference,
            "How far the falls miss the score's difference; 0 if superpixels act on their own.")
        .quality(
            "scoreDifference", difference, "The score of the image minus that of the baseline.")
        .quality("superpixels", game.players(), "The number of the image's superpixels.")
        .end(game.map(falls));
  }
}
