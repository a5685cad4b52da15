package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.ModelFileException;

/** Networks that normalise their images themselves. */
@Tag("numeric")
class NormalisationTests {
  private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> STD = List.of(0.229, 0.224, 0.225);
  private static final String LAYERS =
      """
      {"inputChannels": 3, "inputHeight": 8, "inputWidth": 8, %s "layers": [
        {"name": "conv", "kind": "convolution", "outputs": 4, "size": 3, "padding": 1},
        {"name": "relu", "kind": "relu"},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "linear", "outputs": 5}]}
      """;
  private static final String BOTH =
      "\"mean\": [0.485, 0.456, 0.406], \"std\": [0.229, 0.224, 0.225],";

  @TempDir Path directory;

  private NetworkDescription description(String more) throws IOException {
    var file = directory.resolve("layers.json");
    return NetworkDescription.read(Files.writeString(file, LAYERS.formatted(more)));
  }

  private static double[] image() {
    return IntStream.range(0, 192).mapToDouble(i -> 0.5 + 0.5 * Math.sin(i * 0.7)).toArray();
  }

  private static double[] normalisedImage() {
    var values = image();
    for (var i = 0; i < values.length; i++) {
      values[i] = (values[i] - MEAN.get(i / 64)) / STD.get(i / 64);
    }
    return values;
  }

  @Test
  void normalisesTheImageBeforeTheFirstLayer() throws IOException {
    try (var plain = NetworkBuilder.initialise(description(""), 1, ElementType.FLOAT64);
        var network = NetworkBuilder.initialise(description(BOTH), 1, ElementType.FLOAT64);
        var image = Tensor.of(image(), 1, 3, 8, 8);
        var normalised = Tensor.of(normalisedImage(), 1, 3, 8, 8);
        var tape = new Tape(Engine.portable())) {
      var expected = plain.forward(tape, tape.watch(normalised));
      var actual = network.forward(tape, tape.watch(image));
      // The same arithmetic but for one rounded reciprocal.
      assertThat(actual.toDoubles()).containsExactly(expected.toDoubles(), within(1e-12));
      var ofNormalised = tape.gradient(expected, normalised).of(normalised).toDoubles();
      var ofImage = tape.gradient(actual, image).of(image).toDoubles();
      for (var i = 0; i < ofImage.length; i++) {
        assertThat(ofImage[i]).isCloseTo(ofNormalised[i] / STD.get(i / 64), within(1e-12));
      }
    }
  }

  @Test
  void isALayerThatTapsHear() throws IOException {
    var outputs = LayerOutputs.of("normalise");
    try (var network = NetworkBuilder.initialise(description(BOTH), 1, ElementType.FLOAT64);
        var image = Tensor.of(image(), 1, 3, 8, 8);
        var tape = new Tape(Engine.portable())) {
      network.forward(tape, image, outputs);
      assertThat(network.layerNames())
          .containsExactly("normalise", "conv", "relu", "flatten", "fc");
      assertThat(outputs.get("normalise").shape()).containsExactly(1, 8, 8, 3);
      assertThat(outputs.get("normalise").toDoubles()[0])
          .isCloseTo(normalisedImage()[0], within(1e-12));
    }
  }

  @Test
  void isGivenAfterwardsAndReplaced() throws IOException {
    var first = NetworkBuilder.initialise(description(""), 1, ElementType.FLOAT64);
    var second = first.normalised(List.of(0.0, 0.0, 0.0), List.of(2.0, 2.0, 2.0));
    try (var network = second.normalised(MEAN, STD);
        var described = NetworkBuilder.initialise(description(BOTH), 1, ElementType.FLOAT64);
        var image = Tensor.of(image(), 1, 3, 8, 8);
        var tape = new Tape(Engine.portable())) {
      assertThat(network.forward(tape, image).toDoubles())
          .containsExactly(described.forward(tape, image).toDoubles());
      assertThat(network.normalisation()).contains(new Normalisation(MEAN, STD));
    }
  }

  @Test
  void isDescribedAndReadAgain() throws IOException {
    var file = directory.resolve("again.json");
    try (var network = NetworkBuilder.initialise(description(BOTH), 1, ElementType.FLOAT32)) {
      network.description().write(file);
      assertThat(NetworkDescription.read(file)).isEqualTo(network.description());
      assertThat(Files.readString(file)).contains("\"mean\"");
    }
    try (var network = NetworkBuilder.initialise(description(""), 1, ElementType.FLOAT32)) {
      network.description().write(file);
      assertThat(Files.readString(file)).doesNotContain("\"mean\"");
    }
  }

  @Test
  void refusesNumbersThatDontFit() throws IOException {
    assertThatThrownBy(() -> description("\"mean\": [0.5, 0.5, 0.5],"))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("3 means and 0 deviations");
    assertThatThrownBy(() -> description("\"mean\": [0.5], \"std\": [0],"))
        .hasMessageContaining("deviations [0.0] aren't all positive");
    assertThatThrownBy(
            () ->
                NetworkBuilder.initialise(
                    description("\"mean\": [0.5], \"std\": [1],"), 1, ElementType.FLOAT32))
        .hasMessageContaining("1 means and deviations for images of 3 channels");
    try (var network = NetworkBuilder.initialise(description(""), 1, ElementType.FLOAT32)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> network.normalised(MEAN, List.of(1.0, 1.0, Double.NaN)))
          .withMessageContaining("aren't all positive");
    }
  }
}
