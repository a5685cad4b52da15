package org.pellucid.models.bert.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exact match and F1 as SQuAD's evaluation script counts them; figures worked out by hand. */
class AnswerMetricsTests {
  @ParameterizedTest
  @CsvSource({
    "The cat!, cat, true, 1",
    "'  An  apple\ta day', apple day, true, 1",
    "'$1,856.', 1856, true, 1",
    "theatre, the atre, false, 0",
    "Denver Broncos, The Denver Broncos won, false, 0.8",
    "the the the, cat, false, 0",
    "cat cat, cat, false, 0.666666666667",
    "well-known, wellknown, true, 1",
    "小明, 小明。, true, 1",
    "小明和, 小明, false, 0.8",
    "「東京」, 東京, true, 1",
    "トヨタは, トヨタ, false, 0.857142857143",
    "iPhone手機, iphone 手 機, true, 1",
    "1990年, 1990, false, 0.666666666667",
  })
  void comparesWithOneAnswer(String answer, String reference, boolean isExact, double f1) {
    assertThat(AnswerMetrics.isExact(answer, List.of(reference))).isEqualTo(isExact);
    assertThat(AnswerMetrics.f1(answer, List.of(reference))).isCloseTo(f1, within(1e-9));
  }

  @Test
  void takesTheBestOfSeveralAnswers() {
    var references = List.of("in 1856", "1856", "the");
    assertThat(AnswerMetrics.isExact("1856", references)).isTrue();
    assertThat(AnswerMetrics.f1("July 1856", references)).isCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void anEmptyAnswerAgreesWithNoAnswer() {
    assertThat(AnswerMetrics.isExact("", List.of())).isTrue();
    assertThat(AnswerMetrics.f1("", List.of())).isEqualTo(1);
    assertThat(AnswerMetrics.isExact("cats", List.of())).isFalse();
    assertThat(AnswerMetrics.f1("cats", List.of())).isZero();
    assertThat(AnswerMetrics.f1("", List.of("cats"))).isZero();
  }

  @Test
  void averagesOverQuestions() {
    var tally = new AnswerTally();
    assertThat(tally.figures().exactMatch()).isNaN();
    tally.add("The cat", List.of("cat"));
    tally.add("Denver Broncos", List.of("Denver Broncos won"));
    tally.add("x", List.of("y"));
    tally.add("", List.of());
    assertThat(tally.figures()).isEqualTo(new AnswerTally.Figures(4, 50, 70));
  }
}
