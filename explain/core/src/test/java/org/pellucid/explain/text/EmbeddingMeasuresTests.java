package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.explain.text.EmbeddingMeasure.Kind;

/** Measures of tables that are made so that each has a plain answer. */
class EmbeddingMeasuresTests {
  private final List<String> pieces;
  private final EmbeddingMeasures measures;

  EmbeddingMeasuresTests() {
    var tokens = TinyBert.tokenizer().encode("Who saw?", "The cat saw a dog. Apple the who eats.");
    pieces = tokens.pieces();
    measures = new EmbeddingMeasures(tokens, TokenRoles.of(tokens, "Apple the"));
  }

  private interface Entry {
    double of(int i, int j);
  }

  private double[][] table(Entry entry) {
    var size = pieces.size();
    var table = new double[size][size];
    for (var i = 0; i < size; i++) {
      for (var j = 0; j < size; j++) {
        table[i][j] = i == j ? 1 : entry.of(i, j);
      }
    }
    return table;
  }

  @Test
  void equalWordsStandOut() {
    var same = table((i, j) -> pieces.get(i).equals(pieces.get(j)) ? 1 : 0);
    var other = table((i, j) -> pieces.get(i).equals(pieces.get(j)) ? 0 : 1);
    assertThat(measures.of(same, same)[Kind.SAME_WORDS.ordinal()]).isPositive();
    assertThat(measures.of(other, other)[Kind.SAME_WORDS.ordinal()]).isNegative();
  }

  @Test
  void nearWordsStandOut() {
    var near = table((i, j) -> Math.abs(i - j) <= 3 ? 1 : 0);
    assertThat(measures.of(near, near)[Kind.NEAR_WORDS.ordinal()]).isGreaterThan(1);
  }

  /** The answer is two apart from all others, which are one apart. */
  @Test
  void theAnswerIsTwiceAsFar() {
    var answer = List.of(pieces.lastIndexOf("apple"), pieces.lastIndexOf("apple") + 1);
    var table = table((i, j) -> answer.contains(i) || answer.contains(j) ? 2 : 1);
    assertThat(measures.of(table, table)[Kind.ANSWER_APART.ordinal()]).isCloseTo(2, within(1e-12));
  }

  @Test
  void leavesOutWhatTheTextHasNoPairsFor() {
    var tokens = TinyBert.tokenizer().encode("Who saw?", "The cat.");
    var without = new EmbeddingMeasures(tokens, TokenRoles.of(tokens, ""));
    var size = tokens.size();
    var layer = new double[size][size];
    for (var i = 0; i < size; i++) {
      for (var j = 0; j < size; j++) {
        layer[i][j] = Math.abs(i - j) / 10.0;
      }
    }
    assertThat(EmbeddingMeasures.collected(List.of(without.of(layer, layer))))
        .extracting(EmbeddingMeasure::kind)
        .doesNotContain(Kind.SAME_WORDS, Kind.QUESTION_MATCH, Kind.ANSWER_APART);
  }

  @Test
  void tellsWhereACurveIsHigh() {
    var found = EmbeddingMeasure.of(Kind.NEAR_WORDS, 0, 1, 9, 10, 8, 7, 9);
    assertThat(found.strongest()).isEqualTo(3);
    assertThat(found.from()).isEqualTo(2);
    assertThat(found.to()).isEqualTo(4);
  }
}
