package org.pellucid.explain.attribution.cam;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;

/**
 * {@code L = ReLU(Σ αₖ Aₖ)} with {@code αₖ = (y − yₖ) / |y|}: the channels {@code Aₖ} of a layer,
 * each weighed by how much the score {@code y} falls when the channel is set to 0 (Desai and
 * Ramaswamy, 2020). The paper divides by {@code y}, which would turn the map over where a score is
 * negative, so its magnitude is taken; a score of 0 divides by 1. pytorch-grad-cam divides by
 * {@code y}, and where a layer has negative outputs it sets channels far below them instead of to
 * 0.
 *
 * @param settings which layer, which signs, and how it is brought to the input's size
 */
public record AblationCam(CamSettings settings) implements Method {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "ablation-cam",
          "Ablation-CAM",
          "Which places of a late layer speak for the class: its channels, weighed by how much the"
              + " score falls without them.",
          "S. Desai, H. G. Ramaswamy: Ablation-CAM, visual explanations for deep convolutional"
              + " network via gradient-free localization, 2020",
          new Guidance(
              "In which region is what the score would miss if its channels were gone?",
              "A forward pass from the layer on for each of its channels, and two whole ones.",
              "Channels that stand in for each other each count little, since one is taken away at"
                  + " a time."),
          List.of(CamSettings.LAYER, CamSettings.RELU, CamSettings.INTERPOLATION),
          (values, model) ->
              List.of(new AblationCam(CamSettings.of(values, CamSettings.RELU, model))));

  /** The map of the last layer with places. */
  public static AblationCam standard() {
    return new AblationCam(CamSettings.standard());
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
    var resolved = new AblationCam(settings.withLayer(layer.name()));
    var explanation = Explanation.begin(resolved, evaluator, input, target, options);
    var channels = new Channels(layer, evaluator.layerOutput(layer.name(), input));
    var values = channels.values();
    var after = evaluator.at(layer.name(), input);
    var score = after.score(target, values);
    var weights = new double[layer.channels()];
    after.scores(
        weights.length,
        (channel, into, offset) -> {
          values.copyTo(into, offset);
          var from = offset + channel * layer.places();
          Arrays.fill(into, from, from + layer.places(), 0);
        },
        target,
        options,
        (channel, without) ->
            weights[channel] = (score - without) / (score == 0 ? 1 : Math.abs(score)));
    var all = IntStream.range(0, weights.length).toArray();
    return channels.end(
        explanation, settings, settings.rectified(channels.sum(all, weights)), input);
  }
}
