package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.models.onnx.GoldenExample.gradient;
import static org.pellucid.models.onnx.GoldenExample.inputs;
import static org.pellucid.models.onnx.GoldenExample.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.Goldens;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.numpy.Npz;

/** Sixteen more architectures: outputs, and inner values with the score's gradients to them. */
@Tag("numeric")
@Tag("many-steps")
class OnnxInnerGoldenTests {

  static Stream<Arguments> networks() throws IOException {
    var manifest =
        new JsonMapper().readTree(Goldens.file("goldens/onnx/detailed/manifest.json").toFile());
    var all = new ArrayList<Arguments>();
    for (var network : manifest.get("networks")) {
      for (var type : List.of(ElementType.FLOAT32, ElementType.FLOAT64)) {
        all.add(Arguments.of(network.get("name").asText(), network, type));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0} in {2}")
  @MethodSource("networks")
  void computesInnerValuesAndTheirGradients(String name, JsonNode about, ElementType type) {
    var folder = "goldens/onnx/detailed/";
    var isDouble = type == ElementType.FLOAT64;
    var suffix = isDouble ? "_f64" : "";
    try (var npz = Npz.open(Goldens.file(folder + about.get("data").asText()));
        var model =
            OnnxModel.open(
                Goldens.file(folder + about.get("model").asText()), type, OpenOptions.standard())) {
      var engine = Engine.standard();
      var tolerances = about.get("suggested_tolerance_rel_to_max");
      for (var example = 0; example < 2; example++) {
        var inputs = inputs(model, npz, example);
        var output = model.run(engine, inputs).get("output").values();
        check("output", output, npz, suffix, example, tolerances);
        var wanted = new HashMap<String, String>();
        about
            .get("inner")
            .properties()
            .forEach(e -> wanted.put(e.getKey(), e.getValue().get("onnx_tensor").asText()));
        if (!npz.names().contains("emb")) {
          wanted.put("input", "input");
        }
        for (var entry : wanted.entrySet()) {
          var tensor = entry.getValue();
          var values =
              inputs.containsKey(tensor)
                  ? inputs.get(tensor)
                  : model.values(engine, inputs, List.of(tensor)).get(tensor);
          if (!inputs.containsKey(tensor)) {
            check(entry.getKey(), values.values(), npz, suffix, example, tolerances);
          }
          var function = new OnnxFunction(model, engine, tensor, "output", inputs);
          var gradient =
              gradient(function, engine, values.values(), about.get("target_index").asInt());
          check("grad_" + entry.getKey(), gradient, npz, suffix, example, tolerances);
        }
      }
    }
  }

  private static void check(
      String name, double[] actual, Npz npz, String suffix, int example, JsonNode tolerances) {
    var expected = row(npz, name + suffix, example);
    var tolerance = tolerances.get(name).get(suffix.isEmpty() ? "f32" : "f64").asDouble();
    var largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertThat(actual).as(name).hasSameSizeAs(expected);
    var difference = 0.0;
    for (var i = 0; i < actual.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    }
    assertThat(difference / largest).as(name).isLessThan(tolerance);
  }
}
