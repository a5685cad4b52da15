package org.pellucid.models.zoo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.weights.AtomicFile;

/** The files beside the weights of a tuned model, in Hugging Face's layout. */
record TunedFolder(TunableModel tuned) {
  private static final String CONFIG = "config.json";

  /** What describes a tokenizer at Hugging Face, as far as it is there. */
  private static final List<String> TOKENIZER =
      List.of(
          "vocab.txt",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json");

  private static final JsonMapper MAPPER = new JsonMapper();

  void write(Path directory) throws IOException {
    switch (tuned.files()) {
      case BertFiles.HuggingFace folder -> {
        for (var name : TOKENIZER) {
          var file = folder.directory().resolve(name);
          if (Files.exists(file)) {
            copy(file, directory.resolve(name));
          }
        }
        writeJson(directory.resolve(CONFIG), told(folder.directory().resolve(CONFIG)));
      }
      case BertFiles.Google folder -> {
        writeTokenizer(directory);
        writeJson(directory.resolve(CONFIG), told(folder.directory().resolve("bert_config.json")));
      }
      case BertFiles.SavedModel _ -> {
        writeTokenizer(directory);
        writeJson(directory.resolve(CONFIG), MAPPER.createObjectNode());
      }
    }
  }

  private static ObjectNode told(Path file) throws IOException {
    return (ObjectNode) MAPPER.readTree(Files.readAllBytes(file));
  }

  /** A configuration with the dimensions that the weights have now. */
  private void writeJson(Path file, ObjectNode fields) throws IOException {
    var config = tuned.loaded().model().config();
    fields.putArray("architectures").add("BertForQuestionAnswering");
    fields.put("model_type", "bert");
    fields.put("vocab_size", config.vocabularySize());
    fields.put("hidden_size", config.hiddenSize());
    fields.put("num_hidden_layers", config.layers());
    fields.put("num_attention_heads", config.heads());
    fields.put("intermediate_size", config.intermediateSize());
    fields.put("hidden_act", config.activation());
    fields.put("max_position_embeddings", config.maximalPositions());
    fields.put("type_vocab_size", config.segmentTypes());
    fields.put("layer_norm_eps", config.layerNormEpsilon());
    fields.put("pad_token_id", config.padId());
    fields.put("hidden_dropout_prob", tuned.dropout().hidden());
    fields.put("attention_probs_dropout_prob", tuned.dropout().attention());
    fields.put("torch_dtype", "float32");
    write(file, fields);
  }

  private void writeTokenizer(Path directory) throws IOException {
    var tokenizer = tuned.loaded().tokenizer();
    copy(tuned.files().vocabulary(), directory.resolve("vocab.txt"));
    var options = tokenizer.options();
    var fields = MAPPER.createObjectNode();
    fields.put("tokenizer_class", "BertTokenizer");
    fields.put("do_lower_case", options.lowerCase());
    fields.put("strip_accents", options.stripAccents());
    fields.put("tokenize_chinese_chars", options.splitChinese());
    fields.put("model_max_length", tokenizer.maximalLength());
    fields.put("pad_token", Vocabulary.PAD);
    fields.put("unk_token", Vocabulary.UNKNOWN);
    fields.put("cls_token", Vocabulary.CLASSIFY);
    fields.put("sep_token", Vocabulary.SEPARATOR);
    fields.put("mask_token", Vocabulary.MASK);
    write(directory.resolve("tokenizer_config.json"), fields);
  }

  private static void write(Path file, ObjectNode fields) throws IOException {
    var text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(fields) + "\n";
    AtomicFile.write(file, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
  }

  private static void copy(Path from, Path to) throws IOException {
    AtomicFile.write(
        to, temporary -> Files.copy(from, temporary, StandardCopyOption.REPLACE_EXISTING));
  }
}
