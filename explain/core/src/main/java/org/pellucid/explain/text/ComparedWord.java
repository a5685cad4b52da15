package org.pellucid.explain.text;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;

/**
 * What is compared across sentences, and which of its tokens give its vector.
 *
 * @param place where it stands in a sentence
 * @param vector which tokens give the vector
 */
public record ComparedWord(Place place, Vector vector) {
  /** Of longer sentences only the beginning is quoted. */
  private static final int QUOTED = 60;

  /** Where the word stands in a sentence. */
  public sealed interface Place {}

  /** The first occurrence of a word, several words, or a Chinese character. */
  public record Word(String word) implements Place {}

  /**
   * A span for each sentence; none for blank ones.
   *
   * @param spans one entry a sentence
   */
  public record Spans(List<Optional<Span>> spans) implements Place {
    /** Copies the list. */
    public Spans {
      spans = List.copyOf(spans);
    }
  }

  /**
   * A part of a sentence.
   *
   * @param start first UTF-16 index, from 0
   * @param end UTF-16 index after the last one
   */
  public record Span(int start, int end) {
    /**
     * Checks the order.
     *
     * @throws IllegalArgumentException if it is empty or begins before 0
     */
    public Span {
      check(start >= 0 && end > start, "The span %d-%d is empty or begins before 0", start, end);
    }
  }

  /** Which of several tokens give the vector. */
  public enum Vector {
    /** The first one. */
    FIRST,
    /** The mean of all. */
    MEAN
  }

  /** The first token of a word. */
  public static ComparedWord first(String word) {
    return new ComparedWord(new Word(word), Vector.FIRST);
  }

  /** The word as people read it; empty for spans, which may differ. */
  public String text() {
    return switch (place) {
      case Word(var word) -> word;
      case Spans _ -> "";
    };
  }

  /**
   * The span in one sentence.
   *
   * @param index the sentence's number, from 0
   * @throws IllegalArgumentException if it has none
   */
  Span spanIn(Tokens tokens, int index) {
    return switch (place) {
      case Word(var word) -> {
        var first = tokens.firstTokenOf(word);
        check(
            first.isPresent(),
            "The sentence “%s” doesn't contain the word %s",
            shortened(tokens.first()),
            word);
        var start = tokens.list().get(first.getAsInt()).start();
        yield new Span(start, start + word.length());
      }
      case Spans(var spans) -> {
        check(
            spans.get(index).isPresent(),
            "The sentence “%s” has no span",
            shortened(tokens.first()));
        var span = spans.get(index).orElseThrow();
        check(
            span.end() <= tokens.first().length(),
            "The span %d-%d ends after the sentence “%s”, which has %d characters",
            span.start(),
            span.end(),
            shortened(tokens.first()),
            tokens.first().length());
        yield span;
      }
    };
  }

  /**
   * The positions of the tokens that give the vector.
   *
   * @throws IllegalArgumentException if the span covers no token
   */
  int[] positions(Tokens tokens, Span span) {
    var all =
        IntStream.range(0, tokens.size())
            .filter(i -> covers(tokens.list().get(i), span))
            .limit(vector == Vector.FIRST ? 1 : Long.MAX_VALUE)
            .toArray();
    check(
        all.length > 0,
        "The span %d-%d of the sentence “%s” holds no token",
        span.start(),
        span.end(),
        shortened(tokens.first()));
    return all;
  }

  private static String shortened(String sentence) {
    var points = sentence.codePoints().limit(QUOTED + 1L).toArray();
    return points.length <= QUOTED ? sentence : new String(points, 0, QUOTED) + "…";
  }

  private static boolean covers(Token token, Span span) {
    return token.source() == Token.Source.FIRST
        && token.start() < span.end()
        && token.end() > span.start();
  }
}
