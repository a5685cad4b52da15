package org.pellucid.explain.attribution.cam;

import java.util.List;
import java.util.stream.DoubleStream;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.PreciseInputs;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;

/**
 * {@code L = ReLU(Σ αₖ Aₖ)}: the channels {@code Aₖ} of a layer, each weighed by the softmax over
 * the channels of the score that the image gets when it is multiplied by the channel, at the
 * image's size and stretched to 0..1 (Wang et al., 2020). The paper subtracts the score of a black
 * image from each, which changes no softmax and is left out. A channel of one value masks nothing
 * and counts nothing, as in the authors' program.
 *
 * @param settings which layer, which signs, and how it is brought to the input's size
 */
public record ScoreCam(CamSettings settings) implements Method {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "score-cam",
          "Score-CAM",
          "Which places of a late layer speak for the class: its channels, weighed by the score of"
              + " the image that shows only what they see.",
          "H. Wang et al.: Score-CAM, score-weighted visual explanations for convolutional neural"
              + " networks, 2020",
          new Guidance(
              "In which region is what keeps the score up on its own?",
              "A forward pass for each channel of the layer, and one more.",
              "A softmax over large scores is nearly a choice of one channel. Masked images are"
                  + " unlike any that the network was trained on."),
          List.of(CamSettings.LAYER, CamSettings.RELU, CamSettings.INTERPOLATION),
          (values, model) ->
              List.of(new ScoreCam(CamSettings.of(values, CamSettings.RELU, model))));

  /** The map of the last layer with places. */
  public static ScoreCam standard() {
    return new ScoreCam(CamSettings.standard());
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return settings.values(CamSettings.RELU);
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var layer = settings.layer().withPlaces(evaluator);
    var channels = new Channels(layer, evaluator.layerOutput(layer.name(), input));
    var resolved = new ScoreCam(settings.withLayer(layer.name()));
    var explanation = Explanation.begin(resolved, evaluator, input, target, options);
    var numbers = channels.thatVary();
    var scores = new double[numbers.length];
    evaluator.scores(
        numbers.length,
        new PreciseInputs(
            input.length(), (number, row) -> mask(input, channels, numbers[number], row)),
        target,
        options,
        (number, score) -> scores[number] = score);
    var weights = softmax(scores);
    var map = settings.rectified(channels.sum(numbers, weights));
    return channels.end(explanation, settings, map, input);
  }

  /** The input times a channel of the layer at the input's size, stretched to 0..1. */
  private void mask(Values input, Channels channels, int channel, double[] row) {
    var mask = settings.upsampled(channels.of(channel), channels.layer(), input.shape());
    var range = DoubleStream.of(mask).summaryStatistics();
    for (var i = 0; i < row.length; i++) {
      var share = (mask[i % mask.length] - range.getMin()) / (range.getMax() - range.getMin());
      row[i] = input.get(i) * share;
    }
  }

  private static double[] softmax(double[] scores) {
    var largest = DoubleStream.of(scores).max().orElse(0);
    var powers = DoubleStream.of(scores).map(score -> Math.exp(score - largest)).toArray();
    var sum = DoubleStream.of(powers).sum();
    return DoubleStream.of(powers).map(power -> power / sum).toArray();
  }
}
