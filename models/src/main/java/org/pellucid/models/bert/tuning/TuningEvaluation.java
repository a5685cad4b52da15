package org.pellucid.models.bert.tuning;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.Engine;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.bert.answer.AnswerSettings;
import org.pellucid.models.bert.answer.AnswerTally;
import org.pellucid.models.bert.answer.QuestionAnswering;
import org.pellucid.models.bert.answer.QuestionExample;
import org.pellucid.models.bert.answer.WindowSettings;

/**
 * Exact match and F1 of a model in training on questions that it doesn't learn. That a context
 * holds no answer is possible where one of them has none.
 */
public final class TuningEvaluation {
  private final WordPieceTokenizer tokenizer;
  private final List<QuestionExample> questions;
  private final AnswerSettings settings;

  /**
   * What a training has reached.
   *
   * @param step that came before, from 1; 0 before the first
   */
  public record Result(long step, AnswerTally.Figures figures) {}

  /**
   * An evaluation.
   *
   * @param questions of which those are left out whose answers nobody knows
   * @param windows how contexts are cut
   * @throws IllegalArgumentException if no question is left
   */
  public TuningEvaluation(
      WordPieceTokenizer tokenizer, List<QuestionExample> questions, WindowSettings windows) {
    this.tokenizer = tokenizer;
    this.questions = questions.stream().filter(QuestionExample::isLabelled).toList();
    check(!this.questions.isEmpty(), "There is no question with a known answer to evaluate by");
    var mayBeNone = this.questions.stream().anyMatch(question -> question.answers().isEmpty());
    var standard = AnswerSettings.standard();
    settings =
        new AnswerSettings(
            windows, standard.longest(), standard.best(), standard.distinct(), mayBeNone);
  }

  /** The number of questions. */
  public int size() {
    return questions.size();
  }

  /**
   * Evaluates a training as it is now.
   *
   * @throws IllegalArgumentException if a question or its context has no letters; it is named
   */
  Result of(Engine engine, TuningRun run) {
    var training = run.training();
    var positions = training.model().config().maximalPositions();
    var answering = new QuestionAnswering(engine, training.answers(), positions, tokenizer);
    var tally = new AnswerTally();
    for (var question : questions) {
      tally.add(answer(answering, question), question.answerTexts());
    }
    return new Result(run.stepsTaken(), tally.figures());
  }

  private String answer(QuestionAnswering answering, QuestionExample question) {
    try {
      return answering.answer(question.question(), question.context(), settings).prediction();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The question %s can't be answered: %s".formatted(question.id(), e.getMessage()), e);
    }
  }
}
