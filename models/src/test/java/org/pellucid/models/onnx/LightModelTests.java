package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.Goldens;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.files.WeightFiles;

/**
 * Nine networks of ONNX's own with all weights equal, and six of them with pseudo-random ones. Two
 * are in the build; {@code -Djvm.extra=-Dpellucid.light=all} asks for all of them, with gradients
 * in double precision, which take minutes.
 */
@Tag("numeric")
@Tag("many-steps")
class LightModelTests {
  private static final boolean ALL = "all".equals(System.getProperty("pellucid.light"));

  /** Their logits are about 1e12, so that single precision's last digit decides the softmax. */
  private static final Set<String> DECIDED_BY_ROUNDING = Set.of("bvlc_alexnet", "vgg19");

  private static final long[] SHAPE = {1, 3, 224, 224};

  @TempDir Path folder;

  static List<String> light() {
    return ALL
        ? List.of(
            "squeezenet",
            "shufflenet",
            "inception_v1",
            "inception_v2",
            "resnet50",
            "densenet121",
            "zfnet512",
            "bvlc_alexnet",
            "vgg19")
        : List.of("squeezenet", "shufflenet");
  }

  static List<String> seeded() {
    return ALL ? light().subList(0, 6) : light();
  }

  @ParameterizedTest
  @MethodSource("light")
  void givesOnnxsOutputs(String name) throws IOException {
    var file = Goldens.file("onnx-conformance/light/light_" + name + ".onnx");
    var expected =
        TensorProto.read(
            Files.readAllBytes(
                Goldens.file("onnx-conformance/light/light_" + name + "_output_0.pb")));
    var values = new float[3 * 224 * 224];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) (i / (double) values.length);
    }
    try (var model = OnnxModel.open(file)) {
      var input = Map.of(model.inputs().getFirst().name(), NumericArray.of(values, SHAPE));
      if (DECIDED_BY_ROUNDING.contains(name)) {
        checkEqualLogits(name, model, input);
        return;
      }
      var outputs = model.run(Engine.standard(), input);
      var actual = outputs.values().iterator().next();
      assertThat(actual.shape()).isEqualTo(expected.shape());
      // Sums of up to 25,088 equal numbers; ONNX's own tolerance is 1e-3.
      checkNear(name, actual.values(), expected.values(), 1e-5);
    }
  }

  /** All classes are the same, so their logits are, but for the order of sums. */
  private static void checkEqualLogits(
      String name, OnnxModel model, Map<String, NumericArray> input) {
    var logits = model.graph().nodes().getLast().inputs().getFirst();
    var actual = model.values(Engine.standard(), input, List.of(logits)).get(logits).values();
    var expected = new double[actual.length];
    Arrays.fill(expected, Arrays.stream(actual).average().orElseThrow());
    checkNear(name, actual, expected, 1e-6);
  }

  @ParameterizedTest
  @MethodSource("seeded")
  void givesTheLogitsOfSeededWeights(String name) throws IOException {
    var manifest = manifest(name);
    try (var model = seeded(name, manifest, ElementType.FLOAT32);
        var data = data(name)) {
      var logits = manifest.get("logit_tensor").textValue();
      var input = Map.of(manifest.get("input").textValue(), SeededGraph.input(SHAPE));
      var actual = model.values(Engine.standard(), input, List.of(logits)).get(logits);
      checkNear(name, actual.values(), data.tensor("logits_f64").toDoubles(), 1e-4);
    }
  }

  @EnabledIfSystemProperty(named = "pellucid.light", matches = "all", disabledReason = "minutes")
  @ParameterizedTest
  @MethodSource("seeded")
  void givesTheGradientsOfSeededWeightsInDoublePrecision(String name) throws IOException {
    var manifest = manifest(name);
    try (var model = seeded(name, manifest, ElementType.FLOAT64);
        var data = data(name);
        var tape = new Tape()) {
      var value = (Real) model.value(tape, SeededGraph.input(SHAPE));
      var x = tape.watch(value.tensor());
      var logits = manifest.get("logit_tensor").textValue();
      var given = Map.<String, Value>of(manifest.get("input").textValue(), value);
      var listener = OnnxModel.Unheard.INSTANCE;
      var result = model.program().run(tape, given, Set.of(logits), listener).get(logits);
      var y = OnnxModel.inGraphsOrder(tape, (Real) result);
      checkNear(name, y.toDoubles(), data.tensor("logits_f64").toDoubles(), 1e-10);
      var score = Slice.apply(tape, y, 1, manifest.get("target").asLong(), 1);
      var gradient = tape.gradient(score, x).of(x).toDoubles();
      checkNear(name, strided(gradient), data.tensor("grad_stride16_f64").toDoubles(), 1e-7);
      checkNear(name, blocks(gradient), data.tensor("grad_block16_sum_f64").toDoubles(), 1e-7);
    }
  }

  private static double[] strided(double[] gradient) {
    var samples = new double[3 * 14 * 14];
    Arrays.setAll(
        samples, i -> gradient[(i / 196 * 224 + 8 + i / 14 % 14 * 16) * 224 + 8 + i % 14 * 16]);
    return samples;
  }

  private static double[] blocks(double[] gradient) {
    var sums = new double[3 * 14 * 14];
    for (var i = 0; i < gradient.length; i++) {
      sums[i / 50176 * 196 + i / 224 % 224 / 16 * 14 + i % 224 / 16] += gradient[i];
    }
    return sums;
  }

  private OnnxModel seeded(String name, JsonNode manifest, ElementType type) throws IOException {
    var file = folder.resolve("seeded.onnx");
    var light = Goldens.file("onnx-conformance/light/light_" + name + ".onnx");
    SeededGraph.write(light, manifest.get("gain").doubleValue(), file);
    return OnnxModel.open(file, type, OpenOptions.standard());
  }

  private static JsonNode manifest(String name) throws IOException {
    try (var zip = FileSystems.newFileSystem(Goldens.file("onnx-conformance/by-opset.zip"))) {
      var path = zip.getPath("conformance", "light_seeded", "manifest.json");
      for (var each : new JsonMapper().readTree(Files.readAllBytes(path))) {
        if (each.get("name").textValue().equals("light_" + name)) {
          return each;
        }
      }
    }
    throw new IllegalStateException(name);
  }

  private Checkpoint data(String name) throws IOException {
    try (var zip = FileSystems.newFileSystem(Goldens.file("onnx-conformance/by-opset.zip"))) {
      var path = zip.getPath("conformance", "light_seeded", name, "data.npz");
      return WeightFiles.open(Files.write(folder.resolve("data.npz"), Files.readAllBytes(path)));
    }
  }

  private static void checkNear(String name, double[] actual, double[] expected, double tolerance) {
    var largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    var distance = 0.0;
    assertThat(actual).hasSameSizeAs(expected);
    for (var i = 0; i < expected.length; i++) {
      distance = Math.max(distance, Math.abs(actual[i] - expected[i]));
    }
    if (ALL) {
      System.out.printf("%s: %.1e of the largest%n", name, distance / largest);
    }
    assertThat(distance / largest).as(name).isLessThan(tolerance);
  }
}
