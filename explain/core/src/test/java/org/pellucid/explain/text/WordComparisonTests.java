package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.text.ComparedWord.Span;
import org.pellucid.explain.text.ComparedWord.Spans;
import org.pellucid.explain.text.ComparedWord.Vector;
import org.pellucid.explain.text.ComparedWord.Word;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.models.bert.BertModel;

/** Words, spans and groups of sentences compared by a tiny BERT. */
class WordComparisonTests {
  private static final List<String> SENTENCES =
      List.of("The cat eats.", "", "A dog saw a cat.", "A dog eats.", "The cats saw who?");

  private final BertModel model = TinyBert.model();
  private final TextExplanations explanations =
      new TextExplanations(Engine.standard(), model, TinyBert.tokenizer());

  @TempDir Path directory;

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void namesASentenceWithoutTheWordAndComparesTheOthers() {
    var found = explanations.distances("cat", SENTENCES);
    assertThat(found.rows()).containsExactly(0, 2);
    assertThat(found.failures())
        .extracting(WordDistances.Failure::text)
        .containsExactly(
            "line 4: The sentence “A dog eats.” doesn't contain the word cat.",
            "line 5: The sentence “The cats saw who?” doesn't contain the word cat.");
    assertThat(found.cosine()[1][0][2]).isFinite().isEqualTo(found.cosine()[1][2][0]);
    assertThat(found.cosine()[1][0][3]).isNaN();
    assertThat(found.dot()[1][0][2])
        .isCloseTo(
            found.cosine()[1][0][2] * Math.sqrt(found.dot()[1][0][0] * found.dot()[1][2][2]),
            within(1e-12));
  }

  @Test
  void namesASentenceThatIsTooLong() {
    var tooLong = "the cat " + "saw a dog ".repeat(20);
    var found = explanations.distances("cat", List.of("The cat eats.", tooLong));
    assertThat(found.failures()).hasSize(1);
    assertThat(found.failures().getFirst().text())
        .startsWith("line 2: The text has 64 tokens, too many");
  }

  /** The span "cats" is two pieces; their mean lies between them. */
  @Test
  void takesTheMeanOfASpansTokens() {
    var sentences = List.of("The cats saw a dog.");
    var spans = List.of(Optional.of(new Span(4, 8)));
    var first = explanations.distances(new ComparedWord(new Spans(spans), Vector.FIRST), sentences);
    var mean = explanations.distances(new ComparedWord(new Spans(spans), Vector.MEAN), sentences);
    var inspection =
        TextInspection.hiddenStates(
            Engine.standard(), model, TinyBert.tokenizer().encode(sentences.getFirst()));
    assertThat(inspection.tokens().pieces().subList(2, 4)).containsExactly("cat", "##s");
    var square = 0.0;
    var alone = 0.0;
    for (var k = 0; k < inspection.hiddenSize(); k++) {
      var a = (double) inspection.vector(1, 2)[k];
      var b = (double) inspection.vector(1, 3)[k];
      square += (a + b) * (a + b) / 4;
      alone += a * a;
    }
    // The mean is rounded to single precision.
    assertThat(mean.dot()[1][0][0]).isCloseTo(square, within(1e-6 * square));
    assertThat(first.dot()[1][0][0]).isCloseTo(alone, within(1e-12 * alone));
    var word = explanations.distances(new ComparedWord(new Word("cats"), Vector.MEAN), sentences);
    assertThat(word.dot()[1][0][0]).isEqualTo(mean.dot()[1][0][0]);
    assertThat(word.spans()).containsExactly(new Span(4, 8));
  }

  @Test
  void refusesSpansThatAreNotThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Span(3, 3))
        .withMessage("The span 3-3 is empty or begins before 0.");
    var spans =
        new ComparedWord(
            new Spans(List.of(Optional.of(new Span(0, 3)), Optional.of(new Span(9, 99)))),
            Vector.FIRST);
    var found = explanations.distances(spans, List.of("The cat eats.", "A dog."));
    assertThat(found.failures().getFirst().text())
        .isEqualTo(
            "line 2: The span 9-99 ends after the sentence “A dog.”, which has 6 characters.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> explanations.distances(spans, List.of("The cat eats.")))
        .withMessage("There are 2 spans for 1 sentences; give one a line.");
  }

  @Test
  void meansAreOfAllPairsWithinAndBetween() throws Exception {
    var sentences = List.of("The cat eats.", "A cat.", "Who saw the cat?", "A dog saw a cat.");
    var found = explanations.distances("cat", sentences);
    var labels = List.of("x", "y", "x", "y");
    var compared = WordComparison.of(found, Optional.of(labels), 2);
    var cosine = found.cosine()[1];
    var means = compared.means().get(Metric.COSINE);
    assertThat(means.within()[0][1]).isEqualTo(cosine[0][2]);
    assertThat(means.within()[1][1]).isEqualTo(cosine[1][3]);
    assertThat(means.allWithin()[1]).isCloseTo((cosine[0][2] + cosine[1][3]) / 2, within(1e-15));
    assertThat(means.between()[1])
        .isCloseTo((cosine[0][1] + cosine[0][3] + cosine[2][1] + cosine[2][3]) / 4, within(1e-15));
    compared.save(directory, Metric.DOT);
    var json = new JsonMapper().readTree(Files.readString(directory.resolve("distances.json")));
    assertThat(json.at("/groups").toString()).isEqualTo("[\"x\",\"y\"]");
    assertThat(json.at("/group").toString()).isEqualTo("[0,1,0,1]");
    assertThat(json.at("/means/cosine/between/1").doubleValue()).isEqualTo(means.between()[1]);
    assertThat(json.at("/metric").textValue()).isEqualTo("dot");
  }

  @Test
  void aGroupOfOneHasNoPairs() {
    var found = explanations.distances("cat", List.of("The cat eats.", "A cat."));
    var compared = WordComparison.of(found, Optional.of(List.of("x", "y")), 1);
    assertThat(compared.means().get(Metric.COSINE).within()[0]).isEmpty();
    assertThat(compared.means().get(Metric.COSINE).between()).hasSize(3);
    var one =
        WordComparison.of(explanations.distances("cat", List.of("A cat.")), Optional.empty(), 1);
    assertThat(one.groups().names()).containsExactly("A");
    assertThat(one.means().get(Metric.DOT).between()).isEmpty();
  }

  @Test
  void refusesAnotherNumberOfLabelsAndLayersThatDoNotExist() {
    var found = explanations.distances("cat", List.of("The cat eats.", "A cat."));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WordComparison.of(found, Optional.of(List.of("x")), 1))
        .withMessage("There are 1 groups for 2 sentences; give one for each line.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WordComparison.of(found, Optional.empty(), 3))
        .withMessage("The layer is 3, but this model's layers are 0..2.");
  }
}
