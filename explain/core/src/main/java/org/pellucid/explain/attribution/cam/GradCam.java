package org.pellucid.explain.attribution.cam;

import java.util.List;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * {@code L = ReLU(Σ αₖ Aₖ)}: the channels {@code Aₖ} of a layer, each weighed by the mean {@code
 * αₖ} of the target's gradient over its places (Selvaraju et al., 2017).
 *
 * @param settings which layer, which signs, and how it is brought to the input's size
 */
public record GradCam(CamSettings settings) implements GradientCam {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "gradcam",
          "Grad-CAM",
          "Which places of a late layer speak for the class: its channels, weighed by their mean"
              + " gradient.",
          "R. R. Selvaraju et al.: Grad-CAM, visual explanations from deep networks via"
              + " gradient-based localization, 2017",
          new Guidance(
              "In which region is what speaks for the class?",
              "One forward pass and a backward pass down to the layer.",
              "The map is as coarse as the layer; what is drawn between its places is"
                  + " interpolation. A mean gradient can credit places that the class doesn't"
                  + " use."),
          List.of(CamSettings.LAYER, CamSettings.RELU, CamSettings.INTERPOLATION),
          (values, model) -> List.of(new GradCam(CamSettings.of(values, CamSettings.RELU, model))));

  /** The map of the last layer with places. */
  public static GradCam standard() {
    return new GradCam(CamSettings.standard());
  }

  @Override
  public GradCam with(CamSettings other) {
    return new GradCam(other);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void add(double[] activations, double[] gradients, int from, double[] map) {
    var weight = 0.0;
    for (var i = from; i < from + map.length; i++) {
      weight += gradients[i] / map.length;
    }
    for (var i = 0; i < map.length; i++) {
      map[i] += weight * activations[from + i];
    }
  }
}
