package org.pellucid.explain.server;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Map;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.server.Field.Type;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.explain.text.AttributionRequest;
import org.pellucid.explain.text.TextAttributions;
import org.pellucid.explain.text.TextQuestion;
import org.pellucid.explain.view.Page;
import org.pellucid.explain.view.TextAttributionPage;

/** Which words of a text a number of the model comes from. */
final class AttributeTopic {
  static final TextTopic TOPIC =
      new TextTopic(
          "attribute",
          "Attributions",
          "Which words make a model expect a word in a masked place, or find an answer.",
          List.of(
              Field.optional("text", Type.TEXT, "The text; [MASK] may stand in it."),
              Field.optional("pair", Type.TEXT, "A second text."),
              Field.optional("mask", Type.NUMBER, "The position that is masked; 0 is [CLS]."),
              Field.optional(
                  "maskToken", Type.TEXT, "The word whose first token is masked, in its place."),
              Field.optional(
                  "token", Type.TEXT, "The word expected there; default: the likeliest."),
              Field.optional("contrast", Type.TEXT, "Another word, whose score is subtracted."),
              Field.optional("question", Type.TEXT, "A question, in place of the text."),
              Field.optional("context", Type.TEXT, "The text that holds the answer."),
              Field.optional("answer", Type.TEXT, "As in the context; default: the model's own."),
              Field.optional(
                  "part", Type.TEXT, "The answer's score: start (default), end or span."),
              Field.optional(
                  "methods",
                  Type.TEXTS,
                  "Names of methods; default: integrated-gradients, attn-lrp, input-x-gradient,"
                      + " occlusion."),
              Field.optional(
                  "set", Type.TEXTS, "Settings of methods, METHOD.PARAMETER=VALUE; no files."),
              Field.optional("seed", Type.NUMBER, "Of the random numbers; default: 0.")),
          Map.of(
              "text", "The nurse examined the farmer for injuries because she was caring.",
              "maskToken", "she",
              "token", "she",
              "contrast", "he",
              // Quick ones, so that the page is soon there.
              "methods", List.of("attn-lrp", "input-x-gradient", "occlusion")),
          TextTopic.View.PAGE,
          "TextAttributionPage",
          AttributeTopic::page);

  private AttributeTopic() {}

  private static Page page(TextSession session, Given given) {
    var settings = given.texts("set").stream().filter(text -> !text.isBlank()).toList();
    ClientSettings.check(settings);
    var request =
        new AttributionRequest(
            question(given),
            given.names("methods"),
            settings,
            AttributionRequest.USUAL_METRICS,
            false,
            given.optionalNumber("seed").orElse(0));
    var found = new TextAttributions(session.engine(), session.loaded()).of(request, Progress.NONE);
    return TextAttributionPage.of("Which words make it so", session.name(), found);
  }

  private static TextQuestion question(Given given) {
    var text = given.optionalText("text");
    var question = given.optionalText("question");
    if (question.isPresent()) {
      check(text.isEmpty(), "question and text ask two things; give one of them");
      var context = given.optionalText("context");
      check(context.isPresent(), "question and context belong together; give both");
      return new TextQuestion.Answer(
          question.get(), context.get(), part(given), given.optionalText("answer"));
    }
    check(text.isPresent(), "text or question is missing; give one of them");
    return new TextQuestion.MaskedPlace(
        text.get(),
        given.optionalText("pair"),
        given.optionalNumber("mask"),
        given.optionalText("maskToken"),
        given.optionalText("token"),
        given.optionalText("contrast"),
        false);
  }

  private static TextQuestion.Part part(Given given) {
    return switch (given.optionalText("part").orElse("start")) {
      case "start" -> TextQuestion.Part.START;
      case "end" -> TextQuestion.Part.END;
      case "span" -> TextQuestion.Part.SPAN;
      default -> throw new Refusal(422, "The part must be start, end or span.");
    };
  }
}
