package org.pellucid.models.bert.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.models.bert.Token;

/** How long contexts are cut, and where answers stand in the parts. */
class ContextWindowsTests {
  private static String letters(int count) {
    return String.join(" ", Collections.nCopies(count, "x"));
  }

  private static ContextWindows windows(int question, int context, WindowSettings settings) {
    return ContextWindows.of(Letters.tokenizer(512), letters(question), letters(context), settings);
  }

  /** The first window begins at 0, each next one a stride later, and the last ends at the end. */
  @ParameterizedTest
  @CsvSource({
    "2, 10, 10, 4, 20, 0-10",
    "2, 11, 10, 4, 20, 0-10 4-11",
    "2, 30, 10, 4, 20, 0-10 4-14 8-18 12-22 16-26 20-30",
    "2, 25, 10, 10, 20, 0-10 10-20 20-25",
    "5, 25, 10, 10, 15, 0-7 7-14 14-21 21-25",
    "3, 1, 10, 4, 20, 0-1",
  })
  void cutsTheContext(
      int question, int context, int window, int stride, int input, String expected) {
    var settings = new WindowSettings(8, window, stride, input);
    var cut = windows(question, context, settings).all();
    assertThat(cut)
        .extracting(part -> part.first() + "-" + part.end())
        .containsExactly(expected.split(" "));
    for (var part : cut) {
      assertThat(part.tokens().size()).isLessThanOrEqualTo(input);
      assertThat(part.tokens().pieces().get(part.position() - 1)).isEqualTo("[SEP]");
      assertThat(part.tokens().pieces()).endsWith("[SEP]").startsWith("[CLS]");
    }
  }

  /** The homework's figures: 1 + 40 + 1 + 150 + 1 tokens. */
  @Test
  void fillsTheHomeworksWindow() {
    var windows = windows(50, 400, WindowSettings.homework());
    assertThat(windows.isQuestionCut()).isTrue();
    assertThat(windows.all())
        .extracting(ContextWindow::first, part -> part.tokens().size())
        .containsExactly(tuple(0, 193), tuple(150, 193), tuple(300, 143));
  }

  @Test
  void leavesTheContextHalfOfASmallModelsRoom() {
    var windows =
        ContextWindows.of(Letters.tokenizer(13), letters(50), letters(12), WindowSettings.squad());
    assertThat(windows.all()).extracting(ContextWindow::count).containsExactly(5, 5, 2);
  }

  @Test
  void countsSegmentsAndKeepsPlacesInTheWholeContext() {
    var context = "ab cd ef";
    var settings = new WindowSettings(4, 2, 2, 20);
    var last = ContextWindows.of(Letters.tokenizer(512), "q?", context, settings).all().getLast();
    assertThat(last.tokens().pieces())
        .containsExactly("[CLS]", "q", "?", "[SEP]", "e", "##f", "[SEP]");
    assertThat(last.tokens().segmentIds()).containsExactly(0, 0, 0, 0, 1, 1, 1);
    assertThat(last.contextToken(5))
        .returns(7, Token::start)
        .returns(8, Token::end)
        .returns(2, Token::word);
    assertThat(last.tokens().covered(5)).isEqualTo("f");
  }

  @Test
  void findsAnAnswerThatAWindowHoldsWhole() {
    var context = "ab cd ef";
    var answer = new ReferenceAnswer("cd", 3, 5);
    var windows =
        ContextWindows.of(Letters.tokenizer(512), "q", context, new WindowSettings(4, 3, 1, 20));
    var tokens = windows.tokens(answer).orElseThrow();
    assertThat(tokens).isEqualTo(new TokenSpan(2, 3));
    assertThat(windows.all().stream().map(window -> window.positions(tokens)))
        .containsExactly(
            Optional.empty(),
            Optional.of(new TokenSpan(4, 5)),
            Optional.of(new TokenSpan(3, 4)),
            Optional.empty());
  }

  /** A whole word that is one unknown token covers an answer within it. */
  @Test
  void findsAnAnswerWithinAToken() {
    var windows =
        ContextWindows.of(Letters.tokenizer(512), "q", "a 1856 b", WindowSettings.squad());
    assertThat(windows.tokens(new ReferenceAnswer("85", 3, 5))).contains(new TokenSpan(1, 1));
    assertThat(windows.tokens(new ReferenceAnswer(" ", 1, 2))).isEmpty();
  }

  /** Against every window that could be: none has the answer nearer to its middle. */
  @Test
  void putsAnAnswerIntoTheMiddle() {
    var windows = windows(1, 30, new WindowSettings(4, 9, 3, 20));
    for (var token = 0; token < 30; token++) {
      var window = windows.around(new TokenSpan(token, token));
      var found = window.first();
      var at = token;
      var best =
          IntStream.rangeClosed(0, 21)
              .boxed()
              .min(Comparator.comparingInt(first -> Math.abs(at - (first + 4))))
              .orElseThrow();
      assertThat(found).isEqualTo(best);
      assertThat(window.count()).isEqualTo(9);
    }
  }

  @Test
  void padsABatch() {
    var batch = WindowBatch.of(windows(1, 7, new WindowSettings(4, 4, 4, 20)).all(), 0);
    assertThat(batch.windows()).isEqualTo(2);
    assertThat(batch.length()).isEqualTo(8);
    assertThat(batch.isPadded()).isTrue();
    assertThat(batch.mask()).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0);
    assertThat(batch.segmentIds()).containsExactly(0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0);
    assertThat(batch.ids()[15]).isZero();
  }

  @Test
  void refusesWhatHasNoTokens() {
    var tokenizer = Letters.tokenizer(512);
    var settings = WindowSettings.squad();
    assertThatThrownBy(() -> ContextWindows.of(tokenizer, " \u200B", "x", settings))
        .hasMessageContaining("The question has no letters");
    assertThatThrownBy(() -> ContextWindows.of(tokenizer, "x", "\n", settings))
        .hasMessageContaining("The context has no letters");
  }

  @Test
  void refusesSettingsThatLeaveTokensOut() {
    assertThatThrownBy(() -> new WindowSettings(4, 10, 11, 30)).hasMessageContaining("stride");
    assertThatThrownBy(() -> new WindowSettings(4, 10, 0, 30)).hasMessageContaining("stride");
    assertThatThrownBy(() -> new WindowSettings(4, 10, 5, 4)).hasMessageContaining("no room");
    assertThatThrownBy(() -> new WindowSettings(0, 10, 5, 40)).hasMessageContaining("question");
    assertThat(List.of(WindowSettings.squad().fitting(512), WindowSettings.squad()))
        .containsOnly(WindowSettings.squad());
  }
}
