package org.pellucid.models.bert.answer;

import java.util.List;
import java.util.Optional;

/**
 * A question with what a model finds in a context.
 *
 * @param windows the question's and the context's tokens
 * @param read the windows that the model read, in order
 * @param answers the best ones, best first; at least one
 * @param none how the model rates that the context holds no answer, where that was asked
 */
public record AnsweredQuestion(
    ContextWindows windows, List<ContextWindow> read, List<Answer> answers, Optional<None> none) {
  /** Copies the lists. */
  public AnsweredQuestion {
    read = List.copyOf(read);
    answers = List.copyOf(answers);
  }

  /**
   * "The context holds no answer".
   *
   * @param score the smallest sum of the two logits of {@code [CLS]} over all windows, since each
   *     window without the answer says so by itself
   * @param probability beside all spans, 0..1
   */
  public record None(double score, double probability) {}

  /** The likeliest span. */
  public Answer best() {
    return answers.getFirst();
  }

  /** The same with the first answers alone, at most so many as there are. */
  public AnsweredQuestion withFirst(int count) {
    var first = answers.subList(0, Math.min(count, answers.size()));
    return new AnsweredQuestion(windows, read, first, none);
  }

  /** Whether "no answer" was asked about and is likelier than the best span. */
  public boolean isUnanswered() {
    return none.filter(no -> no.score() > best().score()).isPresent();
  }

  /** The answer's text, empty if the context is said to hold none. */
  public String prediction() {
    return isUnanswered() ? "" : best().text();
  }

  /** The answer's tokens as they are written in the vocabulary. */
  public List<String> pieces(Answer answer) {
    return windows
        .contextTokens()
        .subList(answer.tokens().first(), answer.tokens().last() + 1)
        .stream()
        .map(token -> token.piece())
        .toList();
  }
}
