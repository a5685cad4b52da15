package org.pellucid.explain.attribution.cam;

import java.util.List;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * {@code L = ReLU(Σ wₖ Aₖ)} with {@code wₖ = Σ αₖ ReLU(Gₖ)} and {@code αₖ = Gₖ² / (2 Gₖ² + Gₖ³ Σ
 * Aₖ)}, where {@code Aₖ} are the channels of a layer and {@code Gₖ} the target's gradients
 * (Chattopadhay et al., 2018). As in the paper the explained number is {@code exp(S)}, whose
 * derivatives these are; the factor {@code exp(S)}, the same everywhere, is left out, since it
 * overflows. Where a divisor is 0, {@code αₖ} is 0; pytorch-grad-cam adds 10⁻⁶ to each instead.
 *
 * @param settings which layer, which signs, and how it is brought to the input's size
 */
public record GradCamPlusPlus(CamSettings settings) implements GradientCam {
  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "gradcam-plus-plus",
          "Grad-CAM++",
          "Which places of a late layer speak for the class, several objects of it alike.",
          "A. Chattopadhay et al.: Grad-CAM++, generalized gradient-based visual explanations for"
              + " deep convolutional networks, 2018",
          new Guidance(
              "In which regions is what speaks for the class, if it occurs several times?",
              "One forward pass and a backward pass down to the layer.",
              "Channels that speak against the class hardly count. It was made for layers after a"
                  + " ReLU: with activations of both signs its divisors may vanish."),
          List.of(CamSettings.LAYER, CamSettings.RELU, CamSettings.INTERPOLATION),
          (values, model) ->
              List.of(new GradCamPlusPlus(CamSettings.of(values, CamSettings.RELU, model))));

  /** The map of the last layer with places. */
  public static GradCamPlusPlus standard() {
    return new GradCamPlusPlus(CamSettings.standard());
  }

  @Override
  public GradCamPlusPlus with(CamSettings other) {
    return new GradCamPlusPlus(other);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void add(double[] activations, double[] gradients, int from, double[] map) {
    var total = 0.0;
    for (var i = from; i < from + map.length; i++) {
      total += activations[i];
    }
    var weight = 0.0;
    for (var i = from; i < from + map.length; i++) {
      weight += share(gradients[i], total) * Math.max(0, gradients[i]);
    }
    for (var i = 0; i < map.length; i++) {
      map[i] += weight * activations[from + i];
    }
  }

  /** The weight of a gradient, {@code 1 / (2 + g Σ A)} once its squares are taken out. */
  private static double share(double gradient, double total) {
    var divisor = 2 + gradient * total;
    return gradient == 0 || divisor == 0 ? 0 : 1 / divisor;
  }
}
