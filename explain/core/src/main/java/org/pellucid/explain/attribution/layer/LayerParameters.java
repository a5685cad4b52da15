package org.pellucid.explain.attribution.layer;

import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.models.bert.BertModel;

/** The parameters that methods of layers have in common. */
final class LayerParameters {
  static final Parameter<LayerChoice> LAYER =
      Parameter.of(
              "layer",
              LayerChoice.TYPE,
              LayerChoice.LAST,
              "The layer whose outputs are explained by; last is the last one with places, before"
                  + " pooling.")
          .texts(LayerChoice.named(BertModel.hiddenStateLayer(0)));
  static final Parameter<Integer> STEPS =
      Parameter.of(
          "steps",
          ParameterType.wholeNumber(1, 100_000),
          50,
          "The number of steps on the line from the baseline.");
  static final Parameter<Baseline> BASELINE =
      Parameter.of("baseline", Baseline.TYPE, Baseline.BLACK, "Where the line begins.")
          .texts(Baseline.PAD);
  static final Parameter<Upsampling> INTERPOLATION =
      Parameter.of(
          "interpolation",
          ParameterType.choice(Upsampling.class),
          Upsampling.BILINEAR,
          "How the layer's map is brought to the image's size.");

  private LayerParameters() {}
}
