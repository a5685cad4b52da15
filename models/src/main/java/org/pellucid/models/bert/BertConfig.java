package org.pellucid.models.bert;

import java.nio.file.Path;
import java.util.List;
import org.pellucid.models.ModelFileException;

/**
 * The dimensions of a BERT model, as Hugging Face's {@code config.json} gives them.
 *
 * @param vocabularySize number of word pieces ({@code vocab_size})
 * @param hiddenSize length of a hidden state ({@code hidden_size})
 * @param layers number of encoder layers ({@code num_hidden_layers})
 * @param heads attention heads in a layer ({@code num_attention_heads}); divides the hidden size
 * @param intermediateSize width of the feed-forward layer ({@code intermediate_size})
 * @param maximalPositions most tokens of an input ({@code max_position_embeddings})
 * @param segmentTypes number of token types ({@code type_vocab_size})
 * @param layerNormEpsilon added to the variance under the root ({@code layer_norm_eps})
 * @param activation name of the feed-forward activation ({@code hidden_act}), such as "gelu"
 * @param padId id of the padding token ({@code pad_token_id})
 * @param labels names of a classifier's classes in order ({@code id2label}); empty without one
 */
public record BertConfig(
    int vocabularySize,
    int hiddenSize,
    int layers,
    int heads,
    int intermediateSize,
    int maximalPositions,
    int segmentTypes,
    double layerNormEpsilon,
    String activation,
    int padId,
    List<String> labels) {
  private static final double DEFAULT_EPSILON = 1e-12;

  /**
   * Checks that the dimensions fit together.
   *
   * @throws IllegalArgumentException if a size is not positive, the heads do not divide the hidden
   *     size, or the padding id is outside the vocabulary
   */
  public BertConfig {
    positive("vocab_size", vocabularySize);
    positive("hidden_size", hiddenSize);
    positive("num_hidden_layers", layers);
    positive("num_attention_heads", heads);
    positive("intermediate_size", intermediateSize);
    positive("max_position_embeddings", maximalPositions);
    positive("type_vocab_size", segmentTypes);
    if (hiddenSize % heads != 0) {
      throw new IllegalArgumentException(
          "hidden_size %d is not a multiple of num_attention_heads %d."
              .formatted(hiddenSize, heads));
    }
    if (!(layerNormEpsilon > 0 && layerNormEpsilon < 1)) {
      throw new IllegalArgumentException(
          "layer_norm_eps must lie between 0 and 1, not be " + layerNormEpsilon + ".");
    }
    if (padId < 0 || padId >= vocabularySize) {
      throw new IllegalArgumentException(
          "pad_token_id %d is outside the vocabulary of %d.".formatted(padId, vocabularySize));
    }
    labels = List.copyOf(labels);
  }

  /** The dimensions of BERT-base (12 layers of 768) over a vocabulary. */
  public static BertConfig base(int vocabularySize) {
    return new BertConfig(
        vocabularySize, 768, 12, 12, 3072, 512, 2, DEFAULT_EPSILON, "gelu", 0, List.of());
  }

  /**
   * Reads a Hugging Face {@code config.json}.
   *
   * <p>The fields for {@code layer_norm_eps} (1e-12), {@code hidden_act} (gelu), {@code
   * pad_token_id} (0) and {@code id2label} may be missing, since older files lack them.
   *
   * @throws ModelFileException if the file can't be read, describes another kind of model, or a
   *     field is missing or wrong
   */
  public static BertConfig read(Path file) {
    var json = JsonFile.read(file);
    demand(json, "model_type", "bert");
    demand(json, "position_embedding_type", "absolute");
    try {
      return new BertConfig(
          json.requiredInteger("vocab_size"),
          json.requiredInteger("hidden_size"),
          json.requiredInteger("num_hidden_layers"),
          json.requiredInteger("num_attention_heads"),
          json.requiredInteger("intermediate_size"),
          json.requiredInteger("max_position_embeddings"),
          json.requiredInteger("type_vocab_size"),
          json.number("layer_norm_eps").orElse(DEFAULT_EPSILON),
          json.text("hidden_act").orElse("gelu"),
          json.integer("pad_token_id").orElse(0),
          json.numberedTexts("id2label"));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file + ": " + e.getMessage(), e);
    }
  }

  /** The length of one head's query, key and value vectors. */
  public int headSize() {
    return hiddenSize / heads;
  }

  private static void demand(JsonFile json, String name, String only) {
    var value = json.text(name).orElse(only);
    if (!value.equals(only)) {
      throw new ModelFileException(
          "%s: %s \"%s\" is not supported, only \"%s\" is."
              .formatted(json.file(), name, value, only));
    }
  }

  private static void positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, not " + value + ".");
    }
  }
}
