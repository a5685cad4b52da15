package org.pellucid.models.bert;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pellucid.models.ModelFileException;

/**
 * The files of a directory in Hugging Face layout that describe a tokenizer.
 *
 * @param settings {@code tokenizer_config.json}
 * @param specials {@code special_tokens_map.json}
 * @param added {@code added_tokens.json}
 * @param whole {@code tokenizer.json}, if there
 */
record TokenizerFiles(
    Path directory,
    JsonFile settings,
    JsonFile specials,
    JsonFile added,
    Optional<TokenizerJson> whole) {
  private static final String VOCABULARY = "vocab.txt";
  private static final int LONGEST_WORD = 100;

  /** Tokenizers that do more than BERT's before they split into pieces, or split otherwise. */
  private static final Set<String> OTHER_CLASSES =
      Set.of(
          "AlbertTokenizer",
          "BartTokenizer",
          "BertGenerationTokenizer",
          "BertJapaneseTokenizer",
          "BertweetTokenizer",
          "BigBirdTokenizer",
          "CamembertTokenizer",
          "DebertaTokenizer",
          "DebertaV2Tokenizer",
          "GPT2Tokenizer",
          "LlamaTokenizer",
          "PhobertTokenizer",
          "RoFormerTokenizer",
          "RobertaTokenizer",
          "T5Tokenizer",
          "XLMRobertaTokenizer",
          "XLNetTokenizer");

  static TokenizerFiles in(Path directory) {
    var whole = directory.resolve("tokenizer.json");
    return new TokenizerFiles(
        directory,
        json(directory, "tokenizer_config.json"),
        json(directory, "special_tokens_map.json"),
        json(directory, "added_tokens.json"),
        Files.exists(whole) ? Optional.of(TokenizerJson.read(whole)) : Optional.empty());
  }

  private static JsonFile json(Path directory, String name) {
    var file = directory.resolve(name);
    return Files.exists(file) ? JsonFile.read(file) : JsonFile.empty(file);
  }

  /**
   * The tokenizer that the files describe.
   *
   * @throws ModelFileException if they are malformed or describe another than WordPiece
   */
  WordPieceTokenizer tokenizer() {
    return tokenizer(maximalLength());
  }

  WordPieceTokenizer tokenizer(int maximalLength) {
    checkClass();
    var pieces = pieces();
    var options = options(pieces);
    var tokens = addedTokens();
    try {
      var vocabulary = new Vocabulary(pieces, specialTokens(), tokens);
      return new WordPieceTokenizer(
          vocabulary,
          options,
          maximalLength,
          whole.map(TokenizerJson::longestWord).orElse(LONGEST_WORD),
          tokens);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(vocabularyFile() + ": " + e.getMessage(), e);
    }
  }

  private void checkClass() {
    var name = settings.text("tokenizer_class").orElse("").replaceAll("Fast$", "");
    if (OTHER_CLASSES.contains(name)) {
      throw new ModelFileException(
          "%s: tokenizer_class %s is not supported; give a model with BERT's tokenizer."
              .formatted(settings.file(), name));
    }
  }

  private Path vocabularyFile() {
    var file = directory.resolve(VOCABULARY);
    return Files.exists(file) ? file : whole.map(TokenizerJson::file).orElse(file);
  }

  private List<String> pieces() {
    var file = directory.resolve(VOCABULARY);
    return whole.isPresent() && !Files.exists(file) ? whole.get().pieces() : Vocabulary.lines(file);
  }

  private NormalizerOptions options(List<String> pieces) {
    boolean lowerCase =
        settings
            .flag("do_lower_case")
            .or(() -> whole.map(TokenizerJson::lowerCase))
            .orElseGet(() -> Vocabulary.lacksCapitals(pieces));
    return new NormalizerOptions(
        lowerCase,
        settings
            .flag("strip_accents")
            .or(() -> whole.flatMap(TokenizerJson::stripAccents))
            .orElse(lowerCase),
        settings
            .flag("tokenize_chinese_chars")
            .or(() -> whole.map(TokenizerJson::splitsChinese))
            .orElse(true));
  }

  /** By content: what stands in the later of these files wins. */
  private List<AddedToken> addedTokens() {
    Map<String, AddedToken> tokens = new LinkedHashMap<>();
    var all =
        List.of(
            whole.map(TokenizerJson::added).orElse(List.of()),
            AddedTokens.ofMap(added),
            AddedTokens.ofDecoder(settings));
    all.forEach(list -> list.forEach(token -> tokens.put(token.content(), token)));
    for (var file : List.of(specials, settings)) {
      for (var special : file.root().path("additional_special_tokens")) {
        content(special)
            .ifPresent(text -> tokens.computeIfPresent(text, (_, token) -> token.asWritten()));
      }
    }
    return List.copyOf(tokens.values());
  }

  private SpecialTokens specialTokens() {
    var standard = SpecialTokens.standard();
    return new SpecialTokens(
        special("pad_token", standard.pad()),
        special("unk_token", whole.flatMap(TokenizerJson::unknown).orElse(standard.unknown())),
        special("cls_token", standard.classify()),
        special("sep_token", standard.separator()),
        special("mask_token", standard.mask()));
  }

  private String special(String name, String otherwise) {
    return content(settings.root().path(name))
        .or(() -> content(specials.root().path(name)))
        .orElse(otherwise);
  }

  private static Optional<String> content(JsonNode token) {
    var text = token.isTextual() ? token : token.path("content");
    return Optional.ofNullable(text.textValue()).filter(spelling -> !spelling.isEmpty());
  }

  private int maximalLength() {
    return Stream.of("config.json", "bert_config.json")
        .map(directory::resolve)
        .filter(Files::exists)
        .findFirst()
        .map(config -> BertConfig.read(config).maximalPositions())
        .orElse(WordPieceTokenizer.DEFAULT_MAXIMAL_LENGTH);
  }
}
