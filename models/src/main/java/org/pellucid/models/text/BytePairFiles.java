package org.pellucid.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.JsonFile;
import org.pellucid.models.bert.Token;
import org.pellucid.models.text.BytePairTokenizer.WholeToken;
import org.pellucid.models.text.TokenTemplate.Part;

/**
 * Reads byte-level byte-pair tokenizers: {@code tokenizer.json}, or {@code vocab.json} and {@code
 * merges.txt} with RoBERTa's special tokens.
 */
record BytePairFiles(Path directory, int maximalLength) {
  static final String TOKENIZER = "tokenizer.json";
  static final String VOCABULARY = "vocab.json";
  static final String MERGES = "merges.txt";
  private static final int MOST_PIECES = 10_000_000;

  /**
   * The tokenizer.
   *
   * @throws ModelFileException if a file is damaged, or the tokenizer does more than RoBERTa's
   */
  BytePairTokenizer read() {
    var whole = directory.resolve(TOKENIZER);
    return Files.exists(whole) ? of(JsonFile.read(whole)) : ofTwoFiles();
  }

  private BytePairTokenizer of(JsonFile json) {
    var model = json.root().path("model");
    demand(json, !json.root().path("normalizer").isObject(), "it changes texts before it splits");
    demand(json, !model.path("byte_fallback").asBoolean(), "it falls back to bytes");
    for (var affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      demand(json, model.path(affix).asText("").isEmpty(), "it marks words by " + affix);
    }
    var splitter = json.root().path("pre_tokenizer");
    demand(
        json,
        splitter.path("type").asText().equals("ByteLevel")
            && splitter.path("use_regex").asBoolean(true),
        "it splits texts by %s".formatted(splitter.path("type").asText("nothing")));
    var ids = ids(json.file(), model.path("vocab"));
    var added = new ArrayList<WholeToken>();
    for (var token : json.root().path("added_tokens")) {
      var content = token.path("content").asText("");
      if (content.isEmpty() || !token.path("id").canConvertToInt()) {
        throw damaged(json.file());
      }
      ids.put(content, checkedId(json.file(), token.path("id").intValue()));
      added.add(
          new WholeToken(
              content, token.path("lstrip").asBoolean(), token.path("rstrip").asBoolean()));
    }
    var template = template(json, json.root().path("post_processor"));
    return tokenizer(
        json.file(),
        ids,
        merges(json.file(), model.path("merges")),
        added,
        template,
        splitter.path("add_prefix_space").asBoolean(true));
  }

  private BytePairTokenizer ofTwoFiles() {
    var file = directory.resolve(VOCABULARY);
    var ids = ids(file, JsonFile.read(file).root());
    var whole =
        List.of("<s>", "<pad>", "</s>", "<unk>", "<mask>").stream()
            .map(content -> new WholeToken(content, content.equals("<mask>"), false))
            .toList();
    var template = TokenTemplate.roberta("<s>", "</s>");
    return tokenizer(file, ids, merges(directory.resolve(MERGES)), whole, template, false);
  }

  private BytePairTokenizer tokenizer(
      Path file,
      Map<String, Integer> ids,
      List<BytePairs.Pair> merges,
      List<WholeToken> whole,
      TokenTemplate template,
      boolean spaceFirst) {
    Stream.concat(template.single().stream(), template.pair().stream())
        .forEach(
            part -> {
              if (part instanceof TokenTemplate.Special(var piece, _)) {
                named(file, ids, piece, piece);
              }
            });
    ModelFileException.check(
        template.single().stream()
            .noneMatch(
                part ->
                    part instanceof TokenTemplate.Text(var source, _)
                        && source == Token.Source.SECOND),
        "%s puts a second text where there is only one; give a tokenizer whose template for one"
            + " text has one",
        file);
    var names =
        new BytePairTokenizer.Names(
            named(file, ids, "<pad>", "[PAD]"),
            named(file, ids, "<unk>", "[UNK]"),
            named(file, ids, "<mask>", "[MASK]"));
    return new BytePairTokenizer(
        ids, new BytePairs(merges), whole, template, names, spaceFirst, maximalLength);
  }

  private static String named(Path file, Map<String, Integer> ids, String usual, String otherwise) {
    if (ids.containsKey(usual) || ids.containsKey(otherwise)) {
      return ids.containsKey(usual) ? usual : otherwise;
    }
    throw new ModelFileException(
        "%s: the vocabulary of %d pieces has no %s; give the tokenizer of an encoder, as RoBERTa is."
            .formatted(file, ids.size(), usual));
  }

  private static void demand(JsonFile json, boolean condition, String reason) {
    if (!condition) {
      throw new ModelFileException(
          "%s: %s, which RoBERTa's tokenizer doesn't; give a model with RoBERTa's or BERT's tokenizer."
              .formatted(json.file(), reason));
    }
  }

  private static ModelFileException damaged(Path file) {
    return new ModelFileException("%s is damaged; download it again.".formatted(file));
  }

  private static int checkedId(Path file, int id) {
    if (id < 0 || id >= MOST_PIECES) {
      throw damaged(file);
    }
    return id;
  }

  private static Map<String, Integer> ids(Path file, JsonNode vocabulary) {
    if (!vocabulary.isObject() || vocabulary.isEmpty() || vocabulary.size() > MOST_PIECES) {
      throw new ModelFileException(file + " holds no vocabulary; download it again.");
    }
    var ids = new HashMap<String, Integer>();
    for (var entry : vocabulary.properties()) {
      if (!entry.getValue().canConvertToInt()) {
        throw damaged(file);
      }
      ids.put(entry.getKey(), checkedId(file, entry.getValue().intValue()));
    }
    return ids;
  }

  /** Pairs are written with a space between them, or as lists of two. */
  private static List<BytePairs.Pair> merges(Path file, JsonNode list) {
    var pairs = new ArrayList<BytePairs.Pair>();
    for (var merge : list) {
      pairs.add(
          merge.isTextual()
              ? pair(file, merge.textValue())
              : new BytePairs.Pair(merge.path(0).asText(), merge.path(1).asText()));
    }
    return pairs;
  }

  private static List<BytePairs.Pair> merges(Path file) {
    ModelFileException.check(Files.isRegularFile(file), "There is no %s; put it there", file);
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
          .filter(line -> !line.isBlank() && !line.startsWith("#version"))
          .map(line -> pair(file, line))
          .toList();
    } catch (IOException e) {
      throw new ModelFileException(
          "%s can't be read (%s); check its permissions.".formatted(file, e.getMessage()), e);
    }
  }

  private static BytePairs.Pair pair(Path file, String text) {
    var space = text.indexOf(' ');
    if (space < 1 || space == text.length() - 1) {
      throw damaged(file);
    }
    return new BytePairs.Pair(text.substring(0, space), text.substring(space + 1));
  }

  private static TokenTemplate template(JsonFile json, JsonNode processor) {
    var type = processor.path("type").asText("nothing");
    var begin = processor.path("cls").path(0).asText();
    var end = processor.path("sep").path(0).asText();
    return switch (type) {
      case "RobertaProcessing" -> TokenTemplate.roberta(begin, end);
      case "BertProcessing" -> TokenTemplate.bert(begin, end);
      case "TemplateProcessing" ->
          new TokenTemplate(parts(json, processor, "single"), parts(json, processor, "pair"));
      default ->
          throw new ModelFileException(
              "%s: it puts %s around texts, where an encoder's special tokens stand; give a model with RoBERTa's or BERT's tokenizer."
                  .formatted(json.file(), type));
    };
  }

  private static List<Part> parts(JsonFile json, JsonNode processor, String name) {
    var parts = new ArrayList<Part>();
    for (var part : processor.path(name)) {
      var special = Optional.ofNullable(part.get("SpecialToken"));
      var text = part.path("Sequence");
      var source = text.path("id").asText().equals("B") ? Token.Source.SECOND : Token.Source.FIRST;
      parts.add(
          special
              .<Part>map(
                  token ->
                      new TokenTemplate.Special(
                          token.path("id").asText(), token.path("type_id").asInt()))
              .orElseGet(() -> new TokenTemplate.Text(source, text.path("type_id").asInt())));
    }
    demand(
        json,
        parts.size() > 1 && parts.getFirst() instanceof TokenTemplate.Special,
        "it puts no token before texts");
    return parts;
  }
}
