package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.text.OnnxTextModel;
import org.pellucid.testing.TinyGraph;
import org.pellucid.weights.OpenOptions;

/** Which models are run as graphs. */
class TextModelsTests {
  private static final String BERT =
      """
      {"vocab_size": 6, "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 2,
       "intermediate_size": 8, "max_position_embeddings": 5, "type_vocab_size": 2}
      """;

  @TempDir Path directory;

  private Optional<Path> graph() throws IOException {
    return ModelFolder.graph(directory);
  }

  @Test
  void opensAFolderWithAGraphAlone() throws Exception {
    TinyGraph.write(directory, TinyGraph.Head.HIDDEN);
    for (var path : new Path[] {directory, directory.resolve("model.onnx")}) {
      try (var loaded =
          TextModels.open(path.toString(), Optional.empty(), OpenOptions.standard(), _ -> {})) {
        assertThat(loaded.model()).isInstanceOf(OnnxTextModel.class);
        assertThat(loaded.name()).isEqualTo(path.toString());
      }
    }
    var tokenizer = TextModels.tokenizer(directory.toString(), _ -> {});
    assertThat(tokenizer.encode("the cats").pieces())
        .containsExactly("[CLS]", "the", "cat", "##s", "[SEP]");
    assertThat(tokenizer.maximalLength()).isEqualTo(TinyGraph.POSITIONS);
  }

  @Test
  void takesABertsOtherWeightsBeforeItsGraph() throws IOException {
    TinyGraph.write(directory, TinyGraph.Head.HIDDEN);
    Files.writeString(directory.resolve("config.json"), BERT);
    assertThat(graph()).contains(directory);
    Files.writeString(directory.resolve("model.safetensors"), "weights");
    assertThat(graph()).isEmpty();
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"mpnet\"}");
    assertThat(graph()).contains(directory);
    Files.delete(directory.resolve("model.onnx"));
    assertThat(graph()).isEmpty();
  }

  @Test
  void answersUnknownNamesWithTheKnownOnes() {
    for (var name : new String[] {"", "bge-large", "a\0b"}) {
      assertThatExceptionOfType(ModelFileException.class)
          .isThrownBy(
              () -> TextModels.open(name, Optional.empty(), OpenOptions.standard(), _ -> {}))
          .withMessageContaining("neither a directory nor a known model; known are");
    }
  }
}
