package org.pellucid.explain.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.answer.Answer;
import org.pellucid.models.bert.answer.AnsweredQuestion;

/** Answers as the objects and lists of JSON. Places count UTF-16 units, ends are exclusive. */
public final class AnswerJson {
  private AnswerJson() {}

  private record AnswerEntry(
      String text,
      int start,
      int end,
      List<String> tokens,
      int firstToken,
      int lastToken,
      int window,
      double startLogit,
      double endLogit,
      double score,
      double probability) {
    static AnswerEntry of(AnsweredQuestion answered, Answer answer) {
      return new AnswerEntry(
          answer.text(),
          answer.start(),
          answer.end(),
          answered.pieces(answer),
          answer.tokens().first(),
          answer.tokens().last(),
          answer.window(),
          answer.startLogit(),
          answer.endLogit(),
          answer.score(),
          answer.probability());
    }
  }

  private record WindowEntry(int firstToken, int tokens, int inputTokens) {}

  private record WordEntry(String text, String source, int start, int end, double attribution) {
    static WordEntry of(ExplainedAnswer.Word word) {
      var source = word.source() == Token.Source.FIRST ? "question" : "context";
      return new WordEntry(word.text(), source, word.start(), word.end(), word.attribution());
    }
  }

  /** The answers to a question, best first. */
  public static Map<String, Object> of(AnsweredQuestion answered) {
    var json = new LinkedHashMap<String, Object>();
    json.put("question", answered.windows().question());
    json.put("context", answered.windows().context());
    json.put("prediction", answered.prediction());
    json.put(
        "answers",
        answered.answers().stream().map(answer -> AnswerEntry.of(answered, answer)).toList());
    answered.none().ifPresent(none -> json.put("none", none));
    json.put("questionIsCut", answered.windows().isQuestionCut());
    json.put(
        "windows",
        answered.read().stream()
            .map(w -> new WindowEntry(w.first(), w.count(), w.tokens().size()))
            .toList());
    return json;
  }

  /** The answers with the words that made the best one. */
  static Map<String, Object> of(ExplainedAnswer explained) {
    var explanation = new LinkedHashMap<String, Object>();
    explanation.put("method", explained.explanation().method());
    explanation.put("baseline", "pad");
    explanation.put("steps", explained.explanation().parameters().get("steps"));
    explanation.put("target", "start logit + end logit of the best answer");
    explanation.put("window", explained.answered().best().window());
    explanation.put("difference", explained.difference());
    explanation.put("delta", explained.delta());
    explanation.put("words", explained.words().stream().map(WordEntry::of).toList());
    var json = of(explained.answered());
    json.put("explanation", explanation);
    return json;
  }
}
