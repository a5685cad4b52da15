package org.pellucid.models.bert.tuning;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.optim.AdamW;
import org.pellucid.engine.optim.GradientNorm;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.BertTraining;
import org.pellucid.models.bert.LowRankMatrices;

/**
 * A training for question answering, step by step.
 *
 * <p>The same model, examples and settings give the same bits on the same machine, whether the
 * training runs through or goes on from a {@linkplain #save checkpoint}. The model stays the
 * caller's to close; weights of it that are trained change in place.
 *
 * <pre>{@code
 * try (var run = new TuningRun(engine, model, padId, examples, settings)) {
 *   while (!run.isFinished()) {
 *     TuningStep step = run.advance();
 *   }
 *   new AdapterFolder(run, "bert-base-cased").write(directory);
 * }
 * }</pre>
 */
public final class TuningRun implements AutoCloseable {
  private final Engine engine;
  private final int padId;
  private final List<TuningExample> examples;
  private final TuningSettings settings;
  private final BertTraining training;
  private final TrainableParameters parameters;
  private final AdamW optimiser;
  private final ExampleOrder order;

  /**
   * A training before its first step.
   *
   * @param padId id of the token that batches are padded with
   * @throws IllegalArgumentException if the model has no question-answering head, or there are no
   *     examples
   */
  public TuningRun(
      Engine engine,
      BertModel model,
      int padId,
      List<TuningExample> examples,
      TuningSettings settings) {
    check(model.answersQuestions(), "These weights hold no question-answering head to train");
    check(!examples.isEmpty(), "There are no examples to train with");
    this.engine = engine;
    this.padId = padId;
    this.examples = List.copyOf(examples);
    this.settings = settings;
    var adapter =
        settings.part() == TrainedPart.ADAPTERS
            ? Optional.of(
                new LowRankMatrices(
                    model.config(),
                    settings.lowRank(),
                    model.type(),
                    Seeds.of(settings.seed(), Seeds.Purpose.ADAPTER, 0)))
            : Optional.<LowRankMatrices>empty();
    training = new BertTraining(model, adapter, settings.dropout());
    parameters = TrainableParameters.of(settings.part(), model, adapter);
    var adam = AdamSettings.of(settings.schedule().peak());
    optimiser =
        new AdamW(
            engine,
            new AdamSettings(
                adam.learningRate(),
                adam.beta1(),
                adam.beta2(),
                adam.epsilon(),
                settings.weightDecay()),
            parameters.forOptimiser());
    order = new ExampleOrder(examples.size(), settings.examplesPerStep(), settings.seed());
  }

  /** How it trains. */
  public TuningSettings settings() {
    return settings;
  }

  /** The model with what is trained beside it. */
  public BertTraining training() {
    return training;
  }

  /** The number of weights that are trained. */
  public long trainedWeights() {
    return parameters.elements();
  }

  TrainableParameters parameters() {
    return parameters;
  }

  AdamW optimiser() {
    return optimiser;
  }

  List<TuningExample> examples() {
    return examples;
  }

  /** The number of steps that go once through the examples. */
  public long stepsPerEpoch() {
    return order.stepsPerEpoch();
  }

  /** The number of all steps. */
  public long steps() {
    return settings.duration().steps(stepsPerEpoch());
  }

  /** The number of steps taken. */
  public long stepsTaken() {
    return optimiser.steps();
  }

  /** Whether all steps were taken. */
  public boolean isFinished() {
    return stepsTaken() >= steps();
  }

  /** Whether the last step taken ended an epoch, or the training. */
  public boolean endsEpoch() {
    return isFinished() || stepsTaken() > 0 && stepsTaken() % stepsPerEpoch() == 0;
  }

  /**
   * Takes the next step.
   *
   * @throws DivergedException if the loss or the gradient is infinite or not a number; the weights
   *     are as before the step
   * @throws CancellationException if the thread is interrupted; its flag stays set
   * @throws IllegalStateException if all steps were taken
   */
  public TuningStep advance() {
    if (isFinished()) {
      throw new IllegalStateException(
          "All %d steps of this training were taken.".formatted(steps()));
    }
    var number = stepsTaken();
    var batches = batches(order.of(number).stream().map(examples::get).toList());
    var sums = new ArrayList<Tensor>();
    try {
      var loss = 0.0;
      for (var i = 0; i < batches.size() - 1; i++) {
        loss += addGradients(batches, i, sums);
      }
      return lastBatch(batches, loss, sums);
    } finally {
      sums.forEach(Tensor::close);
    }
  }

  private List<List<TuningExample>> batches(List<TuningExample> ofStep) {
    var batches = new ArrayList<List<TuningExample>>();
    for (var from = 0; from < ofStep.size(); from += settings.batch()) {
      batches.add(ofStep.subList(from, Math.min(ofStep.size(), from + settings.batch())));
    }
    return batches;
  }

  /** Adds a batch's gradients to the sums, which are empty before the first. */
  private double addGradients(List<List<TuningExample>> batches, int index, List<Tensor> sums) {
    try (var tape = new Tape(engine)) {
      var loss = loss(tape, batches, index);
      var gradients = parameters.gradients(tape, loss);
      if (sums.isEmpty()) {
        gradients.forEach(gradient -> sums.add(copy(gradient)));
      } else {
        addTo(sums, gradients);
      }
      return loss.item();
    }
  }

  private Tensor copy(Tensor gradient) {
    var copy = engine.memory().allocate(gradient.type(), gradient.shape());
    engine.kernels().forType(gradient.type()).movement().copy(gradient, copy);
    return copy;
  }

  /** The last batch's own tape holds the sums of all, so that they exist only once. */
  private TuningStep lastBatch(
      List<List<TuningExample>> batches, double lossBefore, List<Tensor> sums) {
    try (var tape = new Tape(engine)) {
      var result = loss(tape, batches, batches.size() - 1);
      var gradients = parameters.gradients(tape, result);
      if (!sums.isEmpty()) {
        addTo(gradients, sums);
      }
      var loss = lossBefore + result.item();
      var norm = clipped(gradients);
      var number = stepsTaken();
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        throw new DivergedException(number + 1);
      }
      var rate = settings.schedule().at(number, steps());
      optimiser.step(gradients, rate);
      return new TuningStep(number + 1, order.epoch(number) + 1, loss, rate, norm);
    }
  }

  private double clipped(List<Tensor> gradients) {
    return Double.isInfinite(settings.largestNorm())
        ? GradientNorm.of(engine, gradients)
        : GradientNorm.clip(engine, gradients, settings.largestNorm());
  }

  private Tensor loss(Tape tape, List<List<TuningExample>> batches, int index) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("The training was cancelled.");
    }
    var ofStep = batches.stream().mapToInt(List::size).sum();
    parameters.watch(tape);
    var number = stepsTaken() * settings.accumulate() + index;
    var seed = Seeds.of(settings.seed(), Seeds.Purpose.DROPOUT, number);
    return ExampleBatch.of(tape, batches.get(index), padId)
        .loss(tape, training, 1.0 / ofStep, seed);
  }

  private void addTo(List<Tensor> sums, List<Tensor> terms) {
    for (var i = 0; i < sums.size(); i++) {
      var kernels = engine.kernels().forType(sums.get(i).type());
      kernels.arithmetic().addScaled(terms.get(i), 1, sums.get(i));
    }
  }

  /**
   * Writes all that this training needs to go on to a file, which appears under its name only when
   * it is whole.
   *
   * @param model the name of the model before the training, which {@link #resume} compares
   * @throws org.pellucid.weights.WeightsException if it can't be written
   */
  public void save(Path checkpoint, String model) {
    new TuningCheckpoint(this, model).write(checkpoint);
  }

  /**
   * Goes on from a checkpoint, as if this training had never ended.
   *
   * @throws org.pellucid.weights.WeightsException if the file can't be read
   * @throws org.pellucid.models.ModelFileException if it belongs to a training of another model,
   *     with other examples or other settings
   */
  public void resume(Path checkpoint, String model) {
    new TuningCheckpoint(this, model).read(checkpoint);
  }

  /** Closes the adapter and what the optimiser remembers. */
  @Override
  public void close() {
    optimiser.close();
    training.adapter().ifPresent(LowRankMatrices::close);
  }
}
