package org.pellucid.models.bert;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.models.ModelFileException;

/**
 * Hugging Face's {@code tokenizer.json}, which holds a whole tokenizer: vocabulary, normaliser and
 * added tokens.
 *
 * @param file for messages
 */
record TokenizerJson(Path file, JsonNode root) {
  private static final int MOST_PIECES = 10_000_000;
  private static final String CONTINUES = "##";
  private static final Set<String> ACCENTS = Set.of("StripAccents", "NFD");

  /**
   * Reads a file.
   *
   * @throws ModelFileException if it is damaged or describes another tokenizer than BERT's
   */
  static TokenizerJson read(Path file) {
    var json = new TokenizerJson(file, JsonFile.read(file).root());
    json.check();
    return json;
  }

  private void check() {
    var model = root.path("model");
    var type = model.path("type").asText(model.has("merges") ? "BPE" : "WordPiece");
    if (!type.equals("WordPiece")) {
      throw refused(
          "its tokenizer is " + type + ", but only WordPiece, which BERT has, can be read");
    }
    var prefix = model.path("continuing_subword_prefix").asText(CONTINUES);
    if (!prefix.equals(CONTINUES)) {
      throw refused("pieces that continue a word begin with \"" + prefix + "\" instead of \"##\"");
    }
    var before = root.path("pre_tokenizer");
    if (before.isObject() && !splitsLikeBert(before)) {
      throw refused(
          "it splits text by " + before.path("type").asText("?") + " and not as BERT does");
    }
    for (var step : normaliserSteps()) {
      if (!Set.of("BertNormalizer", "Lowercase", "StripAccents", "NFD", "NFC").contains(step)) {
        throw refused("it normalises text by " + step + ", which BERT doesn't");
      }
    }
  }

  private static boolean splitsLikeBert(JsonNode splitter) {
    if (splitter.path("type").asText().equals("Sequence")) {
      var types = new ArrayList<String>();
      splitter.path("pretokenizers").forEach(step -> types.add(step.path("type").asText()));
      return types.equals(List.of("WhitespaceSplit", "Punctuation"))
          || types.equals(List.of("BertPreTokenizer"));
    }
    return splitter.path("type").asText().equals("BertPreTokenizer");
  }

  private ModelFileException refused(String reason) {
    return new ModelFileException(
        "%s: %s; give a model with BERT's tokenizer.".formatted(file, reason));
  }

  private List<JsonNode> normalisers() {
    var normaliser = root.path("normalizer");
    if (!normaliser.isObject()) {
      return List.of();
    }
    if (!normaliser.path("type").asText().equals("Sequence")) {
      return List.of(normaliser);
    }
    var steps = new ArrayList<JsonNode>();
    normaliser.path("normalizers").forEach(steps::add);
    return steps;
  }

  private List<String> normaliserSteps() {
    return normalisers().stream().map(step -> step.path("type").asText("?")).toList();
  }

  /** Whether text becomes lower case. */
  boolean lowerCase() {
    return normalisers().stream()
        .anyMatch(
            step ->
                step.path("type").asText().equals("Lowercase")
                    || step.path("lowercase").asBoolean());
  }

  /** Whether accents are dropped, where the file says so by itself. */
  Optional<Boolean> stripAccents() {
    for (var step : normalisers()) {
      if (step.path("strip_accents").isBoolean()) {
        return Optional.of(step.path("strip_accents").booleanValue());
      }
    }
    var steps = normaliserSteps();
    return steps.contains("BertNormalizer")
        ? Optional.empty()
        : Optional.of(steps.containsAll(ACCENTS));
  }

  /** Whether each Chinese character is a word. */
  boolean splitsChinese() {
    return normalisers().stream()
        .filter(step -> step.path("type").asText().equals("BertNormalizer"))
        .anyMatch(step -> step.path("handle_chinese_chars").asBoolean(true));
  }

  /** The letters of the longest word that is split into pieces. */
  int longestWord() {
    return root.path("model").path("max_input_chars_per_word").asInt(100);
  }

  /** The spelling of the token for what can't be split. */
  Optional<String> unknown() {
    return Optional.ofNullable(root.path("model").path("unk_token").textValue());
  }

  /**
   * The pieces in the order of their ids.
   *
   * @throws ModelFileException if ids are missing, twice, or no whole numbers
   */
  List<String> pieces() {
    var vocabulary = root.path("model").path("vocab");
    var size = vocabulary.size();
    if (!vocabulary.isObject() || size == 0 || size > MOST_PIECES) {
      throw new ModelFileException(file + " holds no vocabulary; download it again.");
    }
    var pieces = new String[size];
    for (var entry : vocabulary.properties()) {
      var id = entry.getValue().canConvertToInt() ? entry.getValue().intValue() : -1;
      if (id < 0 || id >= size || pieces[id] != null) {
        throw new ModelFileException(
            "%s: the ids of its %d pieces aren't 0 to %d, each once; download it again."
                .formatted(file, size, size - 1));
      }
      pieces[id] = entry.getKey();
    }
    return Arrays.asList(pieces);
  }

  /** The added tokens. */
  List<AddedToken> added() {
    var tokens = new ArrayList<AddedToken>();
    for (var token : root.path("added_tokens")) {
      tokens.add(AddedTokens.of(file, token.path("content"), token.path("id"), token));
    }
    return tokens;
  }
}
