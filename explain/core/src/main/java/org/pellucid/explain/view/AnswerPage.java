package org.pellucid.explain.view;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pellucid.explain.text.ExplainedAnswer;
import org.pellucid.models.bert.Token;

/**
 * A question's answers in their context, and the words that made the best one.
 *
 * @param model the model's name
 * @param question its words and what stands between them
 * @param context its words and what stands between them
 * @param answers best first
 * @param none the probability that the context holds no answer, where that was asked; else negative
 * @param delta how far the attributions miss the difference of scores that they share out
 * @param difference of the answer's score between the text and the baseline
 * @param notes sentences on what the reader should know
 */
public record AnswerPage(
    String title,
    String model,
    List<Piece> question,
    List<Piece> context,
    List<Span> answers,
    double none,
    double delta,
    double difference,
    List<String> notes)
    implements Page {
  /** How many answers are looked for unless told otherwise. */
  public static final int USUAL_ANSWERS = 3;

  /**
   * A part of a text.
   *
   * @param start its first UTF-16 index
   * @param isWord whether it has an attribution
   * @param value the attribution; 0 for what isn't a word that the model read
   */
  public record Piece(String text, int start, boolean isWord, double value) {}

  /** An answer's place in the context, in UTF-16 units, and its probability. */
  public record Span(String text, int start, int end, double score, double probability) {}

  /** The answer as it was explained. */
  public static AnswerPage of(String title, String model, ExplainedAnswer explained) {
    var answered = explained.answered();
    var windows = answered.windows();
    return new AnswerPage(
        title,
        model,
        pieces(windows.question(), explained, Token.Source.FIRST),
        pieces(windows.context(), explained, Token.Source.SECOND),
        answered.answers().stream()
            .map(a -> new Span(a.text(), a.start(), a.end(), a.score(), a.probability()))
            .toList(),
        answered.none().map(none -> none.probability()).orElse(-1.0),
        explained.delta(),
        explained.difference(),
        notes(explained));
  }

  private static List<String> notes(ExplainedAnswer explained) {
    var answered = explained.answered();
    var read = answered.read().size();
    var cut =
        answered.windows().isQuestionCut()
            ? "The question is too long for the model; its end was left out."
            : "";
    var windows =
        read > 1
            ? ("The context was read in %d windows; the attributions are those of window %d, which"
                    + " scored the best answer.")
                .formatted(read, answered.best().window() + 1)
            : "";
    var none =
        answered.isUnanswered()
            ? "The model finds it likelier that the context holds no answer."
            : "";
    return Stream.of(none, cut, windows).filter(note -> !note.isEmpty()).toList();
  }

  private static List<Piece> pieces(String text, ExplainedAnswer explained, Token.Source source) {
    var pieces = new ArrayList<Piece>();
    var at = 0;
    for (var word : explained.words()) {
      // A letter that normalisation took apart may belong to two words.
      if (word.source() != source || word.end() <= at) {
        continue;
      }
      var start = Math.max(at, word.start());
      if (start > at) {
        pieces.add(new Piece(text.substring(at, start), at, false, 0));
      }
      pieces.add(new Piece(text.substring(start, word.end()), start, true, word.attribution()));
      at = word.end();
    }
    if (at < text.length()) {
      pieces.add(new Piece(text.substring(at), at, false, 0));
    }
    return pieces;
  }

  @Override
  public List<String> scripts() {
    return List.of("answer.js");
  }

  @Override
  public List<String> styles() {
    return List.of("answer.css");
  }
}
