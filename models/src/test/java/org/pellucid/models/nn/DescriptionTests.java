package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.ModelFileException;

/** What a description may say, and how a wrong one is refused. */
class DescriptionTests {
  @TempDir Path directory;

  private NetworkDescription read(String layers) throws IOException {
    return readWhole(
        "{\"inputChannels\": 3, \"inputHeight\": 8, \"inputWidth\": 8, \"layers\": [%s]}"
            .formatted(layers.replace('\'', '"')));
  }

  private NetworkDescription readWhole(String json) throws IOException {
    return NetworkDescription.read(Files.writeString(directory.resolve("layers.json"), json));
  }

  @Test
  void understandsPyTorchsNames() throws IOException {
    var own =
        read(
            """
            {'name': 'a', 'kind': 'convolution', 'outputs': 6, 'size': 3, 'padding': [1, 0]},
            {'name': 'b', 'kind': 'batch-norm', 'epsilon': 0.001},
            {'name': 'c', 'kind': 'leaky-relu', 'slope': 0.3},
            {'name': 'd', 'kind': 'average-pool', 'size': 2, 'ceil': true, 'countPadding': false},
            {'name': 'e', 'kind': 'adaptive-average-pool', 'size': 1},
            {'name': 'f', 'kind': 'dropout', 'probability': 0.1},
            {'name': 'g', 'kind': 'linear', 'outputs': 2}
            """);
    var torchs =
        read(
            """
            {'name': 'a', 'kind': 'Conv2d', 'in_channels': 3, 'out_channels': 6,
             'kernel_size': 3, 'padding': [1, 0]},
            {'name': 'b', 'kind': 'BatchNorm2d', 'num_features': 6, 'eps': 0.001},
            {'name': 'c', 'kind': 'LeakyReLU', 'negative_slope': 0.3, 'inplace': true},
            {'name': 'd', 'kind': 'AvgPool2d', 'kernel_size': 2, 'ceil_mode': true,
             'count_include_pad': false},
            {'name': 'e', 'kind': 'global-average-pool'},
            {'name': 'f', 'kind': 'Dropout', 'p': 0.1},
            {'name': 'g', 'kind': 'Linear', 'in_features': 6, 'out_features': 2}
            """);
    assertThat(torchs).isEqualTo(own);
  }

  @Test
  void addsTheLayerBeforeOrTheNamedOnes() throws IOException {
    var description =
        read(
            """
            {'name': 'a', 'kind': 'convolution', 'outputs': 3, 'size': 1},
            {'name': 'b', 'kind': 'relu'},
            {'name': 'sum', 'add': 'a'},
            {'name': 'other', 'kind': 'tanh', 'input': 'a'},
            {'name': 'all', 'kind': 'add', 'inputs': ['sum', 'other', 'image']},
            {'name': 'last', 'kind': 'global-average-pool'}
            """);
    assertThat(description.layers().get(2).inputs()).containsExactly("b", "a");
    assertThat(description.layers().get(3).inputs()).containsExactly("a");
    assertThat(description.layers().get(4).inputs()).containsExactly("sum", "other", "image");
    try (var network = NetworkBuilder.initialise(description, 1, ElementType.FLOAT32)) {
      assertThat(network.outputs()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name': 'a', 'kind': 'lstm'}|The layer a is of the unknown kind lstm; the kinds are"
            + " convolution, batch-norm, relu,",
        "{'name': 'a', 'kind': 'convolution', 'strides': 2}|The layer a has the field strides,"
            + " which its kind doesn't know; it knows outputs, size, stride, padding, dilation,"
            + " groups, bias",
        "{'name': 'a', 'kind': 'relu', 'size': 2}|The layer a has the field size",
        "{'name': 'a', 'kind': 'relu'}, {'name': 'b', 'add': 'c'}|The layer b takes the output of"
            + " c, which is no layer before it; those are a.",
        "{'name': 'a', 'kind': 'relu', 'input': 'b'}|The layer a takes the output of b, which is"
            + " no layer before it; those are image.",
        "{'name': 'a', 'kind': 'relu'}, {'name': 'a', 'kind': 'relu'}|Two layers are called a.",
        "{'kind': 'relu'}|The layer number 0, counted from 0, has no name.",
        "{'name': 'a'}|The layer a has no kind.",
        "{'name': 'a', 'kind': 'relu', 'add': 'image'}|The layer a has the field add beside"
            + " another kind or inputs; give the sum a layer of its own.",
        "{'name': 'a', 'kind': 'concat', 'inputs': ['image']}|The layer a joins 1 outputs where"
            + " it needs at least two",
        "{'name': 'a', 'kind': 'relu', 'inputs': ['image', 'image']}|The layer a has 2 inputs"
            + " where it takes one.",
        "{'name': 'a', 'kind': 'relu'}, {'name': 'b', 'kind': 'relu', 'input': 'image'}|No layer"
            + " takes the output of a; leave it out or name it as an input.",
        "{'name': 'a', 'kind': 'max-pool'}|The layer a: a pooling needs a size of at least 1.",
        "{'name': 'a', 'kind': 'max-pool', 'size': 'two'}|The layer a has the size \"two\", which"
            + " is no whole number",
        "{'name': 'a', 'kind': 'max-pool', 'size': [1, 2, 3]}|The layer a has the size [1,2,3],"
            + " which is neither a number nor [height, width].",
        "{'name': 'a', 'kind': 'convolution', 'padding': -1}|The layer a has the padding -1, which"
            + " is no whole number from 0",
        "{'name': 'a', 'kind': 'convolution', 'dilation': 0}|The layer a: A convolution's size,"
            + " stride and dilation are at least 1.",
        "{'name': 'a', 'kind': 'dropout', 'p': 1}|The layer a: its probability 1.0 is not in 0..1.",
        "{'name': 'a', 'kind': 'gelu', 'approximate': 'erf'}|The layer a: its approximate erf is"
            + " neither none nor tanh.",
        "{'name': 'a', 'kind': 'linear', 'bias': 1}|The layer a has the bias 1, which is neither"
            + " true nor false.",
        "{'name': 'a', 'kind': 'convolution', 'size': 1, 'kernel_size': 1}|The layer a has"
            + " kernel_size and the same under another name.",
        "7|The layer number 0 is no JSON object."
      })
  void refusesAWrongLayerInOneSentence(String layers, String message) {
    assertThatThrownBy(() -> read(layers))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(
            directory.resolve("layers.json") + " is not a network description: " + message)
        .message()
        .endsWith(".")
        .doesNotContain("\n");
  }

  @Test
  void refusesAWrongFile() {
    assertThatThrownBy(() -> readWhole("{\"inputHeight\": 8, \"width\": 8, \"layers\": []}"))
        .hasMessageEndingWith(
            "It has the field width where it may have inputChannels, inputHeight, inputWidth,"
                + " layers, mean, preprocessing, std.");
    assertThatThrownBy(() -> readWhole("[]")).hasMessageEndingWith("It holds no JSON object.");
    assertThatThrownBy(() -> readWhole("{\"layers\": [")).isInstanceOf(ModelFileException.class);
    assertThatThrownBy(() -> readWhole("{\"layers\": {}}"))
        .hasMessageEndingWith("Its layers are no list.");
    assertThatThrownBy(() -> readWhole("{\"inputHeight\": 1, \"inputHeight\": 2}"))
        .hasMessageContaining("Duplicate field 'inputHeight'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name': 'a', 'kind': 'max-pool', 'size': 9}|The layer a doesn't fit: nothing would be"
            + " left of 8x8 pixels of 3 channels under a window of 9x9.",
        "{'name': 'a', 'kind': 'convolution', 'outputs': 4, 'size': 3}, {'name': 'b', 'add':"
            + " 'image'}|The layer b doesn't fit: it adds 6x6 pixels of 4 channels and 8x8 pixels"
            + " of 3 channels, which don't match.",
        "{'name': 'a', 'kind': 'max-pool', 'size': 2}, {'name': 'b', 'kind': 'concat', 'inputs':"
            + " ['a', 'image']}|The layer b doesn't fit: it joins 4x4 pixels of 3 channels and 8x8"
            + " pixels of 3 channels, which don't match.",
        "{'name': 'a', 'kind': 'linear', 'outputs': 4}|The layer a doesn't fit: it takes 8x8"
            + " pixels of 3 channels where it needs features; put a flatten before it.",
        "{'name': 'a', 'kind': 'flatten'}, {'name': 'b', 'kind': 'max-pool', 'size': 1}|The layer"
            + " b doesn't fit: a pooling takes 192 features where it needs an image.",
        "{'name': 'a', 'kind': 'max-pool', 'size': 2, 'padding': 2}|The layer a doesn't fit: its"
            + " padding is more than half of its window.",
        "{'name': 'a', 'kind': 'adaptive-average-pool', 'size': 100000}|The layer a doesn't fit:"
            + " it would give 100000x100000 pixels of 3 channels, too many numbers for one image.",
        "{'name': 'a', 'kind': 'convolution', 'outputs': 4, 'size': 1, 'groups': 2}|a can't have 2"
            + " groups of 3 channels and 4 outputs."
      })
  void refusesSizesThatDontMatch(String layers, String message) {
    assertThatThrownBy(() -> NetworkBuilder.initialise(read(layers), 1, ElementType.FLOAT32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void refusesANetworkThatEndsInAnImage() throws IOException {
    var description = read("{'name': 'a', 'kind': 'convolution', 'outputs': 4, 'size': 1}");
    assertThatThrownBy(() -> NetworkBuilder.initialise(description, 1, ElementType.FLOAT32))
        .hasMessageContaining(
            "The network ends in 8x8 pixels of 4 channels; end it in a flatten, a global pooling or"
                + " a linear layer.");
  }

  @Test
  void knowsAllKindsThatItLists() throws IOException {
    for (var kind : KindReader.KINDS) {
      // Each kind that the message lists is known; what it then lacks is another sentence.
      var layer = "{'name': 'a', 'kind': '%s', 'size': 1, 'inputs': []}".formatted(kind);
      try {
        read(layer);
      } catch (ModelFileException e) {
        assertThat(e.getMessage()).doesNotContain("unknown kind");
      }
    }
  }
}
