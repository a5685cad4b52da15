package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.models.Goldens;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.models.zoo.LocalVocabularies;

/** Tokens of real vocabularies against those of the reference implementation. */
class WordPieceReferenceTests {
  @ParameterizedTest
  @CsvSource({
    "cased, BERT_BASE_CASED",
    "uncased, BERT_BASE_UNCASED",
    "multi-cased, BERT_BASE_MULTILINGUAL_CASED"
  })
  void equalsTheReference(String name, KnownModel model) throws IOException {
    var file = Goldens.file("goldens/bert/tokenizer.json");
    var pieces = LocalVocabularies.find(model);
    assumeTrue(pieces.isPresent(), model.modelName() + " has not been downloaded on this machine");
    var rules = name.equals("uncased") ? NormalizerOptions.uncased() : NormalizerOptions.cased();
    var tokenizer = new WordPieceTokenizer(new Vocabulary(pieces.get()), rules, 512);

    var cases = new ObjectMapper().readTree(file.toFile()).get("models").get(name);
    assertThat(tokenizer.vocabulary().size()).isEqualTo(cases.get("vocab_size").intValue());
    assertThat(cases.get("texts")).hasSize(58);
    for (var expected : cases.get("texts")) {
      var tokens = tokenizer.encode(expected.get("text").textValue());
      check(tokens, expected);
    }
    assertThat(cases.get("pairs")).hasSize(3);
    for (var expected : cases.get("pairs")) {
      var tokens = tokenizer.encode(expected.get("a").textValue(), expected.get("b").textValue());
      check(tokens, expected);
      assertThat(tokens.segmentIds()).containsExactly(integers(expected.get("token_type_ids")));
    }
  }

  private static void check(Tokens tokens, JsonNode expected) {
    assertThat(tokens.pieces())
        .as(tokens.first())
        .isEqualTo(
            StreamSupport.stream(expected.get("tokens").spliterator(), false)
                .map(JsonNode::textValue)
                .toList());
    assertThat(tokens.ids()).as(tokens.first()).containsExactly(integers(expected.get("ids")));
    int last = 0;
    for (var token : tokens.list()) {
      if (token.source() == Token.Source.FIRST) {
        assertThat(token.start()).as(tokens.first()).isGreaterThanOrEqualTo(last);
        assertThat(token.end()).as(tokens.first()).isGreaterThan(token.start());
        last = token.start();
      }
    }
  }

  private static int[] integers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
  }
}
