package org.pellucid.explain.attribution.cam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.attribution.TinyNetwork.EXACT;
import static org.pellucid.explain.attribution.TinyNetwork.EXACT_IMAGES;
import static org.pellucid.explain.attribution.TinyNetwork.array;
import static org.pellucid.explain.attribution.TinyNetwork.check;
import static org.pellucid.explain.attribution.TinyNetwork.image;
import static org.pellucid.explain.attribution.TinyNetwork.label;
import static org.pellucid.explain.attribution.TinyNetwork.part;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.TinyNetwork;
import org.pellucid.explain.attribution.layer.Upsampling;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;

/** Grad-CAM and guided Grad-CAM against Captum. */
@Tag("numeric")
class CamGoldenTests {
  private static final String FILE = "tiny_captum";
  private static final double TOLERANCE = 1e-5;
  private static final Map<String, String> LAYERS =
      Map.of("last_conv", "cnn.7", "last_relu", "cnn.9");

  private static CamSettings settings(String layer, Upsampling upsampling) {
    return CamSettings.standard().withLayer(LAYERS.get(layer)).withInterpolation(upsampling);
  }

  @ParameterizedTest
  @ValueSource(strings = {"last_conv", "last_relu"})
  void mapsTheClassAtTheImagesSize(String layer) {
    var nearest = settings(layer, Upsampling.NEAREST);
    var bilinear = settings(layer, Upsampling.BILINEAR);
    check(FILE, "gradcam_relu_up_nearest/" + layer, TOLERANCE, _ -> new GradCam(nearest));
    check(FILE, "gradcam_relu_up_bilinear/" + layer, TOLERANCE, _ -> new GradCam(bilinear));
    check(FILE, "guided_gradcam/" + layer, TOLERANCE, _ -> new GuidedGradCam(nearest));
  }

  @ParameterizedTest
  @ValueSource(strings = {"last_conv", "last_relu"})
  void mapsTheClassAtTheLayersSize(String layer) {
    var rectified = settings(layer, Upsampling.BILINEAR);
    compare(new GradCam(rectified), "gradcam_relu/" + layer);
    compare(new GradCam(rectified.withRelu(false)), "gradcam/" + layer);
  }

  private static void compare(GradCam method, String name) {
    try (var network = TinyNetwork.open(ElementType.FLOAT64)) {
      var evaluator = new Evaluator(DoublePrecision.engine(), network);
      for (var index = 0; index < TinyNetwork.IMAGES; index++) {
        var map =
            method
                .explain(evaluator, image(index), label(index), RunOptions.standard())
                .details()
                .get("layer-map")
                .toDoubles();
        assertThat(Distance.relative(map, part(array(FILE + ".npz", name), index, 10)))
            .isLessThan(TOLERANCE);
        if (index < EXACT_IMAGES) {
          var golden = part(array(FILE + "_f64.npz", name), index, EXACT_IMAGES);
          assertThat(Distance.relative(map, golden)).isLessThan(EXACT);
        }
      }
    }
  }
}
