package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;

/**
 * Described networks against PyTorch 1.13 in double precision: a small residual network, saved from
 * a compiled and parallel module; a LeNet; and one with all other kinds of layers, in branches.
 *
 * <p>Weights are PyTorch's own initial ones, in single precision; batch normalisations have random
 * scales, shifts and statistics. Pixel {@code i} of the image is {@code 0.5 + 0.5 · sin(0.37 · i ·
 * (1 + i mod 7))}; the expected gradient is that of {@code Σ yₖ / (k + 1)}.
 */
@Tag("numeric")
class ArchitectureGoldenTests {
  @TempDir Path directory;

  private static Path file(String name) {
    try {
      return Path.of(ArchitectureGoldenTests.class.getResource("/networks/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ConvolutionalNetwork network(String name, ElementType type) {
    return network(NetworkDescription.read(file(name + ".json")), file(name + ".pth"), type);
  }

  private static ConvolutionalNetwork network(
      NetworkDescription description, Path weights, ElementType type) {
    try (var checkpoint = WeightFiles.open(weights)) {
      return NetworkBuilder.build(description, new CheckpointParameters(checkpoint), type);
    }
  }

  private static JsonNode expected(String name) throws IOException {
    return new ObjectMapper().readTree(file(name + ".expected.json").toFile());
  }

  private static double[] numbers(JsonNode list) {
    var numbers = new double[list.size()];
    Arrays.setAll(numbers, i -> list.get(i).doubleValue());
    return numbers;
  }

  private static Tensor image(ConvolutionalNetwork network) {
    var shape = network.inputShape();
    var tensor = Tensor.uninitialised(network.type(), 1, shape[0], shape[1], shape[2]);
    var pixels = new double[Math.toIntExact(tensor.elements())];
    Arrays.setAll(pixels, i -> 0.5 + 0.5 * Math.sin(0.37 * i * (1 + i % 7)));
    tensor.set(pixels);
    return tensor;
  }

  private static Tensor weights(ConvolutionalNetwork network) {
    var weights = new double[network.outputs()];
    Arrays.setAll(weights, k -> 1.0 / (k + 1));
    var tensor = Tensor.uninitialised(network.type(), 1, weights.length);
    tensor.set(weights);
    return tensor;
  }

  private static double largest(double[] numbers) {
    return Arrays.stream(numbers).map(Math::abs).max().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"residual", "lenet", "mixed"})
  void computesAsPyTorch(String name) throws IOException {
    var outputs = numbers(expected(name).get("outputs"));
    var gradients = numbers(expected(name).get("gradient"));
    try (var network = network(name, ElementType.FLOAT64);
        var image = image(network);
        var weights = weights(network)) {
      for (var taps : new Taps[] {Taps.NONE, layer -> true}) {
        try (var tape = new Tape(Engine.portable())) {
          var y = network.forward(tape, tape.watch(image), taps);
          var gradient = tape.gradient(y, weights, List.of(image)).of(image).toDoubles();
          assertThat(y.shape()).containsExactly(1, outputs.length);
          assertThat(y.toDoubles()).containsExactly(outputs, within(1e-12));
          // The expected ones were written with eight digits.
          assertThat(gradient).containsExactly(gradients, within(1e-7 * largest(gradients)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"residual", "lenet", "mixed"})
  void computesTheSameInSinglePrecision(String name) throws IOException {
    var outputs = numbers(expected(name).get("outputs"));
    var gradients = numbers(expected(name).get("gradient"));
    try (var network = network(name, ElementType.FLOAT32);
        var image = image(network);
        var weights = weights(network);
        var tape = new Tape()) {
      var y = network.forward(tape, tape.watch(image));
      var gradient = tape.gradient(y, weights, List.of(image)).of(image).toDoubles();
      // Rounding of numbers near 1 by 6e-8, over some ten layers.
      assertThat(y.toDoubles()).containsExactly(outputs, within(3e-6));
      assertThat(gradient).containsExactly(gradients, within(2e-5 * largest(gradients)));
    }
  }

  @Test
  void saysWhichPrefixItLeftOut() {
    try (var network = network("residual", ElementType.FLOAT32);
        var plain = network("lenet", ElementType.FLOAT32)) {
      assertThat(network.notes())
          .singleElement()
          .asString()
          .endsWith("residual.pth begin with module._orig_mod., which was left out.");
      assertThat(plain.notes()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"residual", "lenet", "mixed"})
  void isSavedAndDescribedAndBuiltAgain(String name) {
    var layers = directory.resolve("layers.json");
    var file = directory.resolve("own.safetensors");
    try (var network = network(name, ElementType.FLOAT64);
        var image = image(network);
        var tape = new Tape(Engine.portable())) {
      network.description().write(layers);
      NetworkWriter.write(network, file);
      assertThat(NetworkDescription.read(layers)).isEqualTo(network.description());
      try (var again = network(NetworkDescription.read(layers), file, ElementType.FLOAT64)) {
        assertThat(again.forward(tape, image).toDoubles())
            .containsExactly(network.forward(tape, image).toDoubles());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"residual", "mixed"})
  void replacesOneLayersOutputInAnyBranch(String name) {
    try (var network = network(name, ElementType.FLOAT64);
        var image = image(network)) {
      var outputs = outputs(network, image, Map.of());
      for (var layer : network.layerNames()) {
        var changed = outputs.get(layer).clone();
        Arrays.setAll(changed, i -> changed[i] + 0.1 * Math.cos(i));
        var replaced = outputs(network, image, Map.of(layer, changed));
        assertThat(replaced.get(layer)).containsExactly(outputs.get(layer));
        assertThat(replaced.get("")).as(layer).isNotEqualTo(outputs.get(""));
        // What lies beside the layer is computed as before: putting its output back changes
        // nothing.
        var same = outputs(network, image, Map.of(layer, outputs.get(layer)));
        same.forEach((other, values) -> assertThat(values).containsExactly(outputs.get(other)));
      }
    }
  }

  /** All layers' own outputs, and the network's under no name. */
  private static Map<String, double[]> outputs(
      ConvolutionalNetwork network, Tensor image, Map<String, double[]> replacements) {
    var outputs = new HashMap<String, double[]>();
    try (var tape = new Tape(Engine.portable())) {
      var taps =
          new Taps() {
            @Override
            public boolean wants(String layer) {
              return true;
            }

            @Override
            public Tensor tap(Tape pass, String layer, Tensor output) {
              outputs.put(layer, output.toDoubles());
              if (!replacements.containsKey(layer)) {
                return output;
              }
              var other = pass.allocate(output.type(), output.shape());
              other.set(replacements.get(layer));
              return other;
            }
          };
      outputs.put("", network.forward(tape, image, taps).toDoubles());
    }
    return outputs;
  }

  @ParameterizedTest
  @ValueSource(strings = {"residual", "lenet", "mixed"})
  void givesAllMemoryBackAndNeedsWhatTheFormulaSays(String name) {
    try (var network = network(name, ElementType.FLOAT32);
        var engine = Engine.builder().threads(1).build();
        var image = image(network);
        var weights = weights(network)) {
      var estimate = network.memory(engine.kernels()).orElseThrow();
      for (var withGradient : new boolean[] {false, true}) {
        engine.memory().resetPeak();
        try (var tape = new Tape(engine)) {
          var x = tape.allocate(image.type(), image.shape());
          x.set(image.toFloats());
          if (withGradient) {
            tape.watch(x);
            tape.gradient(network.forward(tape, x), weights, List.of(x));
          } else {
            network.forward(tape, x);
          }
        }
        assertThat(engine.memory().usedBytes()).isZero();
        var needed = withGradient ? estimate.gradientExample() : estimate.forwardExample();
        // The pool rounds up by at most an eighth; small constants of operations are some hundreds.
        assertThat(engine.memory().peakBytes()).isBetween(needed / 2, needed * 9 / 8 + 1024);
      }
    }
  }
}
