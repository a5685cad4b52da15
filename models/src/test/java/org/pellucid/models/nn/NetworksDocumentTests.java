package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.tensor.ElementType;

/** What docs/networks.md says of descriptions is so. */
class NetworksDocumentTests {
  private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  private static String document() throws IOException {
    return Files.readString(Path.of("../docs/networks.md"));
  }

  private static List<String> examples() throws IOException {
    var examples = new ArrayList<String>();
    var matcher = EXAMPLE.matcher(document());
    while (matcher.find()) {
      examples.add(matcher.group(1));
    }
    return examples;
  }

  /** The sizes that weights would tell. */
  private static String withSizes(String example, String channels, String size) {
    return example
        .replaceFirst("\\{", "{" + channels)
        .replace("\"kind\": \"convolution\"", "\"kind\": \"convolution\", \"outputs\": 6, " + size)
        .replace("\"kind\": \"linear\"", "\"kind\": \"linear\", \"outputs\": 10");
  }

  private ConvolutionalNetwork network(String json) throws IOException {
    var file = Files.writeString(directory.resolve("layers.json"), json);
    return NetworkBuilder.initialise(NetworkDescription.read(file), 1, ElementType.FLOAT32);
  }

  @Test
  void describesNetworksByCompleteExamples() throws IOException {
    assertThat(examples()).hasSize(3);
    try (var lenet = network(withSizes(examples().get(0), "", "\"size\": 5"));
        var vgg = network(withSizes(examples().get(2), "\"inputChannels\": 3,", "\"size\": 3"))) {
      assertThat(lenet.places().get(6)).isEqualTo(Place.image(5, 5, 6));
      assertThat(lenet.outputs()).isEqualTo(10);
      assertThat(vgg.outputs()).isEqualTo(10);
      assertThat(vgg.layerNames()).startsWith("normalise");
    }
  }

  @Test
  void describesAResidualBlock() throws IOException {
    var block =
        withSizes(examples().get(1).replaceFirst("\\{", "{ "), "", "\"size\": 3")
            .replace(
                "\"size\": 3, \"stride\": 2, \"input\"", "\"size\": 1, \"stride\": 2, \"input\"");
    var json =
        """
        {"inputChannels": 3, "inputHeight": 8, "inputWidth": 8, "layers": [
          {"name": "layer1.1.out", "kind": "relu"}, %s,
          {"name": "end", "kind": "global-average-pool"}]}
        """;
    try (var network = network(json.formatted(block))) {
      assertThat(network.outputs()).isEqualTo(6);
    }
  }

  @Test
  void listsAllKinds() throws IOException {
    for (var kind : KindReader.KINDS) {
      assertThat(document()).contains("`" + kind + "`");
    }
  }
}
