package org.pellucid.explain.attribution.cam;

import java.util.List;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * {@code L = ReLU(Σ ReLU(Gₖ) ⊙ Aₖ)}: the channels {@code Aₖ} of a layer, each place weighed by the
 * target's gradient {@code Gₖ} where that is positive (Jiang et al., 2021).
 *
 * @param settings which layer, which signs, and how it is brought to the input's size
 */
public record LayerCam(CamSettings settings) implements GradientCam {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "layercam",
          "LayerCAM",
          "Which places of a layer speak for the class: its channels, weighed by positive gradients"
              + " place by place.",
          "P.-T. Jiang et al.: LayerCAM, exploring hierarchical class activation maps for"
              + " localization, 2021",
          new Guidance(
              "Where is what speaks for the class, in early layers too?",
              "One forward pass and a backward pass down to the layer.",
              "What speaks against the class is left out, so the map is no balance of the score."),
          List.of(CamSettings.LAYER, CamSettings.RELU, CamSettings.INTERPOLATION),
          (values, model) ->
              List.of(new LayerCam(CamSettings.of(values, CamSettings.RELU, model))));

  /** The map of the last layer with places. */
  public static LayerCam standard() {
    return new LayerCam(CamSettings.standard());
  }

  @Override
  public LayerCam with(CamSettings other) {
    return new LayerCam(other);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void add(double[] activations, double[] gradients, int from, double[] map) {
    for (var i = from; i < from + map.length; i++) {
      map[i - from] += Math.max(0, gradients[i]) * activations[i];
    }
  }
}
