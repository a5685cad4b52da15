package org.pellucid.explain.attribution.cam;

import java.util.List;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * {@code L = ReLU(Σ αₖ Aₖ)} with {@code αₖ = Σ (Aₖ / Σ Aₖ) Gₖ}: the channels {@code Aₖ} of a layer,
 * each weighed by the mean of the target's gradient {@code Gₖ} that its own activations weigh (Fu
 * et al., 2020). A channel whose activations sum to 0 counts nothing.
 *
 * @param settings which layer, which signs, and how it is brought to the input's size
 */
public record XGradCam(CamSettings settings) implements GradientCam {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "xgradcam",
          "XGrad-CAM",
          "Which places of a late layer speak for the class: its channels, weighed by their"
              + " gradient where they are active.",
          "R. Fu et al.: Axiom-based Grad-CAM, towards accurate visualization and explanation of"
              + " CNNs, 2020",
          new Guidance(
              "In which region is what speaks for the class, counting gradients only where channels"
                  + " are active?",
              "One forward pass and a backward pass down to the layer.",
              "The map is as coarse as the layer. It was made for layers after a ReLU: where"
                  + " activations of both signs cancel, its weights are arbitrary."),
          List.of(CamSettings.LAYER, CamSettings.RELU, CamSettings.INTERPOLATION),
          (values, model) ->
              List.of(new XGradCam(CamSettings.of(values, CamSettings.RELU, model))));

  /** The map of the last layer with places. */
  public static XGradCam standard() {
    return new XGradCam(CamSettings.standard());
  }

  @Override
  public XGradCam with(CamSettings other) {
    return new XGradCam(other);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void add(double[] activations, double[] gradients, int from, double[] map) {
    var total = 0.0;
    var product = 0.0;
    for (var i = from; i < from + map.length; i++) {
      total += activations[i];
      product += activations[i] * gradients[i];
    }
    for (var i = from; total != 0 && i < from + map.length; i++) {
      map[i - from] += product / total * activations[i];
    }
  }
}
