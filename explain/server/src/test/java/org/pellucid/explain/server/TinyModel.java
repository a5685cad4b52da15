package org.pellucid.explain.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.testing.RandomBertParameters;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/**
 * Writes a BERT of two layers with random weights and all heads into a folder, with a vocabulary of
 * the words that it is asked about.
 */
final class TinyModel {
  private static final int HIDDEN = 16;
  private static final int INNER = 24;
  private static final int LAYERS = 2;
  private static final int HEADS = 2;
  private static final int POSITIONS = 64;

  private TinyModel() {}

  /**
   * Writes a model.
   *
   * @param words split at what isn't a letter; each becomes a piece of the vocabulary
   */
  static Path write(Path folder, String words, long seed) throws IOException {
    var pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "?"));
    words.toLowerCase().lines().forEach(line -> addWords(line, pieces));
    Files.createDirectories(folder);
    Files.write(folder.resolve("vocab.txt"), pieces);
    var config =
        Map.of(
            "model_type",
            "bert",
            "vocab_size",
            pieces.size(),
            "hidden_size",
            HIDDEN,
            "num_hidden_layers",
            LAYERS,
            "num_attention_heads",
            HEADS,
            "intermediate_size",
            INNER,
            "max_position_embeddings",
            POSITIONS,
            "type_vocab_size",
            2);
    Files.write(folder.resolve("config.json"), new JsonMapper().writeValueAsBytes(config));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"do_lower_case\": true}");
    SafetensorsWriter.write(
        folder.resolve("model.safetensors"), tensors(pieces.size(), seed), Map.of());
    return folder;
  }

  private static List<WeightTensor> tensors(int vocabulary, long seed) {
    var config =
        new BertConfig(
            vocabulary, HIDDEN, LAYERS, HEADS, INNER, POSITIONS, 2, 1e-12, "gelu", 0, List.of());
    var parameters = new RandomBertParameters(config, seed).predicting().answering();
    return parameters.names().stream().map(name -> tensor(parameters, name)).toList();
  }

  private static WeightTensor tensor(ParameterSource parameters, String name) {
    var values = parameters.floats(name);
    var bytes =
        WeightTensor.encode(
            IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray(), DType.F32);
    return WeightTensor.of(new TensorInfo(name, DType.F32, parameters.shape(name)), () -> bytes);
  }

  private static void addWords(String line, List<String> pieces) {
    for (var word : line.split("[^a-z]+")) {
      if (!word.isEmpty() && !pieces.contains(word)) {
        pieces.add(word);
      }
    }
  }
}
