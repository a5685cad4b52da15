package org.pellucid.models.bert.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search for spans, against every pair of tokens looked at one by one. */
class SpanSearchTests {
  private static final Set<String> SPECIALS = Set.of("[CLS]", "[SEP]", "[PAD]");

  private static ContextWindows context(String text, int window, int stride) {
    return ContextWindows.of(
        Letters.tokenizer(512), "q r", text, new WindowSettings(8, window, stride, 100));
  }

  private static List<WindowLogits> random(ContextWindows context, long seed) {
    var random = new Random(seed);
    return context.all().stream()
        .map(
            window -> {
              var size = window.tokens().size();
              var starts = new float[size];
              var ends = new float[size];
              for (var i = 0; i < size; i++) {
                starts[i] = (float) (3 * random.nextGaussian());
                ends[i] = (float) (3 * random.nextGaussian());
              }
              return new WindowLogits(window, starts, ends);
            })
        .toList();
  }

  private static AnsweredQuestion search(
      ContextWindows context, List<WindowLogits> logits, AnswerSettings settings) {
    return new SpanSearch(logits, context, SPECIALS, settings).answers();
  }

  /** A span and its score in the window with most context around it. */
  private record Scored(TokenSpan span, double score) {}

  private static List<Scored> allPairs(
      ContextWindows context, List<WindowLogits> logits, int longest) {
    var all = new ArrayList<Scored>();
    var tokens = context.contextTokens();
    for (var first = 0; first < tokens.size(); first++) {
      for (var last = 0; last < tokens.size(); last++) {
        if (last < first
            || last - first + 1 > longest
            || tokens.subList(first, last + 1).stream()
                .anyMatch(token -> SPECIALS.contains(token.piece()))) {
          continue;
        }
        var most = -1;
        var score = 0.0;
        for (var window : logits) {
          var left = first - window.window().first();
          var right = window.window().first() + window.window().count() - 1 - last;
          if (left >= 0 && right >= 0 && Math.min(left, right) > most) {
            most = Math.min(left, right);
            var position = window.window().position() + left;
            score = (double) window.starts()[position] + window.ends()[position + last - first];
          }
        }
        if (most >= 0) {
          all.add(new Scored(new TokenSpan(first, last), score));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "10, 4, 5",
    "10, 10, 30",
    "7, 1, 3",
    "4, 3, 4",
    "50, 20, 6",
    "1, 1, 1",
    "3, 2, 10",
  })
  void findsWhatAllPairsGive(int window, int stride, int longest) {
    var context = context("abc de f gh [SEP] ijkl m n [CLS] op qrstuv w x y z", window, stride);
    for (var seed = 0; seed < 10; seed++) {
      var logits = random(context, seed);
      var expected = allPairs(context, logits, longest);
      var none = logits.stream().mapToDouble(WindowLogits::none).min().orElseThrow();
      var sum =
          Math.exp(none) + expected.stream().mapToDouble(pair -> Math.exp(pair.score())).sum();
      var settings = new AnswerSettings(WindowSettings.squad(), longest, 1000, false, true);
      var found = search(context, logits, settings);
      assertThat(found.answers()).hasSameSizeAs(expected);
      expected.sort(Comparator.comparingDouble(pair -> -pair.score()));
      for (var i = 0; i < expected.size(); i++) {
        var answer = found.answers().get(i);
        assertThat(answer.score()).isEqualTo(expected.get(i).score());
        assertThat(answer.tokens()).isEqualTo(expected.get(i).span());
        assertThat(answer.probability())
            .isCloseTo(Math.exp(expected.get(i).score()) / sum, within(1e-12));
      }
      assertThat(found.none().orElseThrow().score()).isEqualTo(none);
      assertThat(found.none().orElseThrow().probability())
          .isCloseTo(Math.exp(none) / sum, within(1e-12));
      assertThat(found.isUnanswered()).isEqualTo(none > expected.getFirst().score());
    }
  }

  /** With one window and nothing excluded, probabilities sum to 1. */
  @Test
  void sharesOneAmongAllSpans() {
    var context = context("abc de f gh", 50, 50);
    var settings = new AnswerSettings(WindowSettings.squad(), 8, 1000, false, false);
    var found = search(context, random(context, 1), settings);
    assertThat(found.answers()).hasSize(8 * 9 / 2);
    assertThat(found.answers().stream().mapToDouble(Answer::probability).sum())
        .isCloseTo(1, within(1e-12));
    assertThat(found.none()).isEmpty();
  }

  /** The best of what is left, again and again, without overlaps and repeated texts. */
  @Test
  void leavesOutNearDuplicates() {
    var context = context("a b c a b c a b c d e f", 8, 3);
    for (var seed = 0; seed < 10; seed++) {
      var logits = random(context, seed);
      var expected = allPairs(context, logits, 4);
      expected.sort(Comparator.comparingDouble(pair -> -pair.score()));
      var taken = new ArrayList<TokenSpan>();
      var texts = new ArrayList<List<String>>();
      for (var pair : expected) {
        var words =
            context.contextTokens().subList(pair.span().first(), pair.span().last() + 1).stream()
                .map(token -> token.piece())
                .filter(piece -> !piece.equals("a"))
                .toList();
        if (taken.stream().noneMatch(pair.span()::overlaps) && !texts.contains(words)) {
          taken.add(pair.span());
          texts.add(words);
        }
      }
      var settings = new AnswerSettings(WindowSettings.squad(), 4, 1000, true, false);
      assertThat(search(context, logits, settings).answers())
          .extracting(Answer::tokens)
          .containsExactlyElementsOf(taken);
    }
  }

  /** Equal scores: the earliest and shortest, whatever the number of answers. */
  @Test
  void ordersEqualScoresByPlace() {
    var context = context("a b c", 50, 50);
    var size = context.all().getFirst().tokens().size();
    var flat = new WindowLogits(context.all().getFirst(), new float[size], new float[size]);
    var settings = new AnswerSettings(WindowSettings.squad(), 2, 4, false, false);
    assertThat(search(context, List.of(flat), settings).answers())
        .extracting(Answer::text)
        .containsExactly("a", "a b", "b", "b c");
  }

  /** What stands between the places is kept as it was typed, unknown letters too. */
  @Test
  void cutsTheAnswerFromTheText() {
    var text = "x  \t😀家 é\u200F ab";
    var context = context(text, 50, 50);
    var tokens = context.contextTokens();
    var settings = new AnswerSettings(WindowSettings.squad(), tokens.size(), 1000, false, false);
    var found = search(context, random(context, 0), settings);
    assertThat(found.answers()).hasSize(tokens.size() * (tokens.size() + 1) / 2);
    for (var answer : found.answers()) {
      assertThat(answer.text()).isEqualTo(text.substring(answer.start(), answer.end()));
      assertThat(answer.start()).isEqualTo(tokens.get(answer.tokens().first()).start());
      assertThat(answer.end()).isEqualTo(tokens.get(answer.tokens().last()).end());
    }
    assertThat(found.answers()).extracting(Answer::text).contains(text, "😀", "家", "😀家 é");
  }

  @Test
  void takesTheWindowWithMostContext() {
    var context = context(String.join(" ", Collections.nCopies(12, "x")), 8, 4);
    var logits = random(context, 3);
    var settings = new AnswerSettings(WindowSettings.squad(), 1, 12, false, false);
    var byToken = new int[12];
    search(context, logits, settings)
        .answers()
        .forEach(answer -> byToken[answer.tokens().first()] = answer.window());
    assertThat(byToken).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1);
    assertThat(IntStream.of(byToken).distinct().count()).isEqualTo(context.all().size());
  }
}
