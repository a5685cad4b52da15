package org.pellucid.explain.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.server.Field.Type;
import org.pellucid.explain.text.AttributionRequest;
import org.pellucid.explain.text.TextAttributions;
import org.pellucid.explain.text.TextQuestion;
import org.pellucid.explain.view.Page;
import org.pellucid.explain.view.TextAttributionPage;

/** Which words of a text a masked word's score, or an answer's, comes from. */
final class AttributeTopic {
  static final TextTopic TOPIC =
      new TextTopic(
          "attribute",
          "Attributions",
          "Which words make the model expect a word in a masked place, or find an answer.",
          List.of(
              Field.optional("text", Type.TEXT, "The text; [MASK] may stand in it."),
              Field.optional("mask", Type.NUMBER, "The token to mask, from 0 = [CLS]."),
              Field.optional("maskToken", Type.TEXT, "The word to mask, in place of mask."),
              Field.optional("token", Type.TEXT, "The expected word; default: the likeliest."),
              Field.optional("contrast", Type.TEXT, "A word whose score is subtracted."),
              Field.optional("question", Type.TEXT, "A question, in place of text."),
              Field.optional("context", Type.TEXT, "The text that holds the answer."),
              Field.optional("answer", Type.TEXT, "The answer; default: the model's own."),
              Field.optional("methods", Type.TEXTS, "Names of methods; default: the usual ones."),
              Field.optional("set", Type.TEXTS, "Settings such as lime.samples=200.")),
          Map.of(
              "text",
              "The nurse examined the farmer for injuries because she was caring.",
              "maskToken",
              "she",
              "token",
              "she",
              "contrast",
              "he",
              "methods",
              List.of("attn-lrp", "input-x-gradient", "occlusion")),
          TextTopic.View.PAGE,
          "TextAttributionPage",
          TextTopic.Needs.NOTHING,
          AttributeTopic::page);

  private AttributeTopic() {}

  private static Page page(TextSession session, Given given) {
    var request =
        AttributionRequest.of(question(given))
            .withMethods(given.texts("methods"))
            .withSettings(given.texts("set"));
    var found =
        new TextAttributions(session.engine(), session.loaded()).of(request, Progress.NONE);
    return TextAttributionPage.of("Which words make it so", session.name(), found);
  }

  private static TextQuestion question(Given given) {
    if (given.optionalText("question").isPresent()) {
      return new TextQuestion.Answer(
          given.text("question"),
          given.optionalText("context").orElse(""),
          TextQuestion.Part.START,
          given.optionalText("answer"));
    }
    return new TextQuestion.MaskedPlace(
        given.optionalText("text").orElse(""),
        Optional.empty(),
        given.optionalNumber("mask"),
        given.optionalText("maskToken"),
        given.optionalText("token"),
        given.optionalText("contrast"),
        false);
  }
}
