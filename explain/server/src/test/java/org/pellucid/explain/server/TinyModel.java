package org.pellucid.explain.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.pellucid.engine.tensor.Shapes;
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
  private static final int POSITIONS = 64;

  private final List<WeightTensor> tensors = new ArrayList<>();
  private final Random random;

  private TinyModel(long seed) {
    random = new Random(seed);
  }

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
            2,
            "intermediate_size",
            INNER,
            "max_position_embeddings",
            POSITIONS,
            "type_vocab_size",
            2);
    Files.write(folder.resolve("config.json"), new JsonMapper().writeValueAsBytes(config));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"do_lower_case\": true}");
    var model = new TinyModel(seed);
    model.addAll(pieces.size());
    SafetensorsWriter.write(folder.resolve("model.safetensors"), model.tensors, Map.of());
    return folder;
  }

  private static void addWords(String line, List<String> pieces) {
    for (var word : line.split("[^a-z]+")) {
      if (!word.isEmpty() && !pieces.contains(word)) {
        pieces.add(word);
      }
    }
  }

  private void addAll(int vocabulary) {
    add("bert.embeddings.word_embeddings.weight", vocabulary, HIDDEN);
    add("bert.embeddings.position_embeddings.weight", POSITIONS, HIDDEN);
    add("bert.embeddings.token_type_embeddings.weight", 2, HIDDEN);
    norm("bert.embeddings.LayerNorm");
    for (var layer = 0; layer < LAYERS; layer++) {
      var name = "bert.encoder.layer." + layer;
      for (var part : List.of("self.query", "self.key", "self.value", "output.dense")) {
        linear(name + ".attention." + part, HIDDEN, HIDDEN);
      }
      norm(name + ".attention.output.LayerNorm");
      linear(name + ".intermediate.dense", INNER, HIDDEN);
      linear(name + ".output.dense", HIDDEN, INNER);
      norm(name + ".output.LayerNorm");
    }
    linear("cls.predictions.transform.dense", HIDDEN, HIDDEN);
    norm("cls.predictions.transform.LayerNorm");
    add("cls.predictions.bias", vocabulary);
    linear("qa_outputs", 2, HIDDEN);
  }

  private void linear(String name, int outputs, int inputs) {
    add(name + ".weight", outputs, inputs);
    add(name + ".bias", outputs);
  }

  private void norm(String name) {
    add(name + ".weight", HIDDEN);
    add(name + ".bias", HIDDEN);
  }

  private void add(String name, long... shape) {
    var values = random.doubles(Shapes.elements(shape), -1, 1).toArray();
    var bytes = WeightTensor.encode(values, DType.F32);
    tensors.add(WeightTensor.of(new TensorInfo(name, DType.F32, shape), () -> bytes));
  }
}
