package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.text.AttributionRequest;
import org.pellucid.explain.text.TextAttribution;
import org.pellucid.explain.text.TextAttributions;
import org.pellucid.explain.text.TextQuestion;
import org.pellucid.explain.view.TextAttributionPage;
import org.pellucid.models.zoo.BertModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells which words of a text a number of the model comes from. */
@Command(
    name = "attribute",
    description =
        "Writes a page of which words make a masked word, an answer, a class or a likeness.")
final class AttributeCommand implements Callable<Integer> {
  private static final String LIKELIEST = "predicted";
  private static final int SHOWN = 5;

  @Mixin private TextModel texts;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      description =
          TextModel.MODEL
              + " Default: bert-base-cased, and "
              + BertModels.QUESTION_ANSWERING
              + " for questions.")
  private Optional<String> model = Optional.empty();

  @Option(names = "--text", description = "The text; [MASK] may stand in it.")
  private Optional<String> text = Optional.empty();

  @Option(names = "--pair", description = "A second text.")
  private Optional<String> pair = Optional.empty();

  @Option(
      names = "--mask",
      paramLabel = "I",
      description = "The position of the token that is masked; 0 is [CLS].")
  private Optional<Integer> mask = Optional.empty();

  @Option(
      names = "--mask-word",
      paramLabel = "WORD",
      description = "The word whose first token is masked, in place of --mask.")
  private Optional<String> maskWord = Optional.empty();

  @Option(
      names = "--token",
      paramLabel = "WORD",
      description = "The word expected in the masked place; the likeliest if absent.")
  private Optional<String> token = Optional.empty();

  @Option(
      names = "--contrast",
      paramLabel = "WORD",
      description = "Another word or class, whose score is subtracted.")
  private Optional<String> contrast = Optional.empty();

  @Option(names = "--probability", description = "Explains the probability, not the logit.")
  private boolean probability;

  @Option(names = "--question", description = "A question, in place of --text.")
  private Optional<String> question = Optional.empty();

  @Option(names = "--context", description = "The text that holds the answer.")
  private Optional<String> context = Optional.empty();

  @Option(
      names = "--answer",
      description = "The answer as it stands in the context; the model's own if absent.")
  private Optional<String> answer = Optional.empty();

  @Option(
      names = "--part",
      paramLabel = "start|end|span",
      defaultValue = "start",
      description = "Which score of the answer is explained. Default: ${DEFAULT-VALUE}.")
  private String part;

  @Option(
      names = "--class",
      paramLabel = "LABEL|" + LIKELIEST,
      description = "A class of a sequence classifier.")
  private Optional<String> label = Optional.empty();

  @Option(
      names = "--similar-to",
      paramLabel = "TEXT",
      description =
          "Explains the cosine similarity of the two texts' vectors: pooled hidden states.")
  private Optional<String> similarTo = Optional.empty();

  @Option(
      names = {"--method", "--methods"},
      split = ",",
      paramLabel = "NAME",
      description =
          "The methods; the first one's numbers are attributions.npy. Default:"
              + " integrated-gradients, attn-lrp, input-x-gradient, occlusion; a contrast begins"
              + " with attn-lrp.")
  private List<String> methods = List.of();

  @Option(
      names = "--set",
      paramLabel = "NAME.PARAM=VALUE",
      description =
          "Sets a method's or a metric's parameter, such as integrated-gradients.baseline=mask.")
  private List<String> settings = List.of();

  @Option(
      names = "--metrics",
      split = ",",
      paramLabel = "NAME",
      description = "What is measured of each method; none for nothing.")
  private List<String> metrics = AttributionRequest.USUAL_METRICS;

  @Option(
      names = "--layers",
      description = "Explains by the hidden states of all layers too, which takes a while.")
  private boolean layers;

  @Option(names = "--seed", defaultValue = "0", description = "Of random numbers. Default: 0.")
  private long seed;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = TextModel.OUT)
  private Path out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var asked = question();
    var chosen = metrics.equals(List.of("none")) ? List.<String>of() : metrics;
    var request = new AttributionRequest(asked, methods, settings, chosen, layers, seed);
    RefusedInput.orResult(
        () -> {
          TextAttributions.check(request);
          return request;
        });
    var name =
        model.orElse(
            asked instanceof TextQuestion.Answer
                ? BertModels.QUESTION_ANSWERING
                : "bert-base-cased");
    try (var loaded = texts.openAny(name)) {
      var attributions = new TextAttributions(texts.engine(), loaded);
      var found = RefusedInput.orResult(() -> attributions.of(request, Progress.NONE));
      found.save(out);
      summarise(found);
      texts.write(TextAttributionPage.of("Which words make it so", loaded.name(), found), out);
      return 0;
    }
  }

  private void summarise(TextAttribution found) {
    var console = texts.console();
    console.print("Explained: %s, %.4f".formatted(found.title(), found.score()));
    for (var result : found.results()) {
      var words =
          found.strongest(result).stream()
              .limit(SHOWN)
              .map(
                  i ->
                      String.format(
                          Locale.ROOT, "%s %+.3f", found.words().get(i).text(), result.byWord()[i]))
              .toList();
      console.print(
          "%s: %s%s"
              .formatted(
                  result.title(),
                  String.join(", ", words),
                  result
                      .delta()
                      .map(
                          delta ->
                              String.format(Locale.ROOT, " (%s %.2g)", delta.name(), delta.value()))
                      .orElse("")));
    }
  }

  private TextQuestion question() {
    checkReadable();
    if (question.isPresent() || context.isPresent()) {
      require(text.isEmpty(), "--question and --text ask two things; give one of them");
      require(
          question.isPresent() && context.isPresent(),
          "--question and --context belong together; give both");
      return new TextQuestion.Answer(question.get(), context.get(), part(), answer);
    }
    require(text.isPresent(), "--text or --question is missing; give one of them");
    require(
        label.isEmpty() || similarTo.isEmpty(),
        "--class and --similar-to ask two things; give one of them");
    if (label.isPresent()) {
      return new TextQuestion.ClassOf(
          text.get(), pair, label.filter(name -> !name.equals(LIKELIEST)), contrast, probability);
    }
    if (similarTo.isPresent()) {
      return new TextQuestion.Likeness(text.get(), similarTo.get());
    }
    require(
        mask.isEmpty() || maskWord.isEmpty(),
        "--mask and --mask-word name two places; give one of them");
    return new TextQuestion.MaskedPlace(
        text.get(),
        pair,
        mask.map(OptionalInt::of).orElse(OptionalInt.empty()),
        maskWord,
        token,
        contrast,
        probability);
  }

  private TextQuestion.Part part() {
    return switch (part) {
      case "start" -> TextQuestion.Part.START;
      case "end" -> TextQuestion.Part.END;
      case "span" -> TextQuestion.Part.SPAN;
      default ->
          throw texts.wrongUsage("--part is %s, but must be start, end or span".formatted(part));
    };
  }

  private void checkReadable() {
    texts.checkReadable("--text", text.orElse(""));
    texts.checkReadable("--pair", pair.orElse(""));
    texts.checkReadable("--token", token.orElse(""));
    texts.checkReadable("--contrast", contrast.orElse(""));
    texts.checkReadable("--question", question.orElse(""));
    texts.checkReadable("--context", context.orElse(""));
    texts.checkReadable("--answer", answer.orElse(""));
    texts.checkReadable("--similar-to", similarTo.orElse(""));
  }

  private void require(boolean condition, String otherwise) {
    if (!condition) {
      throw texts.wrongUsage(otherwise);
    }
  }
}
