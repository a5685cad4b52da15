package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.models.Goldens;
import org.pellucid.models.bert.answer.AnswerSettings;
import org.pellucid.models.bert.answer.QuestionAnswering;

/** The homework's three questions to the built-in model, beside what PyTorch answers. */
@Tag("numeric")
class HomeworkQuestionsTests {
  /** The adapter ships in half precision; the goldens' rounding is a hundredth of that. */
  private static final double HALF_PRECISION = 1e-3;

  private static final List<String> CONTEXTS =
      List.of(
          "Nikola Tesla (Serbian Cyrillic: Никола Тесла; 10 July 1856 – 7 January 1943) was a"
              + " Serbian American inventor, electrical engineer, mechanical engineer, physicist,"
              + " and futurist best known for his contributions to the design of the modern"
              + " alternating current (AC) electricity supply system.",
          "Currently detention is one of the most common punishments in schools in the United"
              + " States, the UK, Ireland, Singapore and other countries. It requires the pupil to"
              + " remain in school at a given time in the school day (such as lunch, recess or"
              + " after school); or even to attend school on a non-school day, e.g. \"Saturday"
              + " detention\" held at some schools. During detention, students normally have to"
              + " sit in a classroom and do work, write lines or a punishment essay, or sit"
              + " quietly.",
          "Wolves are afraid of cats. Sheep are afraid of wolves. Mice are afraid of sheep."
              + " Gertrude is a mouse. Jessica is a mouse. Emily is a wolf. Cats are afraid of"
              + " sheep. Winona is a wolf.");

  @Test
  void answersAsPyTorchDoes() throws Exception {
    var golden = Goldens.file("checkpoints/qa-adapter/metrics.json");
    assumeTrue(
        new BertArtifacts(_ -> {}).isLocal(KnownModel.BERT_BASE_CASED),
        "bert-base-cased is not in the local Maven repository");
    var expected = new JsonMapper().readTree(golden.toFile()).get("hw9");
    try (var loaded = BertModels.open("bert-base-cased-qa", _ -> {})) {
      var answering = new QuestionAnswering(Engine.standard(), loaded.model(), loaded.tokenizer());
      for (var i = 0; i < 3; i++) {
        check(answering, expected.get(i), CONTEXTS.get(i));
      }
    }
  }

  private static void check(QuestionAnswering answering, JsonNode golden, String context) {
    var question = golden.get("question").textValue();
    var best = answering.answer(question, context, AnswerSettings.standard()).best();
    assertThat(best.text()).isEqualTo(golden.get("answer").textValue());
    assertThat(best.score()).isCloseTo(golden.get("score").doubleValue(), within(HALF_PRECISION));
  }
}
