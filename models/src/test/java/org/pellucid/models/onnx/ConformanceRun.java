package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pellucid.engine.Engine;
import org.pellucid.models.ModelFileException;
import org.pellucid.weights.DType;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.onnx.GraphValue;

/**
 * ONNX's own tests of single operators, run one after the other: what passed, and why the others
 * didn't.
 */
final class ConformanceRun {
  /** Single precision rounds to 6e-8; sums of some dozens of numbers lose two digits more. */
  private static final double TOLERANCE = 1e-5;

  private final Path file;
  private final Set<String> loose;
  private final Map<String, String> failed = new TreeMap<>();
  private int passed;

  /**
   * A run.
   *
   * @param file where each graph is written before it is opened
   * @param loose cases that are compared by ONNX's own 1e-3
   */
  ConformanceRun(Path file, Set<String> loose) {
    this.file = file;
    this.loose = loose;
  }

  int passed() {
    return passed;
  }

  /** Names with the reasons. */
  Map<String, String> failed() {
    return failed;
  }

  /**
   * Runs the cases in a folder.
   *
   * @param prefix before the names of the cases
   */
  void run(Path folder, String prefix) throws IOException {
    try (var cases = Files.list(folder)) {
      for (var each : cases.sorted().toList()) {
        var name = prefix + each.getFileName().toString().replace("test_", "").replace("/", "");
        try {
          check(each, loose.contains(name) ? 1e-3 : TOLERANCE);
          passed++;
        } catch (ModelFileException | WeightsException | IllegalArgumentException e) {
          failed.put(name, e.getMessage());
        } catch (AssertionError e) {
          failed.put(name, "differs: " + e.getMessage());
        }
      }
    }
  }

  private void check(Path test, double tolerance) throws IOException {
    Files.write(file, Files.readAllBytes(test.resolve("model.onnx")));
    try (var model = OnnxModel.open(file)) {
      var data = test.resolve("test_data_set_0");
      var inputs = new HashMap<String, NumericArray>();
      for (var i = 0; i < model.inputs().size(); i++) {
        var input = model.inputs().get(i);
        inputs.put(input.name(), asDeclared(input, tensor(data, "input_" + i)));
      }
      var outputs = model.run(Engine.standard(), inputs);
      for (var i = 0; i < model.outputs().size(); i++) {
        var output = model.outputs().get(i);
        var expected = asDeclared(output, tensor(data, "output_" + i));
        var actual = outputs.get(output.name());
        assertThat(actual.shape()).as("shape").isEqualTo(expected.shape());
        checkValues(actual.values(), expected.values(), tolerance);
      }
    }
  }

  /** Where a graph has bfloat16, some cases give its bits as whole numbers. */
  private static NumericArray asDeclared(GraphValue value, NumericArray given) {
    return value.type().equals(Optional.of(DType.BF16)) && !given.type().isFloatingPoint()
        ? new NumericArray(
            DType.BF16,
            given.shape(),
            Arrays.stream(given.values())
                .map(bits -> Float.intBitsToFloat((int) bits << 16))
                .toArray())
        : given;
  }

  private static NumericArray tensor(Path data, String name) throws IOException {
    return TensorProto.read(Files.readAllBytes(data.resolve(name + ".pb")));
  }

  private static void checkValues(double[] actual, double[] expected, double tolerance) {
    var largest = Arrays.stream(expected).filter(Double::isFinite).map(Math::abs).max().orElse(0);
    for (var i = 0; i < expected.length; i++) {
      if (Double.isFinite(expected[i])) {
        assertThat(Math.abs(actual[i] - expected[i]))
            .as("value %d, %s for %s", i, actual[i], expected[i])
            .isLessThanOrEqualTo(tolerance * largest + 1e-7);
      } else {
        assertThat(Float.valueOf((float) actual[i])).isEqualTo(Float.valueOf((float) expected[i]));
      }
    }
  }
}
