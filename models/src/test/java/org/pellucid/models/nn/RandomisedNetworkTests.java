package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** Copies of a network with random parameters in some layers. */
class RandomisedNetworkTests {
  private static final String LAYERS =
      """
      {"inputChannels": 2, "inputHeight": 6, "inputWidth": 5,
       "mean": [0.5, 0.4], "std": [0.2, 0.3], "layers": [
        {"name": "conv", "kind": "convolution", "outputs": 4, "size": 3, "padding": 1},
        {"name": "norm", "kind": "batch-norm"},
        {"name": "relu", "kind": "relu"},
        {"name": "flatten", "kind": "flatten"},
        {"name": "hidden", "kind": "linear", "outputs": 7},
        {"name": "again", "kind": "relu"},
        {"name": "fc", "kind": "linear", "outputs": 3, "bias": false}]}
      """;
  private static final List<String> WEIGHTED = List.of("conv", "norm", "hidden", "fc");

  @TempDir Path directory;

  private ConvolutionalNetwork network;

  @BeforeEach
  void build() throws IOException {
    var file = Files.writeString(directory.resolve("layers.json"), LAYERS);
    network = NetworkBuilder.initialise(NetworkDescription.read(file), 3, ElementType.FLOAT64);
    // As training leaves them: not those of the initialisation.
    network
        .layers()
        .forEach(
            named ->
                named
                    .layer()
                    .parameters()
                    .forEach(
                        tensor -> {
                          tensor.set(
                              Arrays.stream(tensor.toDoubles()).map(v -> 2 * v + 0.01).toArray());
                          tensor.changed();
                        }));
  }

  private static double[] outputs(ConvolutionalNetwork network) {
    var values = new double[60];
    Arrays.setAll(values, i -> 0.5 + 0.4 * Math.sin(i));
    try (var tape = new Tape(Engine.portable());
        var images = Tensor.of(values, 1, 2, 6, 5)) {
      return network.forward(tape, images).toDoubles();
    }
  }

  private static double[] parameters(ConvolutionalNetwork network, String layer) {
    return network.layers().stream()
        .filter(named -> named.name().equals(layer))
        .flatMap(named -> named.layer().tensors())
        .flatMapToDouble(tensor -> Arrays.stream(tensor.toDoubles()))
        .toArray();
  }

  @Test
  void namesTheLayersWithParameters() {
    assertThat(network.layersWithParameters()).isEqualTo(WEIGHTED);
  }

  @Test
  void copiesWhatStaysAndOutlivesTheOriginal() {
    var expected = outputs(network);
    try (var copy = network.randomised(Set.of(), 1)) {
      network.close();
      assertThat(outputs(copy)).isEqualTo(expected);
    }
  }

  @Test
  void drawsALayersParametersAloneAndBySeed() {
    try (var trained = network;
        var one = network.randomised(Set.of("fc"), 1);
        var both = network.randomised(Set.of("fc", "conv"), 1);
        var other = network.randomised(Set.of("fc"), 2)) {
      for (var layer : List.of("conv", "norm", "hidden")) {
        assertThat(parameters(one, layer)).isEqualTo(parameters(network, layer));
      }
      assertThat(parameters(one, "fc")).isNotEqualTo(parameters(network, "fc"));
      assertThat(parameters(both, "fc")).isEqualTo(parameters(one, "fc"));
      assertThat(parameters(both, "conv")).isNotEqualTo(parameters(network, "conv"));
      assertThat(parameters(other, "fc")).isNotEqualTo(parameters(one, "fc"));
      assertThat(outputs(one)).isNotEqualTo(outputs(network));
    }
  }

  /** Uniform in ±1/√inputs, normalisations the identity, and a bias that isn't there stays 0. */
  @Test
  void distributesParametersAsPyTorchDoes() {
    try (var trained = network;
        var all = network.randomised(Set.copyOf(WEIGHTED), 5)) {
      for (var layer : List.of("conv", "hidden")) {
        var bound = 1 / Math.sqrt(layer.equals("conv") ? 18 : 120);
        var drawn = parameters(all, layer);
        assertThat(Arrays.stream(drawn).map(Math::abs).max().orElseThrow())
            .isLessThanOrEqualTo(bound);
        assertThat(Arrays.stream(drawn).max().orElseThrow()).isGreaterThan(0.8 * bound);
        assertThat(Arrays.stream(drawn).min().orElseThrow()).isLessThan(-0.8 * bound);
      }
      assertThat(parameters(all, "norm"))
          .containsExactly(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
      assertThat(Arrays.copyOfRange(parameters(all, "fc"), 21, 24)).containsOnly(0);
    }
  }

  @Test
  void refusesLayersWithoutParameters() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> network.randomised(Set.of("relu"), 1))
        .withMessageContaining(
            "no layer relu with parameters; those that have some are conv, norm, hidden, fc");
    network.close();
  }
}
