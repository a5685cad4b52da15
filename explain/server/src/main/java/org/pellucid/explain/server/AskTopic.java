package org.pellucid.explain.server;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.server.Field.Type;
import org.pellucid.explain.text.ExplainedAnswer;
import org.pellucid.explain.view.AnswerPage;
import org.pellucid.explain.view.Page;
import org.pellucid.models.bert.answer.AnswerSettings;
import org.pellucid.models.bert.answer.QuestionAnswering;

/** What a model answers from a context, and which words made the answer. */
final class AskTopic {
  private static final int STEPS = 50;
  private static final int MOST_STEPS = 500;
  private static final int MOST_ANSWERS = 20;

  static final TextTopic TOPIC =
      new TextTopic(
          "ask",
          "Questions",
          "What a model answers from a context, and which words made the answer.",
          List.of(
              Field.required("question", Type.TEXT, "What is asked."),
              Field.required("context", Type.TEXT, "The text that holds the answer."),
              Field.optional("best", Type.NUMBER, "The number of answers, 1 to 20; default: 3."),
              Field.optional(
                  "steps",
                  Type.NUMBER,
                  "Steps of Integrated Gradients, 1 to 500; default: 50. More take longer and miss"
                      + " less of the score.")),
          Map.of(
              "question", "What is Emily afraid of?",
              "context", "Wolves are afraid of cats. Sheep are afraid of wolves. Emily is a wolf."),
          TextTopic.View.PAGE,
          "AnswerPage",
          AskTopic::page);

  private AskTopic() {}

  private static Page page(TextSession session, Given given) {
    var best = given.optionalNumber("best").orElse(AnswerPage.USUAL_ANSWERS);
    var steps = given.optionalNumber("steps").orElse(STEPS);
    check(best > 0 && best <= MOST_ANSWERS, "best is %d, but must be 1 to %d", best, MOST_ANSWERS);
    check(steps > 0 && steps <= MOST_STEPS, "steps is %d, but must be 1 to %d", steps, MOST_STEPS);
    var loaded = session.loaded();
    var answered =
        new QuestionAnswering(session.engine(), loaded.model(), loaded.tokenizer())
            .answer(
                given.text("question"),
                given.text("context"),
                AnswerSettings.standard().withBest(best));
    var explained =
        ExplainedAnswer.of(
            session.engine(),
            loaded.model(),
            loaded.tokenizer().vocabulary(),
            answered,
            steps,
            RunOptions.standard(),
            Optional.of(loaded.origin()));
    return AnswerPage.of("An answer and its words", session.name(), explained);
  }
}
