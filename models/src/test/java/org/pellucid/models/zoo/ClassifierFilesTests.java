package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.nn.NetworkWriter;
import org.pellucid.models.nn.Normalisation;
import org.pellucid.models.vision.Image;
import org.pellucid.models.vision.PreprocessingOptions;

/** What is taken from the files beside the weights, and what goes before it. */
class ClassifierFilesTests {
  private static final int SIDE = 4;

  @TempDir Path directory;
  private Path weights;
  private Path layers;

  @BeforeEach
  void writeNetwork() throws IOException {
    weights = directory.resolve("net.safetensors");
    layers = directory.resolve("layers.json");
    Files.writeString(
        layers,
        """
        {"inputChannels": 3, "inputHeight": 4, "inputWidth": 4, "layers": [
          {"name": "conv", "kind": "convolution", "outputs": 2, "size": 3, "padding": 1},
          {"name": "flatten", "kind": "flatten"},
          {"name": "fc", "kind": "linear", "outputs": 2}]}
        """);
    var description = NetworkDescription.read(layers);
    try (var network = NetworkBuilder.initialise(description, 3, ElementType.FLOAT32)) {
      NetworkWriter.write(network, weights);
    }
  }

  private ClassifierOptions options() {
    return ClassifierOptions.standard(Optional.of(layers));
  }

  private ImageClassifier open(ClassifierOptions options) {
    return ImageClassifier.open(weights.toString(), options);
  }

  private static PreprocessingOptions saying(Map<String, Object> values) {
    return PreprocessingOptions.of(values);
  }

  private static Image colours(boolean reversed) {
    var samples = new byte[SIDE * SIDE * 3];
    for (var i = 0; i < samples.length; i++) {
      var from = reversed ? i / 3 * 3 + 2 - i % 3 : i;
      samples[i] = (byte) (from * 37 + from * from);
    }
    return Image.of(SIDE, SIDE, samples);
  }

  private static Optional<Normalisation> normalisation(ImageClassifier classifier) {
    return ((ConvolutionalNetwork) classifier.network()).normalisation();
  }

  private static float[] logits(ImageClassifier classifier, Image image) {
    try (var tape = new Tape();
        var input = Tensor.of(classifier.prepare(image), 1, 3, SIDE, SIDE)) {
      return classifier.network().forward(tape, input).toFloats();
    }
  }

  @Test
  void takesBlueFirstAndShowsRedFirst() {
    try (var rgb = open(options());
        var bgr = open(options().withPreprocessing(saying(Map.of("channels", "bgr"))))) {
      var expected = logits(rgb, colours(true));
      var found = logits(bgr, colours(false));
      // The same products, summed in another order.
      assertThat(found).containsExactly(expected, offset(1e-5f));
      assertThat(bgr.prepare(colours(false))).isEqualTo(colours(false).toFloats());
    }
  }

  @Test
  void normalisesInTheNetworksOrder() {
    var mean = Map.<String, Object>of("mean", List.of(0.1, 0.2, 0.3), "channels", "bgr");
    try (var bgr = open(options().withPreprocessing(saying(mean)))) {
      assertThat(normalisation(bgr).orElseThrow().mean()).containsExactly(0.3, 0.2, 0.1);
    }
  }

  @Test
  void goesFromOptionsOverTheDescriptionToTheConfiguration() throws IOException {
    Files.writeString(
        directory.resolve("preprocessor_config.json"),
        """
        {"do_resize": true, "size": {"height": 8, "width": 8}, "do_normalize": true,
         "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 3}
        """);
    try (var found = open(options())) {
      assertThat(found.preprocessing().mean()).containsExactly(0.5, 0.5, 0.5);
      assertThat(normalisation(found)).isPresent();
      assertThat(found.notes())
          .anyMatch(note -> note.contains("preprocessor_config.json"))
          .anyMatch(note -> note.contains("8 x 8 pixels, but the network takes 4 x 4"));
    }
    var described = Files.readString(layers);
    Files.writeString(
        layers,
        described.replaceFirst(
            "\\{",
            "{\"mean\": [0.1, 0.1, 0.1], \"std\": [0.2, 0.2, 0.2],"
                + " \"preprocessing\": {\"fit\": \"crop\"},"));
    try (var found = open(options())) {
      assertThat(found.preprocessing().mean()).containsExactly(0.1, 0.1, 0.1);
      assertThat(found.preprocessing().sentence()).contains("centre cut out (bicubic)");
    }
    try (var found = open(options().withPreprocessing(saying(Map.of("mean", 0, "std", 1))))) {
      assertThat(normalisation(found).orElseThrow().mean()).containsExactly(0.0, 0.0, 0.0);
    }
  }

  @Test
  void refusesADescriptionWithAnImpossiblePreprocessing() throws IOException {
    var described = Files.readString(layers);
    for (var wrong : List.of("{\"fit\": \"wide\"}", "{\"std\": [0]}", "7")) {
      Files.writeString(
          layers, described.replaceFirst("\\{", "{\"preprocessing\": %s,".formatted(wrong)));
      assertThatThrownBy(() -> open(options()))
          .as(wrong)
          .isInstanceOf(ModelFileException.class)
          .hasMessageStartingWith("The preprocessing in " + layers);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              Files.writeString(layers, described);
              open(options().withPreprocessing(saying(Map.of("mean", List.of(1, 2)))));
            });
  }

  @Test
  void takesNamesFromTheFileBesideTheWeightsWhereTheyFit() throws IOException {
    var config = directory.resolve("config.json");
    Files.writeString(config, "{\"id2label\": {\"0\": \"cat\", \"1\": \"dog\"}}");
    try (var found = open(options())) {
      assertThat(found.className(1)).isEqualTo("dog");
      assertThat(found.notes()).isEmpty();
    }
    Files.writeString(config, "{\"id2label\": {\"0\": \"cat\"}}");
    try (var found = open(options())) {
      assertThat(found.className(1)).isEqualTo("1");
      assertThat(found.notes().getFirst()).contains("names 1 classes, but the network has 2");
    }
    var labels = Files.writeString(directory.resolve("labels.txt"), "cat\ndog\ncow\n");
    assertThatThrownBy(() -> open(options().withLabels(labels.toString())))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("names 3 classes, but")
        .hasMessageContaining("has 2 outputs");
  }
}
