package org.pellucid.models.bert;

import java.nio.file.Path;
import java.util.Set;
import org.pellucid.models.ModelFileException;

/** Reads {@code config.json}, in which each family has fields of its own. */
final class BertConfigFile {
  static final double DEFAULT_EPSILON = 1e-12;

  private static final int DEFAULT_ELECTRA_EMBEDDING = 128;

  /** What Hugging Face calls the families whose networks are not BERT's. */
  private static final Set<String> OTHERS =
      Set.of(
          "albert",
          "bart",
          "bert-generation",
          "big_bird",
          "bloom",
          "canine",
          "convbert",
          "deberta",
          "deberta-v2",
          "flaubert",
          "fnet",
          "funnel",
          "gpt2",
          "gpt_neo",
          "gpt_neox",
          "ibert",
          "layoutlm",
          "layoutlmv2",
          "layoutlmv3",
          "llama",
          "longformer",
          "luke",
          "mbart",
          "megatron-bert",
          "mistral",
          "mobilebert",
          "modernbert",
          "mpnet",
          "nezha",
          "nomic_bert",
          "nystromformer",
          "opt",
          "qwen2",
          "qwen3",
          "reformer",
          "rembert",
          "roformer",
          "squeezebert",
          "t5",
          "xlm",
          "xlnet",
          "xmod");

  /** Families whose positions begin at 2 and that have one token type. */
  private static final Set<String> ROBERTAS =
      Set.of("roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "data2vec-text");

  private BertConfigFile() {}

  /**
   * The dimensions in a file.
   *
   * @throws ModelFileException if the file can't be read, describes another kind of model, or a
   *     field is missing or wrong
   */
  static BertConfig read(Path file) {
    var json = JsonFile.read(file);
    var type = json.text("model_type").orElse("bert");
    if (OTHERS.contains(type)
        || ROBERTAS.contains(type) && json.integer("type_vocab_size").orElse(1) == 1) {
      throw new ModelFileException(
          "%s: model_type \"%s\" is not supported, only bert, distilbert and electra are."
              .formatted(file, type));
    }
    demandAbsolutePositions(json);
    if (json.flag("is_decoder").orElse(false)) {
      throw new ModelFileException(
          "%s: is_decoder is true, but only encoders are supported.".formatted(file));
    }
    try {
      var isDistilled =
          type.equals("distilbert")
              || json.integer("dim").isPresent() && json.integer("hidden_size").isEmpty();
      return isDistilled ? distilBert(json) : bert(json, type.equals("electra"));
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(file + ": " + e.getMessage(), e);
    }
  }

  private static void demandAbsolutePositions(JsonFile json) {
    var positions = json.text("position_embedding_type").orElse("absolute");
    if (!positions.equals("absolute")) {
      throw new ModelFileException(
          "%s: position_embedding_type \"%s\" is not supported, only \"absolute\" is."
              .formatted(json.file(), positions));
    }
  }

  private static BertConfig bert(JsonFile json, boolean isElectra) {
    int hidden = json.requiredInteger("hidden_size");
    return new BertConfig(
        json.requiredInteger("vocab_size"),
        hidden,
        json.requiredInteger("num_hidden_layers"),
        json.requiredInteger("num_attention_heads"),
        json.requiredInteger("intermediate_size"),
        json.requiredInteger("max_position_embeddings"),
        positive("type_vocab_size", json.requiredInteger("type_vocab_size")),
        json.number("layer_norm_eps").orElse(DEFAULT_EPSILON),
        json.text("hidden_act").orElse("gelu"),
        json.integer("pad_token_id").orElse(0),
        json.numberedTexts("id2label"),
        isElectra ? json.integer("embedding_size").orElse(DEFAULT_ELECTRA_EMBEDDING) : hidden);
  }

  private static int positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, not " + value + ".");
    }
    return value;
  }

  private static BertConfig distilBert(JsonFile json) {
    int hidden = json.requiredInteger("dim");
    return new BertConfig(
        json.requiredInteger("vocab_size"),
        hidden,
        json.requiredInteger("n_layers"),
        json.requiredInteger("n_heads"),
        json.requiredInteger("hidden_dim"),
        json.requiredInteger("max_position_embeddings"),
        0,
        DEFAULT_EPSILON,
        json.text("activation").orElse("gelu"),
        json.integer("pad_token_id").orElse(0),
        json.numberedTexts("id2label"),
        hidden);
  }
}
