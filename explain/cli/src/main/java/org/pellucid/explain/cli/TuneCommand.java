package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.pellucid.explain.view.TuningPage;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.answer.QuestionExample;
import org.pellucid.models.bert.answer.QuestionFile;
import org.pellucid.models.bert.tuning.AdapterFiles;
import org.pellucid.models.bert.tuning.DivergedException;
import org.pellucid.models.bert.tuning.TrainedPart;
import org.pellucid.models.bert.tuning.TuningEvaluation;
import org.pellucid.models.bert.tuning.TuningExamples;
import org.pellucid.models.bert.tuning.TuningRun;
import org.pellucid.models.bert.tuning.TuningSession;
import org.pellucid.models.bert.tuning.TuningStep;
import org.pellucid.models.zoo.TunableModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a model to answer questions. */
@Command(
    name = "tune",
    description = "Trains a question-answering head with adapters, alone, or with all weights.")
final class TuneCommand implements Callable<Integer> {
  private static final int MOST_COMPLAINTS = 20;

  @Mixin private TextModel texts;
  @Mixin private TuneOptions options;
  @Mixin private WindowOptions windows;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      required = true,
      description = TextModel.MODEL)
  private String model;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "Questions with answers in SQuAD's or the homework's JSON.")
  private Path data;

  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description = "Questions that exact match and F1 are measured by, before and between.")
  private Optional<Path> validation = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "The directory for the adapter or the model, the log and checkpoints.")
  private Path out;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      defaultValue = "50",
      description = "Steps between two checkpoints. Default: ${DEFAULT-VALUE}.")
  private long saveEvery;

  @Option(
      names = "--resume",
      description = "Goes on from the checkpoint of a training that was ended.")
  private boolean resume;

  private long complaints;

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    checkDirectory();
    var questions = QuestionFile.open(data);
    var asked = evaluationQuestions();
    try (var tunable = texts.openTunable(model, options.seed())) {
      var settings = options.settings(tunable.dropout());
      var examples = examples(tunable, questions);
      var evaluation =
          RefusedInput.orResult(
              () ->
                  asked.map(
                      list ->
                          new TuningEvaluation(
                              tunable.loaded().tokenizer(), list, windows.settings())));
      var padId = tunable.loaded().tokenizer().vocabulary().padId();
      try (var run =
          RefusedInput.orResult(
              () ->
                  new TuningRun(
                      texts.engine(),
                      tunable.loaded().model(),
                      padId,
                      examples.list(),
                      settings))) {
        train(tunable, run, evaluation);
      }
    }
    return complaints == 0 ? 0 : Main.FAILED;
  }

  private void checkOptions() {
    try {
      options.check();
      windows.settings();
    } catch (IllegalArgumentException e) {
      throw texts.wrongUsage(e.getMessage());
    }
    if (saveEvery < 1) {
      throw texts.wrongUsage("--save-every is %d, but must be at least 1".formatted(saveEvery));
    }
    if (texts.hasAdapter() && options.part() == TrainedPart.ADAPTERS) {
      throw texts.wrongUsage(
          "an adapter over a model with another one merged in could not be used again; merge"
              + " --adapter first with: weights convert");
    }
  }

  /** A training takes hours, so neither its result nor its checkpoint is overwritten. */
  private void checkDirectory() {
    if (TuningSession.isUnfinished(out)) {
      ModelFileException.check(
          resume,
          "%s holds a training that was not finished; go on with --resume, or give another"
              + " directory",
          out);
      return;
    }
    ModelFileException.check(
        !TuningSession.isFinished(out),
        resume
            ? "The training in %s is finished, so there is nothing to resume"
            : "%s holds a training that is finished; give another directory",
        out);
    for (var name : List.of("config.json", "adapter_config.json")) {
      ModelFileException.check(
          Files.notExists(out.resolve(name)),
          "%s holds a model already, %s; give another directory",
          out,
          name);
    }
    if (resume) {
      texts.console().remark("There is no checkpoint in %s; the training begins.".formatted(out));
    }
  }

  private Optional<List<QuestionExample>> evaluationQuestions() {
    return validation.map(
        file -> {
          var list = new ArrayList<QuestionExample>();
          read(file, QuestionFile.open(file), list::add);
          return list;
        });
  }

  private TuningExamples examples(TunableModel tunable, QuestionFile questions) {
    var format = questions.format();
    var examples =
        new TuningExamples(
            tunable.loaded().tokenizer(), windows.settings(), options.learned(format));
    read(data, questions, examples::add);
    if (examples.unlabelled() > 0) {
      texts
          .console()
          .remark(
              "%d questions have no answers given and were left out."
                  .formatted(examples.unlabelled()));
    }
    if (examples.unusable() > 0) {
      texts
          .console()
          .remark(
              "%d questions have no letters, or answers without any, and were left out."
                  .formatted(examples.unusable()));
    }
    ModelFileException.check(
        !examples.list().isEmpty(),
        "%s holds no question with a known answer, so there is nothing to learn",
        data);
    return examples;
  }

  private void read(Path file, QuestionFile questions, Consumer<QuestionExample> examples) {
    var before = complaints;
    questions.read(
        examples,
        complaint -> {
          if (complaints++ - before < MOST_COMPLAINTS) {
            texts.console().complain(complaint);
          }
        });
    var unsaid = complaints - before - MOST_COMPLAINTS;
    if (unsaid > 0) {
      texts
          .console()
          .complain("%s: %d more questions can't be used either.".formatted(file, unsaid));
    }
  }

  private void train(TunableModel tunable, TuningRun run, Optional<TuningEvaluation> evaluation)
      throws IOException, InterruptedException {
    var identity =
        new TuningSession.Identity(
            tunable.loaded().name(), data.toString(), validation.map(Path::toString));
    var session = new TuningSession(texts.engine(), run, identity, out, evaluation, saveEvery);
    try (var bar = texts.console().bar("tune", run.steps())) {
      var history =
          RefusedInput.orResult(
              () ->
                  session.train(
                      (done, directory) -> write(tunable, done, directory), listener(bar)));
      texts.write(TuningPage.of(history), out);
    } catch (DivergedException e) {
      throw new ModelFileException(e.getMessage(), e);
    }
    texts
        .console()
        .print(
            options.part() == TrainedPart.ADAPTERS
                ? "The adapter is in %s; use it with --model %s --adapter %s"
                    .formatted(out, model, out)
                : "The model is in %s; use it with --model %s".formatted(out, out));
  }

  private void write(TunableModel tunable, TuningRun run, Path directory) throws IOException {
    if (options.part() == TrainedPart.ADAPTERS) {
      AdapterFiles.write(run, model, directory);
    } else {
      tunable.write(directory);
    }
  }

  private TuningSession.Listener listener(Console.Bar bar) {
    return new TuningSession.Listener() {
      @Override
      public void stepped(TuningStep step, double seconds) {
        bar.to(step.number());
        bar.note("loss %.4f".formatted(step.loss()));
      }

      @Override
      public void evaluated(TuningEvaluation.Result result) {
        texts
            .console()
            .print(
                String.format(
                    Locale.ROOT,
                    "After %d steps: exact match %.2f %%, F1 %.2f %% on %d questions",
                    result.step(),
                    result.figures().exactMatch(),
                    result.figures().f1(),
                    result.figures().questions()));
      }
    };
  }
}
