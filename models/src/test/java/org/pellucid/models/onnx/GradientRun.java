package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphValue;

/**
 * Gradients of ONNX's cases in double precision: along a random direction of all inputs with
 * fractions, a random sum of the outputs grows as the gradient says.
 */
final class GradientRun {
  private static final double STEP = 1e-6;

  /** Central differences lose half of the sixteen digits, and some functions bend. */
  private static final double TOLERANCE = 1e-5;

  private final Path file;
  private final Map<String, String> failed = new TreeMap<>();
  private final List<String> checked = new ArrayList<>();

  GradientRun(Path file) {
    this.file = file;
  }

  Map<String, String> failed() {
    return failed;
  }

  /** The cases that have a gradient. */
  List<String> checked() {
    return checked;
  }

  void run(Path test) throws IOException {
    var name = test.getFileName().toString().replace("test_", "").replace("/", "");
    Files.write(file, Files.readAllBytes(test.resolve("model.onnx")));
    var inputs = new HashMap<String, NumericArray>();
    try (var graph = GraphFile.open(file, OpenOptions.standard())) {
      for (var i = 0; i < graph.inputs().size(); i++) {
        var path = test.resolve("test_data_set_0").resolve("input_" + i + ".pb");
        inputs.put(graph.inputs().get(i).name(), TensorProto.read(Files.readAllBytes(path)));
      }
    }
    check(name, file, inputs);
  }

  /** Checks a graph's gradient at some inputs. */
  void check(Path graph, Map<String, NumericArray> inputs) {
    check(graph.getFileName().toString(), graph, inputs);
  }

  private void check(String name, Path graph, Map<String, NumericArray> inputs) {
    try (var model = OnnxModel.open(graph, ElementType.FLOAT64, OpenOptions.standard())) {
      check(name, model, inputs);
    } catch (IllegalArgumentException | AssertionError e) {
      failed.put(name, String.valueOf(e.getMessage()));
    }
  }

  private void check(String name, OnnxModel model, Map<String, NumericArray> inputs) {
    var random = new Random(1);
    var directions = new HashMap<String, double[]>();
    for (var input : slopes(model, inputs, Map.of()).keySet()) {
      directions.put(input, random.doubles(inputs.get(input).elements(), -1, 1).toArray());
    }
    if (directions.isEmpty()) {
      return;
    }
    // ONNX's examples stand on kinks and ties now and then.
    var apart = moved(inputs, directions, 0.01);
    var slope = slopes(model, apart, directions).values().stream().mapToDouble(x -> x).sum();
    var difference =
        (sum(model, moved(apart, directions, STEP)) - sum(model, moved(apart, directions, -STEP)))
            / (2 * STEP);
    checked.add(name);
    assertThat(Math.abs(slope - difference))
        .as("%s for %s", slope, difference)
        .isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.abs(difference)));
  }

  private static Map<String, NumericArray> moved(
      Map<String, NumericArray> inputs, Map<String, double[]> directions, double step) {
    var moved = new HashMap<>(inputs);
    directions.forEach(
        (name, direction) -> {
          var from = inputs.get(name).values();
          var values = new double[from.length];
          Arrays.setAll(values, i -> from[i] + step * direction[i]);
          moved.put(
              name, new NumericArray(inputs.get(name).type(), inputs.get(name).shape(), values));
        });
    return moved;
  }

  private static double[] weights(long elements) {
    return new Random(2).doubles(elements, -1, 1).toArray();
  }

  private static double sum(OnnxModel model, Map<String, NumericArray> inputs) {
    var sum = 0.0;
    for (var output : model.run(Engine.standard(), inputs).values()) {
      if (output.type().isFloatingPoint()) {
        var weights = weights(output.elements());
        for (var i = 0; i < weights.length; i++) {
          sum += weights[i] * output.values()[i];
        }
      }
    }
    return sum;
  }

  /** For each input that has a gradient, the slope along its direction. */
  private static Map<String, Double> slopes(
      OnnxModel model, Map<String, NumericArray> inputs, Map<String, double[]> directions) {
    try (var tape = new Tape()) {
      var given = new HashMap<String, Value>();
      var watched = new HashMap<String, Tensor>();
      inputs.forEach(
          (name, array) -> {
            var value = model.value(tape, array);
            given.put(name, value);
            if (value instanceof Real(var tensor, _)) {
              watched.put(name, tape.watch(tensor));
            }
          });
      var names =
          model.outputs().stream().map(GraphValue::name).collect(Collectors.toUnmodifiableSet());
      var results = model.program().run(tape, given, names, OnnxModel.Unheard.INSTANCE);
      var slopes = new HashMap<String, Double>();
      for (var result : results.values()) {
        if (result instanceof Real real && tape.tracks(real.tensor())) {
          var sum = weighted(tape, OnnxModel.inGraphsOrder(tape, real));
          watched.forEach(
              (name, input) ->
                  slope(tape, sum, input, directions.get(name))
                      .ifPresent(slope -> slopes.merge(name, slope, Double::sum)));
        }
      }
      return slopes;
    }
  }

  private static Tensor weighted(Tape tape, Tensor result) {
    var flat = Reshape.apply(tape, result, result.elements());
    var weights = tape.allocate(ElementType.FLOAT64, result.elements());
    weights.set(weights(result.elements()));
    return Sum.apply(tape, Multiply.apply(tape, flat, weights), 0);
  }

  private static OptionalDouble slope(Tape tape, Tensor sum, Tensor input, double[] direction) {
    try {
      var gradient = tape.gradient(sum, input).of(input).toDoubles();
      var slope = 0.0;
      for (var i = 0; direction != null && i < gradient.length; i++) {
        slope += gradient[i] * direction[i];
      }
      return OptionalDouble.of(slope);
    } catch (IllegalArgumentException _) {
      return OptionalDouble.empty();
    }
  }
}
