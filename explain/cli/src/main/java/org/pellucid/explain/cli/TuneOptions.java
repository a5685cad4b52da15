package org.pellucid.explain.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.bert.AdaptedProjection;
import org.pellucid.models.bert.DropoutRates;
import org.pellucid.models.bert.LowRankMatrices;
import org.pellucid.models.bert.answer.QuestionFile;
import org.pellucid.models.bert.tuning.LearningRateSchedule;
import org.pellucid.models.bert.tuning.TrainedPart;
import org.pellucid.models.bert.tuning.TuningExamples;
import org.pellucid.models.bert.tuning.TuningSettings;
import org.pellucid.models.bert.tuning.TuningSettings.Duration;
import picocli.CommandLine.Option;

/** The options of {@code text tune} that say how a model is trained. */
final class TuneOptions {
  private static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

  @Option(
      names = "--train",
      paramLabel = "PART",
      defaultValue = "adapters",
      description =
          "adapters (low-rank matrices and the head), head, or all (every weight)." + DEFAULT)
  private TrainedPart part;

  @Option(
      names = "--rank",
      paramLabel = "R",
      defaultValue = "8",
      description = "Rank of the adapters." + DEFAULT)
  private int rank;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "16",
      description = "Adapters are multiplied by alpha / rank." + DEFAULT)
  private double alpha;

  @Option(
      names = "--targets",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "query,value",
      description =
          "Projections with adapters: query, key, value, attention-output, intermediate, output."
              + DEFAULT)
  private List<String> targets;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Times that all examples are seen. Default: 2.")
  private Optional<Integer> epochs = Optional.empty();

  @Option(names = "--steps", paramLabel = "N", description = "Steps, in place of --epochs.")
  private Optional<Long> steps = Optional.empty();

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "The highest one. Default: 5e-4 for adapters, 1e-3 for head, 3e-5 for all.")
  private Optional<Double> learningRate = Optional.empty();

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      defaultValue = "linear",
      description = "linear (falls to zero) or constant, after the warm-up." + DEFAULT)
  private String schedule;

  @Option(
      names = "--warm-up",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "Share of the steps over which the learning rate rises, 0..1." + DEFAULT)
  private double warmUp;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      defaultValue = "0.01",
      description = "AdamW's decay of matrices." + DEFAULT)
  private double weightDecay;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      defaultValue = "1",
      description = "Longest gradient; none: no limit." + DEFAULT)
  private String clip;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Probability of dropping, 0..1. Default: as the model's configuration says.")
  private Optional<Double> dropout = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "4",
      description = "Examples computed at one time; memory grows with them." + DEFAULT)
  private int batch;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      defaultValue = "2",
      description = "Batches that make one step." + DEFAULT)
  private int accumulate;

  @Option(
      names = "--learn-from",
      paramLabel = "all|answer",
      description = {
        "all windows of a context, or the one with the answer in its middle.",
        "Default: all for SQuAD's format, answer for the homework's."
      })
  private Optional<TuningExamples.Windows> learned = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of new weights, the order of examples, and dropout." + DEFAULT)
  private long seed;

  /** The seed. */
  long seed() {
    return seed;
  }

  /** What is trained. */
  TrainedPart part() {
    return part;
  }

  /**
   * The settings that the options make.
   *
   * @param configured what the model's configuration says of dropout
   * @throws IllegalArgumentException naming what is wrong
   */
  TuningSettings settings(DropoutRates configured) {
    return new TuningSettings(
        part,
        new LowRankMatrices.Settings(rank, alpha, projections()),
        dropout.map(rate -> new DropoutRates(rate, rate)).orElse(configured),
        schedule(),
        weightDecay,
        largestNorm(),
        batch,
        accumulate,
        duration(),
        seed);
  }

  /** Finds what is wrong with the options before a model is opened. */
  void check() {
    settings(DropoutRates.STANDARD);
  }

  private Set<AdaptedProjection> projections() {
    var chosen = new LinkedHashSet<AdaptedProjection>();
    for (var name : targets) {
      var found = AdaptedProjection.named(name.strip());
      Shapes.check(
          found.isPresent(),
          "--targets has %s, but knows only %s",
          name,
          String.join(", ", AdaptedProjection.names()));
      chosen.add(found.orElseThrow());
    }
    return chosen;
  }

  private LearningRateSchedule schedule() {
    double peak = learningRate.orElse(part.usualLearningRate());
    return switch (schedule) {
      case "linear" -> new LearningRateSchedule.Linear(peak, warmUp);
      case "constant" -> new LearningRateSchedule.Constant(peak, warmUp);
      default ->
          throw new IllegalArgumentException(
              "--schedule is %s, but must be linear or constant.".formatted(schedule));
    };
  }

  private double largestNorm() {
    if (clip.equals("none")) {
      return Double.POSITIVE_INFINITY;
    }
    try {
      return Double.parseDouble(clip);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--clip is %s, but must be a number above 0 or none.".formatted(clip), e);
    }
  }

  private Duration duration() {
    if (steps.isPresent()) {
      Shapes.check(epochs.isEmpty(), "--steps and --epochs can't both be given");
      return new Duration.Steps(steps.get());
    }
    return new Duration.Epochs(epochs.orElse(2));
  }

  /** Which windows of a file's contexts are examples. */
  TuningExamples.Windows learned(QuestionFile.Format format) {
    return learned.orElse(
        switch (format) {
          case SQUAD -> TuningExamples.Windows.ALL;
          case HOMEWORK -> TuningExamples.Windows.ANSWER;
        });
  }
}
