package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.text.AnswerJson;
import org.pellucid.explain.text.ExplainedAnswer;
import org.pellucid.explain.text.PredictedAnswers;
import org.pellucid.explain.view.AnswerPage;
import org.pellucid.explain.view.Pages;
import org.pellucid.models.bert.answer.Answer;
import org.pellucid.models.bert.answer.AnswerSettings;
import org.pellucid.models.bert.answer.AnswerTally.Figures;
import org.pellucid.models.bert.answer.AnsweredQuestion;
import org.pellucid.models.bert.answer.QuestionAnswering;
import org.pellucid.models.bert.answer.QuestionFile;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.weights.PrintableText;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Answers questions by spans of a text. */
@Command(
    name = "ask",
    description = {
      "Answers a question by a span of a text of any length, or all questions of a file.",
      "With --out it explains which words made the answer."
    })
final class AskCommand implements Callable<Integer> {
  /** From a text of padding alone, 50 steps miss up to three per cent of the score. */
  private static final int STEPS = 100;

  /** Answers that are printed and written as JSON unless told otherwise. */
  private static final int PRINTED = 1;

  private static final String JOINERS = "\u200C\u200D";

  @Mixin private TextModel texts;
  @Mixin private WindowOptions windows;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      defaultValue = BertModels.QUESTION_ANSWERING,
      description = TextModel.MODEL + " Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(names = "--question", paramLabel = "Q", description = "What is asked.")
  private Optional<String> question = Optional.empty();

  @ArgGroup private ContextSource source = new ContextSource();

  /** Where the text comes from. */
  static final class ContextSource {
    @Option(names = "--context", paramLabel = "C", description = "The text that holds the answer.")
    private Optional<String> text = Optional.empty();

    @Option(names = "--context-file", paramLabel = "FILE", description = "The text, in UTF-8.")
    private Optional<Path> file = Optional.empty();
  }

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "Questions in SQuAD's or the homework's JSON; prints exact match and F1 over them.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--best",
      paramLabel = "N",
      description =
          "The number of answers. Default: "
              + PRINTED
              + ", on the page "
              + AnswerPage.USUAL_ANSWERS
              + ".")
  private Optional<Integer> best = Optional.empty();

  @Option(
      names = "--distinct",
      description = "Leaves out answers that overlap a better one or say the same.")
  private boolean distinct;

  @Option(
      names = "--longest",
      paramLabel = "N",
      defaultValue = "30",
      description = "The most tokens of an answer. Default: ${DEFAULT-VALUE}.")
  private int longest;

  @Option(
      names = "--no-answer",
      description = "Allows for no answer; for models trained with such questions (SQuAD 2.0).")
  private boolean mayBeNone;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The directory for answer.json and a page, or with --data for predictions.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of Integrated Gradients. Default: " + STEPS + ".")
  private Optional<Integer> steps = Optional.empty();

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    var settings = settings();
    try (var loaded = texts.open(model)) {
      var answering =
          RefusedInput.orResult(
              () -> new QuestionAnswering(texts.engine(), loaded.model(), loaded.tokenizer()));
      return data.isPresent()
          ? answerAll(loaded, answering, settings, data.get())
          : answerOne(loaded, answering, settings);
    }
  }

  private void checkOptions() {
    var hasContext = source.text.isPresent() || source.file.isPresent();
    if (data.isPresent()) {
      if (question.isPresent() || hasContext) {
        throw texts.wrongUsage("--data brings questions and contexts; leave out the others");
      }
      if (steps.isPresent() || best.orElse(PRINTED) != PRINTED || distinct) {
        throw texts.wrongUsage("--steps, --best and --distinct are for a single question");
      }
      return;
    }
    if (question.isEmpty() || !hasContext) {
      throw texts.wrongUsage("give --question with --context or --context-file, or --data");
    }
    if (steps.isPresent() && out.isEmpty()) {
      throw texts.wrongUsage("--steps is for the explanation that --out writes");
    }
    if (steps.orElse(1) < 1) {
      throw texts.wrongUsage("--steps must be at least 1");
    }
    texts.checkReadable("--question", question.get());
    texts.checkReadable("--context", source.text.orElse(""));
  }

  /** As many as the page shows, if there is one. */
  private int usualAnswers() {
    return data.isEmpty() && out.isPresent() ? AnswerPage.USUAL_ANSWERS : PRINTED;
  }

  private AnswerSettings settings() {
    try {
      return new AnswerSettings(
          windows.settings(), longest, best.orElse(usualAnswers()), distinct, mayBeNone);
    } catch (IllegalArgumentException wrong) {
      throw texts.wrongUsage(wrong.getMessage());
    }
  }

  private int answerOne(
      BertModels.Loaded loaded, QuestionAnswering answering, AnswerSettings settings)
      throws IOException, InterruptedException {
    var answered =
        RefusedInput.orResult(
            () -> {
              var context =
                  source.file.isPresent()
                      ? SentenceFile.text(source.file.get())
                      : source.text.orElseThrow();
              return answering.answer(question.orElseThrow(), context, settings);
            });
    if (answered.windows().isQuestionCut()) {
      texts.console().remark("The question is too long for the model; its end is left out.");
    }
    var printed = answered.withFirst(best.orElse(PRINTED));
    if (json) {
      texts.console().print(PrintableText.inJson(Json.pretty(AnswerJson.of(printed))));
    } else {
      print(printed);
    }
    if (out.isPresent()) {
      explain(loaded, answered, out.get());
    }
    return 0;
  }

  private void print(AnsweredQuestion answered) {
    answered
        .none()
        .ifPresent(
            none -> texts.console().print("no answer (%s)".formatted(percent(none.probability()))));
    for (Answer answer : answered.answers()) {
      texts
          .console()
          .print(
              "%s (%s, characters %d to %d)"
                  .formatted(
                      shown(answer.text()),
                      percent(answer.probability()),
                      answer.start(),
                      answer.end()));
    }
  }

  /** An answer on one line that can't steer a terminal; what joins letters and emoji stays. */
  private static String shown(String text) {
    var line = new StringBuilder();
    text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]+", " ")
        .codePoints()
        .mapToObj(Character::toString)
        .forEach(
            letter -> line.append(JOINERS.contains(letter) ? letter : PrintableText.of(letter)));
    return line.toString();
  }

  private static String percent(double share) {
    return "%.1f %%".formatted(100 * share);
  }

  private void explain(BertModels.Loaded loaded, AnsweredQuestion answered, Path directory) {
    try (var bar = texts.console().bar("explanation", Console.FINE)) {
      var options =
          RunOptions.standard()
              .withProgress((done, total) -> bar.to(Console.FINE * done / Math.max(1, total)));
      var explained =
          ExplainedAnswer.of(
              texts.engine(),
              loaded.model(),
              loaded.tokenizer().vocabulary(),
              answered,
              steps.orElse(STEPS),
              options,
              Optional.of(loaded.origin()));
      explained.withFirst(best.orElse(PRINTED)).save(directory);
      var file = directory.resolve("index.html");
      Pages.write(AnswerPage.of("An answer and its words", loaded.name(), explained), file);
      texts.console().announce("the page is " + file);
    }
  }

  private int answerAll(
      BertModels.Loaded loaded, QuestionAnswering answering, AnswerSettings settings, Path path)
      throws IOException {
    var file = QuestionFile.open(path);
    var console = texts.console();
    PredictedAnswers predicted;
    try (var bar = console.bar("questions", Console.FINE)) {
      predicted =
          PredictedAnswers.of(
              file,
              answering,
              settings,
              (done, total) -> bar.to(Console.FINE * done / Math.max(1, total)),
              console::complain);
    }
    out.ifPresent(directory -> predicted.save(directory, settings, Optional.of(loaded.origin())));
    if (json) {
      console.print(Json.pretty(predicted.evaluation(settings)));
    } else {
      console.print("%d questions answered".formatted(predicted.texts().size()));
      print("all", predicted.all());
      if (predicted.unanswerable().questions() > 0) {
        print("with an answer", predicted.answerable());
        print("without an answer", predicted.unanswerable());
      }
    }
    return predicted.failed() == 0 ? 0 : 1;
  }

  private void print(String which, Figures figures) {
    if (figures.questions() > 0) {
      texts
          .console()
          .print(
              "%s (%d): exact match %.2f, F1 %.2f"
                  .formatted(which, figures.questions(), figures.exactMatch(), figures.f1()));
    }
  }
}
