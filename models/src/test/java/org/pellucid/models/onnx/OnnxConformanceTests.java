package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.models.Goldens;
import org.pellucid.models.ModelFileException;
import org.pellucid.weights.WeightsException;

/** ONNX's own tests of single operators. */
@Tag("numeric")
@Tag("many-steps")
class OnnxConformanceTests {
  /** Single precision rounds to 6e-8; sums of some dozens of numbers lose two digits more. */
  private static final double TOLERANCE = 1e-5;

  /**
   * Half precision is computed in the model's own type, and bfloat16 is given as the bits of whole
   * numbers; texts, sums of whole numbers, volumes and the positions of a pooling's winners aren't
   * supported.
   */
  private static final Set<String> NOT_SUPPORTED =
      Set.of(
          "cast_BFLOAT16_to_FLOAT",
          "cast_DOUBLE_to_FLOAT16",
          "cast_FLOAT_to_BFLOAT16",
          "cast_FLOAT_to_FLOAT16",
          "cast_FLOAT_to_STRING",
          "cast_STRING_to_FLOAT",
          "convinteger_with_padding",
          "convinteger_without_padding",
          "convtranspose_3d",
          "maxpool_with_argmax_2d_precomputed_pads",
          "maxpool_with_argmax_2d_precomputed_strides");

  @TempDir Path folder;

  @Test
  void computesOnnxsOwnCases() throws IOException {
    var failed = new TreeMap<String, String>();
    var passed = new ArrayList<String>();
    var archive = Goldens.file("onnx-conformance/node.zip");
    try (var zip = FileSystems.newFileSystem(archive);
        var cases = Files.list(zip.getPath("node"))) {
      for (var each : cases.sorted().toList()) {
        var name = each.getFileName().toString().replace("test_", "").replace("/", "");
        try {
          check(each);
          passed.add(name);
        } catch (ModelFileException | WeightsException | IllegalArgumentException e) {
          failed.put(name, e.getMessage());
        } catch (AssertionError e) {
          failed.put(name, "differs: " + e.getMessage());
        }
      }
    }
    assertThat(failed.keySet())
        .as("%d of %d pass; %s", passed.size(), passed.size() + failed.size(), failed)
        .isEqualTo(NOT_SUPPORTED);
  }

  private void check(Path test) throws IOException {
    var file = folder.resolve("model.onnx");
    Files.write(file, Files.readAllBytes(test.resolve("model.onnx")));
    try (var model = OnnxModel.open(file)) {
      var data = test.resolve("test_data_set_0");
      var inputs = new HashMap<String, NumericArray>();
      for (var i = 0; i < model.inputs().size(); i++) {
        inputs.put(model.inputs().get(i).name(), tensor(data, "input_" + i));
      }
      var outputs = model.run(Engine.standard(), inputs);
      for (var i = 0; i < model.outputs().size(); i++) {
        var expected = tensor(data, "output_" + i);
        var actual = outputs.get(model.outputs().get(i).name());
        assertThat(actual.shape()).as("shape").isEqualTo(expected.shape());
        checkValues(actual.values(), expected.values());
      }
    }
  }

  private static NumericArray tensor(Path data, String name) throws IOException {
    return TensorProto.read(Files.readAllBytes(data.resolve(name + ".pb")));
  }

  private static void checkValues(double[] actual, double[] expected) {
    var largest = Arrays.stream(expected).filter(Double::isFinite).map(Math::abs).max().orElse(0);
    for (var i = 0; i < expected.length; i++) {
      if (Double.isFinite(expected[i])) {
        assertThat(Math.abs(actual[i] - expected[i]))
            .as("value %d, %s for %s", i, actual[i], expected[i])
            .isLessThanOrEqualTo(TOLERANCE * largest + 1e-7);
      } else {
        assertThat((float) actual[i]).isEqualTo((float) expected[i]);
      }
    }
  }
}
