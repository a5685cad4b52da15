package org.pellucid.models.bert.tuning;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.models.bert.answer.AnswerTally;

/**
 * A training in a directory: its log, its evaluations, checkpoints from time to time, and at the
 * end the result.
 *
 * <ul>
 *   <li>{@code log.csv} has a line a step: step, epoch, loss, learning rate, gradient norm,
 *       seconds;
 *   <li>{@code evaluations.csv} has a line before the first step and after each epoch: step, exact
 *       match, F1, questions;
 *   <li>{@code checkpoint.safetensors} is there until the training is finished;
 *   <li>{@code tuning.json}, written last, tells what the training was.
 * </ul>
 *
 * <p>A training that was killed goes on from its last checkpoint and ends with the same files, bit
 * for bit, except for the seconds in the log.
 */
public final class TuningSession {
  private static final String CHECKPOINT = "checkpoint.safetensors";
  private static final String LOG = "log.csv";
  private static final String EVALUATIONS = "evaluations.csv";
  private static final String SUMMARY = "tuning.json";
  private static final double NANOSECONDS = 1e9;

  private final Engine engine;
  private final TuningRun run;
  private final Identity identity;
  private final Path directory;
  private final Optional<TuningEvaluation> evaluation;
  private final long saveEvery;

  /**
   * What a training is of, for its summary and for the comparison when it goes on.
   *
   * @param model its name
   * @param data the file with the questions
   * @param validation the file with the questions of evaluations, if there is one
   */
  public record Identity(String model, String data, Optional<String> validation) {}

  /** Hears how a training goes on. */
  public interface Listener {
    /**
     * A step was taken.
     *
     * @param seconds that it took
     */
    void stepped(TuningStep step, double seconds);

    /** The model was evaluated. */
    void evaluated(TuningEvaluation.Result result);
  }

  /** Writes the result of a training that is finished into its directory. */
  @FunctionalInterface
  public interface Result {
    /** Writes it. */
    void write(TuningRun run, Path directory) throws IOException;
  }

  /**
   * A training that writes into a directory.
   *
   * @param saveEvery steps between two checkpoints, at least 1
   */
  public TuningSession(
      Engine engine,
      TuningRun run,
      Identity identity,
      Path directory,
      Optional<TuningEvaluation> evaluation,
      long saveEvery) {
    check(saveEvery >= 1, "Checkpoints can't be %d steps apart; give at least 1", saveEvery);
    this.engine = engine;
    this.run = run;
    this.identity = identity;
    this.directory = directory;
    this.evaluation = evaluation;
    this.saveEvery = saveEvery;
  }

  /** Whether a directory holds a training that was not finished. */
  public static boolean isUnfinished(Path directory) {
    return Files.exists(directory.resolve(CHECKPOINT));
  }

  /** Whether a directory holds a training that was finished. */
  public static boolean isFinished(Path directory) {
    return Files.exists(directory.resolve(SUMMARY)) && !isUnfinished(directory);
  }

  /**
   * Trains to the end: from the directory's checkpoint if there is one, else from the beginning.
   *
   * @param result what is written when all steps were taken
   * @return all steps and evaluations, those before an interruption too
   * @throws DivergedException if the loss or the gradient is infinite or not a number
   * @throws org.pellucid.models.ModelFileException if the checkpoint belongs to another training
   * @throws org.pellucid.weights.WeightsException if the checkpoint can't be read or written
   * @throws IOException if another file can't be written
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; its flag stays
   *     set
   */
  public TuningHistory train(Result result, Listener listener) throws IOException {
    var checkpoint = directory.resolve(CHECKPOINT);
    if (Files.exists(checkpoint)) {
      run.resume(checkpoint, identity.model());
    }
    Files.createDirectories(directory);
    var taken = run.stepsTaken();
    var log =
        TuningLog.open(
            directory.resolve(LOG), "step,epoch,loss,learning_rate,gradient_norm,seconds", taken);
    var evaluations =
        TuningLog.open(directory.resolve(EVALUATIONS), "step,exact_match,f1,questions", taken);
    if (taken == 0) {
      evaluate(evaluations, listener);
    }
    while (!run.isFinished()) {
      step(log, listener);
      if (run.endsEpoch()) {
        evaluate(evaluations, listener);
      }
      if (run.isFinished() || run.stepsTaken() % saveEvery == 0) {
        run.save(checkpoint, identity.model());
      }
    }
    result.write(run, directory);
    var history = history();
    AdapterFiles.writeJson(directory.resolve(SUMMARY), summary(history));
    Files.deleteIfExists(checkpoint);
    return history;
  }

  private void step(TuningLog log, Listener listener) {
    var start = System.nanoTime();
    var step = run.advance();
    var seconds = (System.nanoTime() - start) / NANOSECONDS;
    log.add(
        "%d,%d,%s,%s,%s,%.3f",
        step.number(),
        step.epoch(),
        step.loss(),
        step.learningRate(),
        step.gradientNorm(),
        seconds);
    listener.stepped(step, seconds);
  }

  private void evaluate(TuningLog log, Listener listener) {
    evaluation.ifPresent(
        questions -> {
          var result = questions.of(engine, run);
          var figures = result.figures();
          log.add(
              "%d,%s,%s,%d",
              result.step(), figures.exactMatch(), figures.f1(), figures.questions());
          listener.evaluated(result);
        });
  }

  private TuningHistory history() {
    var steps =
        TuningLog.rows(directory.resolve(LOG)).stream()
            .map(
                row ->
                    new TuningStep(
                        Long.parseLong(row[0]),
                        Integer.parseInt(row[1]),
                        Double.parseDouble(row[2]),
                        Double.parseDouble(row[3]),
                        Double.parseDouble(row[4])))
            .toList();
    var evaluations =
        TuningLog.rows(directory.resolve(EVALUATIONS)).stream()
            .map(
                row ->
                    new TuningEvaluation.Result(
                        Long.parseLong(row[0]),
                        new AnswerTally.Figures(
                            Long.parseLong(row[3]),
                            Double.parseDouble(row[1]),
                            Double.parseDouble(row[2]))))
            .toList();
    return new TuningHistory(
        identity,
        run.settings().described(),
        run.trainedWeights(),
        run.examples().size(),
        steps,
        evaluations);
  }

  private static Map<String, Object> summary(TuningHistory history) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("model", history.identity().model());
    fields.put("data", history.identity().data());
    history.identity().validation().ifPresent(file -> fields.put("validation", file));
    fields.put("examples", history.examples());
    fields.put("trained weights", history.trainedWeights());
    fields.put("steps", history.steps().size());
    fields.put("settings", history.settings());
    fields.put("evaluations", history.evaluations().stream().map(TuningSession::summary).toList());
    return fields;
  }

  private static Map<String, Object> summary(TuningEvaluation.Result result) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("step", result.step());
    fields.put("exact match", result.figures().exactMatch());
    fields.put("f1", result.figures().f1());
    fields.put("questions", result.figures().questions());
    return fields;
  }
}
