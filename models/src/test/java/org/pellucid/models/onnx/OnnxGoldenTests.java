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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.Goldens;
import org.pellucid.testing.Distance;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.numpy.Npz;

/** Graphs of fifteen architectures against PyTorch's outputs, gradients and attributions. */
@Tag("numeric")
@Tag("many-steps")
class OnnxGoldenTests {
  /** The manifest's; PyTorch's own rounding is 1e-7 to 1e-6. */
  private static final double SINGLE = 1e-5;

  /** The manifest's, where the file's constants are those of the network. */
  private static final double DOUBLE = 1e-9;

  /**
   * Exporting multiplied batch normalisations into weights and rounded constants such as √2 to
   * single precision, so that the graph itself is this far from the network that the goldens are
   * of: up to 3.8e-7, as the goldens' own runner found.
   */
  private static final double ROUNDED_CONSTANTS = 3.8e-7;

  private static final Set<String> EXACT =
      Set.of("signal", "dilated_up", "vgg", "lenet", "mlp", "densenet");

  static Stream<Arguments> networks() throws IOException {
    var manifest = new JsonMapper().readTree(Goldens.file("goldens/onnx/manifest.json").toFile());
    var all = new ArrayList<Arguments>();
    manifest
        .properties()
        .forEach(
            entry ->
                List.of(ElementType.FLOAT32, ElementType.FLOAT64)
                    .forEach(
                        type -> all.add(Arguments.of(entry.getKey(), entry.getValue(), type))));
    return all.stream();
  }

  @ParameterizedTest(name = "{0} in {2}")
  @MethodSource("networks")
  void computesOutputsAndGradients(String name, JsonNode about, ElementType type)
      throws IOException {
    var path = Goldens.file("goldens/onnx/" + name + ".onnx");
    var suffix = type == ElementType.FLOAT64 ? "_f64" : "";
    var tolerance =
        type == ElementType.FLOAT32 ? SINGLE : EXACT.contains(name) ? DOUBLE : ROUNDED_CONSTANTS;
    try (var npz = Npz.open(Goldens.file("goldens/onnx/" + name + ".npz"));
        var model = OnnxModel.open(path, type, OpenOptions.standard())) {
      var engine = Engine.standard();
      var target = about.get("target").asInt();
      for (var example = 0; example < 2; example++) {
        var inputs = inputs(model, npz, example);
        var outputName = model.outputs().getFirst().name();
        var output = model.run(engine, inputs).get(outputName).values();
        assertThat(Distance.relative(output, row(npz, "output" + suffix, example)))
            .as("output")
            .isLessThan(tolerance);
        var input = about.get("text").asBoolean() ? wordEmbeddings(model) : "input";
        var function = new OnnxFunction(model, engine, input, outputName, inputs);
        var x = start(model, engine, inputs, input);
        var gradient = gradient(function, engine, x, target);
        assertThat(Distance.relative(gradient, row(npz, "gradient" + suffix, example)))
            .as("gradient")
            .isLessThan(tolerance);
        assertThat(
                Distance.relative(
                    integrated(function, engine, x, target),
                    row(npz, "integrated" + suffix, example)))
            .as("Integrated Gradients")
            .isLessThan(tolerance);
      }
    }
  }

  /** The lookup in the table of words by the input's ids. */
  private static String wordEmbeddings(OnnxModel model) {
    return model.graph().nodes().stream()
        .filter(
            node -> node.operation().equals("Gather") && node.inputs().get(1).equals("input_ids"))
        .findFirst()
        .orElseThrow()
        .outputs()
        .getFirst();
  }

  private static double[] start(
      OnnxModel model, Engine engine, Map<String, NumericArray> inputs, String name) {
    return inputs.containsKey(name)
        ? inputs.get(name).values()
        : model.values(engine, inputs, List.of(name)).get(name).values();
  }

  /** Twenty midpoints from zero, times the input. */
  private static double[] integrated(OnnxFunction function, Engine engine, double[] x, int target) {
    var sum = new double[x.length];
    for (var step = 0; step < 20; step++) {
      var share = (step + 0.5) / 20;
      var between = Arrays.stream(x).map(value -> value * share).toArray();
      var gradient = gradient(function, engine, between, target);
      Arrays.setAll(sum, i -> sum[i] + gradient[i] / 20);
    }
    Arrays.setAll(sum, i -> sum[i] * x[i]);
    return sum;
  }
}
