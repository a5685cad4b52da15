package org.pellucid.models.bert.tuning;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.bert.answer.ContextWindow;
import org.pellucid.models.bert.answer.ContextWindows;
import org.pellucid.models.bert.answer.QuestionExample;
import org.pellucid.models.bert.answer.TokenSpan;
import org.pellucid.models.bert.answer.WindowSettings;

/** Makes examples for training from questions whose answers are known. */
public final class TuningExamples {
  private final WordPieceTokenizer tokenizer;
  private final WindowSettings settings;
  private final Windows windows;
  private final List<TuningExample> examples = new ArrayList<>();
  private long questions;
  private long unlabelled;
  private long unusable;

  /** Which windows of a long context are examples. */
  public enum Windows {
    /** All; where a window doesn't hold the answer, {@code [CLS]} is the right one. */
    ALL,
    /** One for each question, with the answer in its middle, as the homework trains. */
    ANSWER
  }

  /**
   * No examples yet.
   *
   * @param settings how contexts are cut into windows
   */
  public TuningExamples(WordPieceTokenizer tokenizer, WindowSettings settings, Windows windows) {
    this.tokenizer = tokenizer;
    this.settings = settings;
    this.windows = windows;
  }

  /**
   * Adds a question's windows. Of several answers the first one is learnt. A question whose answer
   * nobody knows is counted and left out, and so is one without letters, or whose answer has none.
   */
  public void add(QuestionExample question) {
    questions++;
    if (!question.isLabelled()) {
      unlabelled++;
      return;
    }
    var windowed = windowed(question);
    if (windowed.isEmpty()) {
      unusable++;
      return;
    }
    var context = windowed.get();
    if (question.answers().isEmpty()) {
      chosen(context, Optional.empty()).forEach(window -> add(window, Optional.empty()));
      return;
    }
    var answer = context.tokens(question.answers().getFirst());
    if (answer.isEmpty()) {
      unusable++;
      return;
    }
    chosen(context, answer).forEach(window -> add(window, window.positions(answer.get())));
  }

  /** Empty where the question or its context has no token at all. */
  private Optional<ContextWindows> windowed(QuestionExample question) {
    try {
      return Optional.of(
          ContextWindows.of(tokenizer, question.question(), question.context(), settings));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private List<ContextWindow> chosen(ContextWindows context, Optional<TokenSpan> answer) {
    return switch (windows) {
      case ALL -> context.all();
      case ANSWER -> List.of(answer.map(context::around).orElseGet(() -> context.all().getFirst()));
    };
  }

  private void add(ContextWindow window, Optional<TokenSpan> answer) {
    examples.add(
        new TuningExample(
            window.tokens().ids(),
            window.tokens().segmentIds(),
            answer.map(TokenSpan::first).orElse(0),
            answer.map(TokenSpan::last).orElse(0)));
  }

  /** The examples so far, in the order of the questions. */
  public List<TuningExample> list() {
    return List.copyOf(examples);
  }

  /** The number of questions that were added, used or not. */
  public long questions() {
    return questions;
  }

  /** The number of questions left out since nobody knows their answers. */
  public long unlabelled() {
    return unlabelled;
  }

  /** The number of questions left out since they or their answers have no letters. */
  public long unusable() {
    return unusable;
  }
}
