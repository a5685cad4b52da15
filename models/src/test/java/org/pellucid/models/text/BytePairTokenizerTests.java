package org.pellucid.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.Token;
import org.pellucid.testing.TinyGraph;

/**
 * Byte-level pairs beside what Hugging Face's library tokenizers 0.21 (in DJL 0.36) makes of the
 * same file, which is in the resources: texts with ids and offsets in code points.
 */
class BytePairTokenizerTests {
  private static final JsonMapper MAPPER = new JsonMapper();

  @TempDir Path directory;

  private static String resource(String name) throws IOException {
    try (var in = BytePairTokenizerTests.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static ObjectNode file() throws IOException {
    return (ObjectNode) MAPPER.readTree(resource("byte-pairs.json"));
  }

  private BytePairTokenizer tokenizer(int maximalLength) throws IOException {
    Files.writeString(directory.resolve("tokenizer.json"), resource("byte-pairs.json"));
    return new BytePairFiles(directory, maximalLength).read();
  }

  private void checkRefused(Consumer<ObjectNode> change, String message) throws IOException {
    var file = file();
    change.accept(file);
    Files.writeString(directory.resolve("tokenizer.json"), MAPPER.writeValueAsString(file));
    assertThatThrownBy(() -> new BytePairFiles(directory, 512).read())
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void equalsTheReference() throws IOException {
    var tokenizer = tokenizer(512);
    var compared = 0;
    for (var line : resource("byte-pairs-expected.jsonl").strip().split("\n")) {
      var expected = MAPPER.readTree(line);
      var text = expected.path("text").textValue();
      var tokens = tokenizer.encode(text);
      assertThat(tokens.ids()).as(text).isEqualTo(numbers(expected.path("ids")));
      for (var i = 0; i < tokens.size(); i++) {
        var span = expected.path("offsets").get(i);
        var token = tokens.list().get(i);
        // The reference gives white space no place, where a page has to show it.
        if (!span.isEmpty() && !tokens.covered(i).isBlank() && !isSpace(tokens.covered(i))) {
          assertThat(
                  List.of(
                      text.codePointCount(0, token.start()), text.codePointCount(0, token.end())))
              .as("%s in %s", token.piece(), text)
              .isEqualTo(List.of(span.get(0).intValue(), span.get(1).intValue()));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(500);
  }

  private static boolean isSpace(String text) {
    return text.codePoints().allMatch(letter -> Character.isSpaceChar(letter) || letter == 0x85);
  }

  private static int[] numbers(JsonNode list) {
    var numbers = new int[list.size()];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = list.get(i).intValue();
    }
    return numbers;
  }

  @Test
  void putsWordsTogetherAndTextsApart() throws IOException {
    var tokens = tokenizer(512).encode("who eats?", "the cats");
    assertThat(tokens.pieces())
        .startsWith("<s>", "w", "h")
        .containsSubsequence("?", "</s>", "</s>", "th", "e")
        .endsWith("</s>");
    assertThat(tokens.segmentIds()).containsOnly(0);
    assertThat(tokens.firstTokenOf("eats")).hasValue(4);
    var list = tokens.list();
    assertThat(list.stream().filter(token -> token.source() == Token.Source.SECOND))
        .extracting(Token::word)
        .startsWith(0)
        .endsWith(1);
    assertThat(tokens.maskedAt(1).pieces().get(1)).isEqualTo("<mask>");
  }

  @Test
  void readsAVocabularyAndItsMerges() throws IOException {
    var expected = tokenizer(512).encode("the answer <mask>, é");
    var model = file().path("model");
    Files.delete(directory.resolve("tokenizer.json"));
    Files.writeString(
        directory.resolve("vocab.json"), MAPPER.writeValueAsString(model.path("vocab")));
    var lines = new ArrayList<>(List.of("#version: 0.2"));
    model.path("merges").forEach(merge -> lines.add(merge.textValue()));
    Files.write(directory.resolve("merges.txt"), lines);
    assertThat(new BytePairFiles(directory, 512).read().encode("the answer <mask>, é"))
        .isEqualTo(expected);
  }

  @Test
  void knowsWordsAsTheyStandInATextAndWritesThemWithoutTheirSpace() throws IOException {
    var tokenizer = tokenizer(512);
    var id = tokenizer.idOf("the").orElseThrow();
    assertThat(tokenizer.decode(id)).isEqualTo("Ġthe");
    assertThat(tokenizer.spelling(id)).isEqualTo("the");
    assertThat(tokenizer.idOf("<mask>")).hasValue(tokenizer.size() - 1);
    assertThat(tokenizer.idOf("nonsense")).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.decode(tokenizer.size()));
  }

  @Test
  void splitsLongWordsAndRefusesLongTexts() throws IOException {
    assertThat(tokenizer(200_000).encode("the".repeat(30_000)).size()).isEqualTo(60_002);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokenizer(12).encode("a b c d e f g h i j k"))
        .withMessage(
            "The text has 16 tokens, too many for this model's maximal length of 12; shorten the"
                + " text.");
  }

  @Test
  void belongsToAGraph() throws IOException {
    TinyGraph.write(directory, TinyGraph.Head.VOCABULARY, 511);
    Files.delete(directory.resolve("vocab.txt"));
    Files.writeString(directory.resolve("tokenizer.json"), resource("byte-pairs.json"));
    try (var model = OnnxTextModel.open(directory)) {
      var tokens = model.tokenizer().encode("the <mask>");
      assertThat(tokens.masks()).containsExactly(3);
      var scores = model.maskedToken(tokens, 3);
      assertThat(scores.outputs()).isEqualTo(511);
      assertThat(scores.padId()).isEqualTo(1);
      assertThat(scores.embeddings(Engine.standard(), tokens.ids())).hasSize(5 * 8);
    }
  }

  @Test
  void refusesTokenizersThatDoMore() throws IOException {
    checkRefused(
        file -> file.putObject("normalizer").put("type", "NFC"),
        "it changes texts before it splits");
    checkRefused(
        file -> file.putObject("pre_tokenizer").put("type", "Metaspace"),
        "it splits texts by Metaspace");
    checkRefused(file -> file.putNull("post_processor"), "it puts nothing around texts");
    checkRefused(
        file -> ((ObjectNode) file.path("model")).put("end_of_word_suffix", "</w>"),
        "it marks words by end_of_word_suffix");
    checkRefused(
        file -> ((ObjectNode) file.path("model")).putArray("merges").add("ab"), "is damaged");
    checkRefused(
        file -> ((ObjectNode) file.path("model").path("vocab")).put("<mask>", -1), "is damaged");
    checkRefused(
        file -> {
          ((ObjectNode) file.path("model").path("vocab")).remove("<mask>");
          file.putArray("added_tokens");
        },
        "has no <mask>");
  }
}
