package org.pellucid.explain.attribution.cam;

import org.pellucid.explain.attribution.layer.Layer;
import org.pellucid.explain.attribution.layer.LayerChoice;
import org.pellucid.explain.attribution.layer.Upsampling;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.models.Model;

/**
 * What all class activation maps are made with.
 *
 * @param layer whose channels are summed
 * @param relu whether what speaks against the class is dropped, place by place
 * @param interpolation how the layer's map is brought to the input's size
 */
public record CamSettings(LayerChoice layer, boolean relu, Upsampling interpolation) {
  static final Parameter<LayerChoice> LAYER =
      Parameter.of(
          "layer",
          LayerChoice.TYPE,
          LayerChoice.LAST,
          "The layer whose channels are weighed; last is the last one with places, before"
              + " pooling.");
  static final Parameter<Boolean> RELU = relu(true);
  static final Parameter<Boolean> SIGNED_RELU = relu(false);
  static final Parameter<Upsampling> INTERPOLATION =
      Parameter.of(
          "interpolation",
          ParameterType.choice(Upsampling.class),
          Upsampling.BILINEAR,
          "How the layer's map is brought to the image's size.");

  private static Parameter<Boolean> relu(boolean standard) {
    return Parameter.of(
        "relu",
        ParameterType.trueOrFalse(),
        standard,
        "Whether places that speak against the class become 0.");
  }

  /** The last layer with places, without what speaks against the class, bilinear. */
  public static CamSettings standard() {
    return new CamSettings(LayerChoice.LAST, true, Upsampling.BILINEAR);
  }

  /** The last layer with places, with signs, bilinear. */
  public static CamSettings signed() {
    return standard().withRelu(false);
  }

  /** These settings with a layer by its name. */
  public CamSettings withLayer(String name) {
    return new CamSettings(LayerChoice.named(name), relu, interpolation);
  }

  /** These settings with or without what speaks against the class. */
  public CamSettings withRelu(boolean dropped) {
    return new CamSettings(layer, dropped, interpolation);
  }

  /** These settings with another way to the input's size. */
  public CamSettings withInterpolation(Upsampling other) {
    return new CamSettings(layer, relu, other);
  }

  static CamSettings of(ParameterValues values, Parameter<Boolean> relu, Model model) {
    return new CamSettings(
        values.get(LAYER).checked(model), values.get(relu), values.get(INTERPOLATION));
  }

  ParameterValues values(Parameter<Boolean> reluParameter) {
    return ParameterValues.none()
        .with(LAYER, layer)
        .with(reluParameter, relu)
        .with(INTERPOLATION, interpolation);
  }

  /** The layer's map, without negative values where they are dropped. */
  double[] rectified(double[] map) {
    var result = map.clone();
    for (var i = 0; relu && i < result.length; i++) {
      result[i] = Math.max(0, result[i]);
    }
    return result;
  }

  /** The layer's map at the input's size. */
  double[] upsampled(double[] map, Layer of, long[] inputShape) {
    return of.upsampled(map, interpolation, inputShape);
  }
}
