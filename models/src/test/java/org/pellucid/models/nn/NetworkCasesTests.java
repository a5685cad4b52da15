package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Goldens;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.vision.ImageTensors;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Networks that people bring, with the logits that PyTorch gives for them. */
@Tag("numeric")
class NetworkCasesTests {
  @TempDir Path directory;

  private static Path file(String name) {
    return Goldens.file("cases/more/" + name);
  }

  private static double[] logits(String name) throws IOException {
    var list = new ObjectMapper().readTree(file("expected.json").toFile()).get("logits").get(name);
    var logits = new double[list.size()];
    for (var i = 0; i < logits.length; i++) {
      logits[i] = list.get(i).doubleValue();
    }
    return logits;
  }

  private static ConvolutionalNetwork network(Path weights) {
    try (var checkpoint = WeightFiles.open(weights)) {
      return NetworkBuilder.build(new CheckpointParameters(checkpoint));
    }
  }

  private static ConvolutionalNetwork network(Path weights, Path description) {
    try (var checkpoint = WeightFiles.open(weights)) {
      return NetworkBuilder.build(
          NetworkDescription.read(description),
          new CheckpointParameters(checkpoint),
          ElementType.FLOAT32);
    }
  }

  private static void check(ConvolutionalNetwork network, String image, double[] expected) {
    var pixels = ImageTensors.read(file(image), network.inputShape());
    var shape = network.inputShape();
    try (var x = Tensor.of(pixels, 1, shape[0], shape[1], shape[2]);
        var tape = new Tape()) {
      // The files give seven digits.
      assertThat(network.forward(tape, x).toDoubles()).containsExactly(expected, within(1e-4));
    }
  }

  @Test
  void normalisesByTheDescriptionOrByItsMethod() throws IOException {
    var expected = logits("C1a (plain A)");
    try (var described = network(file("C1a.safetensors"), file("C1m.json"));
        var folded = network(file("C1b.safetensors"), file("C1.json"))) {
      check(described, "p18.png", expected);
      check(folded, "p18.png", expected);
    }
    try (var network =
        network(file("C1a.safetensors"), file("C1.json"))
            .normalised(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225))) {
      check(network, "p18.png", expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"g16.png", "g16.npy"})
  void takesGreyImages(String image) throws IOException {
    var expected = logits("C3 g16.png");
    try (var described = network(file("C3.safetensors"), file("C3.json"));
        var inferred = network(file("C3.safetensors"))) {
      check(described, image, expected);
      check(inferred, image, expected);
      assertThat(inferred.inputShape()).containsExactly(1, 16, 16);
    }
  }

  @Test
  void saysWhatAResidualNetworkNeeds() {
    assertThatThrownBy(() -> network(file("H1.pth")))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(
            file("H1.pth")
                + " looks like a residual network (it has layer1.0.conv1.weight), whose order of"
                + " layers names don't tell; describe its layers in a file and give that as"
                + " --network (see docs/networks.md).");
  }

  private Path renamed(UnaryOperator<String> rename, Map<String, WeightTensor> more) {
    try (var checkpoint = WeightFiles.open(file("plain.safetensors"))) {
      var tensors = new ArrayList<WeightTensor>(more.values());
      for (var name : checkpoint.names()) {
        var tensor = checkpoint.tensor(name);
        var info = tensor.info();
        tensors.add(
            WeightTensor.of(
                new TensorInfo(rename.apply(name), info.dtype(), info.shape()), tensor::bytes));
      }
      var target = directory.resolve("renamed.safetensors");
      SafetensorsWriter.write(target, tensors, Map.of());
      return target;
    }
  }

  private static double[] plainLogits() throws IOException {
    var list = new ObjectMapper().readTree(file("expected.json").toFile()).get("plain_logits");
    var logits = new double[list.size()];
    for (var i = 0; i < logits.length; i++) {
      logits[i] = list.get(i).doubleValue();
    }
    return logits;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "module.",
        "_orig_mod.",
        "module._orig_mod.",
        "model.",
        "net.",
        "model.net.module.",
        "encoder.",
        "my_classifier.",
        "a.b.c.d.e."
      })
  void leavesOutAPrefixInAnyOrder(String prefix) throws IOException {
    var weights = renamed(name -> prefix + name, Map.of());
    try (var inferred = network(weights);
        var described = network(weights, plainDescription())) {
      for (var network : List.of(inferred, described)) {
        assertThat(network.layerNames()).startsWith("cnn.0");
        assertThat(network.notes())
            .containsExactly(
                "The names of the parameters in %s begin with %s, which was left out."
                    .formatted(weights, prefix));
        check(network, "x.npy", plainLogits());
      }
    }
  }

  private Path plainDescription() {
    var target = directory.resolve("plain.json");
    try (var network = network(file("plain.safetensors"))) {
      assertThat(network.notes()).isEmpty();
      network.description().write(target);
    }
    return target;
  }

  @Test
  void leavesOutWrappersInTheMiddle() throws IOException {
    var weights = renamed(name -> name.replaceFirst("\\.", ".module."), Map.of());
    try (var inferred = network(weights);
        var described = network(weights, plainDescription())) {
      for (var network : List.of(inferred, described)) {
        assertThat(network.notes())
            .containsExactly(
                "The names of the parameters in %s have the wrapper module in them, which was left"
                        .formatted(weights)
                    + " out.");
        check(network, "x.npy", plainLogits());
      }
    }
  }

  @Test
  void leavesOutWhatLiesBesideTheNetwork() throws IOException {
    var loss =
        WeightTensor.of(
            new TensorInfo("criterion.weight", DType.F32, new long[] {1}),
            () -> WeightTensor.encode(new double[] {1}, DType.F32));
    var weights = renamed(name -> "model." + name, new TreeMap<>(Map.of("loss", loss)));
    try (var network = network(weights)) {
      assertThat(network.notes()).hasSize(2);
      assertThat(network.notes().get(1))
          .endsWith(
              "also holds 1 parameters that don't begin with model. and were left out, such as"
                  + " criterion.weight.");
      check(network, "x.npy", plainLogits());
    }
  }

  @Test
  void namesBothOfTwoNetworks() {
    try (var checkpoint = WeightFiles.open(file("plain.safetensors"))) {
      var other = new TreeMap<String, WeightTensor>();
      for (var name : checkpoint.names()) {
        var tensor = checkpoint.tensor(name);
        var values = tensor.toDoubles();
        var info = tensor.info();
        other.put(
            name,
            WeightTensor.of(
                new TensorInfo("teacher." + name, info.dtype(), info.shape()),
                () -> WeightTensor.encode(values, info.dtype())));
      }
      var weights = renamed(name -> "student." + name, other);
      assertThatThrownBy(() -> network(weights))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining(
              "holds several networks, under the prefixes student. and teacher.; describe one");
      assertThatThrownBy(() -> network(weights, plainDescription()))
          .hasMessageContaining("several times, under the prefixes");
      assertThat(Files.exists(weights)).isTrue();
    }
  }
}
