package org.pellucid.explain.attribution.cam;

import java.util.List;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;

/**
 * {@code L = Σ Gₖ ⊙ Aₖ}: the channels {@code Aₖ} of a layer times the target's gradients {@code
 * Gₖ}, place by place (Draelos and Carin, 2020). Of a layer that only linear layers follow, the map
 * sums to the score but for the biases. The paper keeps signs, and so does the default here;
 * pytorch-grad-cam drops negative values.
 *
 * @param settings which layer, which signs, and how it is brought to the input's size
 */
public record HiResCam(CamSettings settings) implements GradientCam {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "hirescam",
          "HiResCAM",
          "What each place of a late layer adds to the score; red speaks for the class, blue"
              + " against it.",
          "R. L. Draelos, L. Carin: Use HiResCAM instead of Grad-CAM for faithful explanations of"
              + " convolutional neural networks, 2020",
          new Guidance(
              "Which places of the layer does the score come from?",
              "One forward pass and a backward pass down to the layer.",
              "The map is as coarse as the layer. Where layers with ReLUs follow, it is a linear"
                  + " view of what they do."),
          List.of(CamSettings.LAYER, CamSettings.SIGNED_RELU, CamSettings.INTERPOLATION),
          (values, model) ->
              List.of(new HiResCam(CamSettings.of(values, CamSettings.SIGNED_RELU, model))));

  /** The map of the last layer with places. */
  public static HiResCam standard() {
    return new HiResCam(CamSettings.signed());
  }

  @Override
  public HiResCam with(CamSettings other) {
    return new HiResCam(other);
  }

  @Override
  public Parameter<Boolean> relu() {
    return CamSettings.SIGNED_RELU;
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void add(double[] activations, double[] gradients, int from, double[] map) {
    for (var i = from; i < from + map.length; i++) {
      map[i - from] += gradients[i] * activations[i];
    }
  }
}
