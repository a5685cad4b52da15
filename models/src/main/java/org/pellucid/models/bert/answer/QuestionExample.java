package org.pellucid.models.bert.answer;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;

/**
 * A question of a data set, with the context that may hold its answer.
 *
 * @param id unique in its file
 * @param context the text that answers are cut from
 * @param answers every one of them is right; none if the context holds no answer, or if nobody
 *     knows
 * @param isLabelled whether the answers are known: false for a test set's questions
 */
public record QuestionExample(
    String id, String question, String context, List<ReferenceAnswer> answers, boolean isLabelled) {
  /**
   * Copies the list and checks that each answer stands where it is said to.
   *
   * @throws IllegalArgumentException if one doesn't, or if there are answers that aren't known
   */
  public QuestionExample {
    answers = List.copyOf(answers);
    check(isLabelled || answers.isEmpty(), "The question %s has answers that aren't known", id);
    for (var answer : answers) {
      check(
          context.startsWith(answer.text(), answer.start()),
          "The answer “%s” of the question %s doesn't stand at %d in its context",
          answer.text(),
          id,
          answer.start());
    }
  }

  /** A question whose answers are known; none means that the context holds no answer. */
  public QuestionExample(
      String id, String question, String context, List<ReferenceAnswer> answers) {
    this(id, question, context, answers, true);
  }

  /** The texts of all answers. */
  public List<String> answerTexts() {
    return answers.stream().map(ReferenceAnswer::text).toList();
  }
}
