package org.pellucid.models.bert;

import java.nio.file.Path;
import java.util.List;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.ParameterSource;

/**
 * The dimensions of a BERT model, as Hugging Face's {@code config.json} gives them, or Google's
 * {@code bert_config.json}.
 *
 * @param vocabularySize number of word pieces ({@code vocab_size})
 * @param hiddenSize length of a hidden state ({@code hidden_size})
 * @param layers number of encoder layers ({@code num_hidden_layers})
 * @param heads attention heads in a layer ({@code num_attention_heads}); divides the hidden size
 * @param intermediateSize width of the feed-forward layer ({@code intermediate_size})
 * @param maximalPositions most tokens of an input ({@code max_position_embeddings})
 * @param segmentTypes number of token types ({@code type_vocab_size}); 0 for DistilBERT, which has
 *     none
 * @param layerNormEpsilon added to the variance under the root ({@code layer_norm_eps})
 * @param activation name of the feed-forward activation ({@code hidden_act}), such as "gelu"
 * @param padId id of the padding token ({@code pad_token_id})
 * @param labels names of a classifier's classes in order ({@code id2label}); empty without one
 * @param embeddingSize length of an embedding, which ELECTRA projects to the hidden size ({@code
 *     embedding_size})
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
    List<String> labels,
    int embeddingSize) {
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
    positive("embedding_size", embeddingSize);
    if (segmentTypes < 0) {
      throw new IllegalArgumentException(
          "type_vocab_size must not be negative, but is " + segmentTypes + ".");
    }
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

  /** The dimensions of a model whose embeddings are as long as its hidden states. */
  public BertConfig(
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
    this(
        vocabularySize,
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        maximalPositions,
        segmentTypes,
        layerNormEpsilon,
        activation,
        padId,
        labels,
        hiddenSize);
  }

  /** The dimensions of BERT-base (12 layers of 768) over a vocabulary. */
  public static BertConfig base(int vocabularySize) {
    return new BertConfig(
        vocabularySize,
        768,
        12,
        12,
        3072,
        512,
        2,
        BertConfigFile.DEFAULT_EPSILON,
        "gelu",
        0,
        List.of());
  }

  /**
   * Reads a Hugging Face {@code config.json} of a BERT, DistilBERT or ELECTRA.
   *
   * <p>The fields for {@code layer_norm_eps} (1e-12), {@code hidden_act} (gelu), {@code
   * pad_token_id} (0) and {@code id2label} may be missing, since older files lack them. An unknown
   * {@code model_type} is read like a BERT's, since the tensors tell what a model is.
   *
   * @throws ModelFileException if the file can't be read, describes another kind of model, or a
   *     field is missing or wrong
   */
  public static BertConfig read(Path file) {
    return BertConfigFile.read(file);
  }

  /**
   * The same with the sizes that tables of embeddings have, which a configuration may lag behind
   * after tokens were added.
   *
   * @param source parameters under BERT's names at Hugging Face
   */
  public BertConfig fitting(ParameterSource source) {
    var words = rows(source, "word", vocabularySize);
    return new BertConfig(
        words,
        hiddenSize,
        layers,
        heads,
        intermediateSize,
        rows(source, "position", maximalPositions),
        segmentTypes == 0 ? 0 : rows(source, "token_type", segmentTypes),
        layerNormEpsilon,
        activation,
        Math.min(padId, words - 1),
        labels,
        size(source, "word", 1, embeddingSize));
  }

  private static int rows(ParameterSource source, String kind, int otherwise) {
    return size(source, kind, 0, otherwise);
  }

  private static int size(ParameterSource source, String kind, int axis, int otherwise) {
    var name = "bert.embeddings." + kind + "_embeddings.weight";
    if (!source.names().contains(name)) {
      return otherwise;
    }
    var shape = source.shape(name);
    return shape.length == 2 && shape[axis] > 0 && shape[axis] <= Integer.MAX_VALUE
        ? (int) shape[axis]
        : otherwise;
  }

  /** The length of one head's query, key and value vectors. */
  public int headSize() {
    return hiddenSize / heads;
  }

  private static void positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, not " + value + ".");
    }
  }
}
