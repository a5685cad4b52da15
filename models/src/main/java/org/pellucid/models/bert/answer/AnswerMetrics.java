package org.pellucid.models.bert.answer;

import java.util.HashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How well an answer agrees with those that people gave, as SQuAD's evaluation counts it (Rajpurkar
 * et al., 2016 and 2018): the best over all reference answers.
 *
 * <p>Texts are compared in lower case, without ASCII punctuation and the articles a, an, the. Each
 * Chinese character counts as a word. An empty answer says that the context holds none.
 */
public final class AnswerMetrics {
  private AnswerMetrics() {}

  /**
   * Whether an answer is one of the reference answers.
   *
   * @param references none if the context holds no answer, which an empty answer agrees with
   */
  public static boolean isExact(String answer, List<String> references) {
    var words = AnswerText.words(answer);
    return best(references, reference -> words.equals(AnswerText.words(reference)) ? 1 : 0) == 1;
  }

  /**
   * The harmonic mean of the words' precision and recall against the best reference answer, 0..1.
   *
   * @param references none if the context holds no answer, which an empty answer agrees with
   */
  public static double f1(String answer, List<String> references) {
    var words = AnswerText.words(answer);
    return best(references, reference -> f1(words, AnswerText.words(reference)));
  }

  private static double best(List<String> references, ToDoubleFunction<String> agreement) {
    var meaningful = references.stream().filter(text -> !AnswerText.words(text).isEmpty()).toList();
    return (meaningful.isEmpty() ? List.of("") : meaningful)
        .stream().mapToDouble(agreement).max().orElseThrow();
  }

  private static double f1(List<String> answer, List<String> reference) {
    if (answer.isEmpty() || reference.isEmpty()) {
      return answer.equals(reference) ? 1 : 0;
    }
    var counts = new HashMap<String, Integer>();
    reference.forEach(word -> counts.merge(word, 1, Integer::sum));
    var common = 0;
    for (var word : answer) {
      if (counts.merge(word, -1, Integer::sum) >= 0) {
        common++;
      }
    }
    var precision = (double) common / answer.size();
    var recall = (double) common / reference.size();
    return common == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }
}
