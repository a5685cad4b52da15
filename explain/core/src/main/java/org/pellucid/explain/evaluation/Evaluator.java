package org.pellucid.explain.evaluation;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * Runs one model for explanation methods: outputs, gradients of a {@link Target} with respect to
 * inputs, and layer outputs, for many inputs in batches within the engine's memory budget. Only
 * gradients of inputs are computed, never those of weights.
 *
 * <p>Safe to use from several threads at once, as long as the model is not trained.
 */
public final class Evaluator {
  /** Writes the inputs to be evaluated, numbered from 0. */
  @FunctionalInterface
  public interface Inputs {
    /**
     * Writes one input in C order. Several threads call this at the same time.
     *
     * @param target receives the input's values from {@code offset} on
     */
    void write(int number, float[] target, int offset);

    /**
     * Writes one input for a model that computes in double precision: the same numbers, unless they
     * are known to more digits as {@link PreciseInputs} are.
     *
     * @param target receives the input's values, as many as it has places
     */
    default void write(int number, double[] target) {
      var numbers = new float[target.length];
      write(number, numbers, 0);
      for (var i = 0; i < target.length; i++) {
        target[i] = numbers[i];
      }
    }
  }

  /** Receives one number per input. */
  @FunctionalInterface
  public interface ScoreReceiver {
    /** Receives the number of one input, one after another in order. */
    void accept(int number, double score);
  }

  /** Receives one row of numbers per input: its gradient or its outputs. */
  @FunctionalInterface
  public interface Receiver {
    /**
     * Receives the row of one input, one after another in the order of their numbers.
     *
     * @param source holds the row from {@code offset} on until this method returns
     */
    void accept(int number, double[] source, int offset);
  }

  private final Engine engine;
  private final Model model;
  private final BackwardRules rules;
  private final Supplier<Map<String, long[]>> layerShapes;

  /** Evaluates {@code model} on {@code engine}, in the type of the model's weights. */
  public Evaluator(Engine engine, Model model) {
    this(engine, model, BackwardRules.NONE, LayerShapes.once(engine, model));
  }

  private Evaluator(
      Engine engine, Model model, BackwardRules rules, Supplier<Map<String, long[]>> layerShapes) {
    this.engine = engine;
    this.model = model;
    this.rules = rules;
    this.layerShapes = layerShapes;
  }

  /** This evaluator with other backward steps for some operations. */
  public Evaluator withRules(BackwardRules other) {
    return new Evaluator(engine, model, other, layerShapes);
  }

  /**
   * The shapes of the layers' outputs for one input, in the order of the layers: {@code [channels,
   * height, width]} of an image layer. They are found by a forward pass when first asked for.
   */
  public Map<String, long[]> layerShapes() {
    return layerShapes.get();
  }

  /**
   * Evaluates the model as a function of a layer's output for a fixed input, whose values {@link
   * #layerOutput(String, Values)} gives.
   *
   * @throws IllegalArgumentException if the model has no such layer or the input doesn't fit
   */
  public Evaluator at(String layer, Values input) {
    var values = layerOutput(layer, input);
    var after = model.after(layer).orElseGet(() -> new LayerModel(model, layer, input, values));
    return new Evaluator(engine, after, rules, LayerShapes.once(engine, after));
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /** The engine. */
  public Engine engine() {
    return engine;
  }

  BackwardRules rules() {
    return rules;
  }

  /** The number of values in one input. */
  public int inputSize() {
    return Math.toIntExact(Shapes.elements(model.inputShape()));
  }

  static long[] withBatch(long batch, long[] shape) {
    var result = new long[shape.length + 1];
    result[0] = batch;
    System.arraycopy(shape, 0, result, 1, shape.length);
    return result;
  }

  /**
   * A batch of inputs as a tensor {@code [batch, input shape…]} of the model's type, from the
   * engine's memory; the caller closes it.
   *
   * @throws IllegalArgumentException if the values don't fill whole inputs
   */
  public Tensor batch(float[] inputs) {
    var shape = withBatch(count(inputs), model.inputShape());
    var tensor = engine.memory().allocate(model.type(), shape);
    tensor.set(inputs);
    return tensor;
  }

  private int count(float[] inputs) {
    Shapes.check(
        inputs.length > 0 && inputs.length % inputSize() == 0,
        "%d values are not a batch of inputs of %s",
        inputs.length,
        Shapes.text(model.inputShape()));
    return inputs.length / inputSize();
  }

  Tensor batchOn(Tape tape, float[] inputs, int count) {
    var tensor = tape.allocate(model.type(), withBatch(count, model.inputShape()));
    tensor.set(inputs, count * inputSize());
    return tensor;
  }

  /** Arrays for batches of up to {@code capacity} inputs and their gradients. */
  public GradientBatch newBatch(int capacity) {
    return new GradientBatch(this, capacity);
  }

  /**
   * Checks that an input has the model's shape and holds numbers.
   *
   * @throws IllegalArgumentException if it doesn't
   */
  public void checkInput(Values input) {
    Shapes.check(
        Arrays.equals(input.shape(), model.inputShape()),
        "The input has the shape %s but the model takes %s",
        Shapes.text(input.shape()),
        Shapes.text(model.inputShape()));
    Shapes.check(input.allFinite(), "The input holds NaN or infinite values");
  }

  /**
   * Checks that the model has the outputs or the layer of a target.
   *
   * @throws IllegalArgumentException if it doesn't, or the target is still to be resolved
   */
  public void checkTarget(Target target) {
    Shapes.check(
        !(target instanceof Target.Predicted),
        "The predicted class is known after a forward pass only; resolve the target first");
    for (var index : target.indices()) {
      Shapes.check(
          index >= 0 && index < model.outputs(),
          "The target %d is not one of the model's %d outputs",
          index,
          model.outputs());
    }
    if (target instanceof Target.Channel channel) {
      checkLayer(channel.layer());
      Shapes.check(channel.channel() >= 0, "A layer's channels count from 0");
    }
  }

  void checkLayer(String layer) {
    Shapes.check(
        model.layerNames().contains(layer),
        "The model has no layer %s; its layers are %s",
        layer,
        String.join(", ", model.layerNames()));
  }

  /** The outputs for one input, {@code [outputs]}. */
  public Values outputs(Values input) {
    checkInput(input);
    return Values.of(outputs(input.toArray()), model.outputs());
  }

  /**
   * The target's number for one input.
   *
   * @throws IllegalArgumentException if the model has no such target or the input doesn't fit
   */
  public double score(Target target, Values input) {
    checkInput(input);
    checkTarget(target);
    var score = new double[1];
    scores(
        1,
        (number, into, offset) -> input.copyTo(into, offset),
        target,
        RunOptions.standard().withBatchSize(1),
        (number, value) -> score[0] = value);
    return score[0];
  }

  /**
   * The outputs of a batch.
   *
   * @param inputs {@code [batch, input shape…]}
   * @return {@code [batch, outputs]}
   */
  public double[] outputs(float[] inputs) {
    try (var tape = new Tape(engine)) {
      return model.forward(tape, batchOn(tape, inputs, count(inputs)), Taps.NONE).toDoubles();
    }
  }

  /**
   * The output of a layer for one input: {@code [channels, height, width]} of an image layer,
   * {@code [tokens, hidden]} of an encoder layer, {@code [features]} of any other.
   *
   * @throws IllegalArgumentException if the model has no such layer or the input doesn't fit
   */
  public Values layerOutput(String layer, Values input) {
    checkInput(input);
    try (var tape = new Tape(engine)) {
      var output = layerOutput(tape, batchOn(tape, input.toArray(), 1), layer);
      var first = output.rank() == 4 ? Transpose.apply(tape, output, 0, 3, 1, 2) : output;
      var shape = first.shape();
      return Values.of(first.toFloats(), Arrays.copyOfRange(shape, 1, shape.length));
    }
  }

  /**
   * Runs the model up to a layer on a tape of the caller's and returns its output as the model lays
   * it out, {@code [batch, height, width, channels]} of an image layer.
   *
   * @throws IllegalArgumentException if the model has no such layer
   */
  public Tensor layerOutput(Tape tape, Tensor x, String layer) {
    return layerOutput(tape, x, layer, Taps.NONE);
  }

  Tensor layerOutput(Tape tape, Tensor x, String layer, Taps others) {
    checkLayer(layer);
    var tap = new StopAtLayer(layer, others);
    model.forward(tape, x, tap);
    return tap.output()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The model names a layer %s but did not offer its output to the taps; its forward pass must call Taps.offer after each layer."
                        .formatted(layer)));
  }

  /**
   * The gradients of a target with respect to many inputs, batch by batch. The batch's size changes
   * speed and memory, never the results.
   *
   * @throws IllegalArgumentException if the model has no such target, or the engine's memory budget
   *     is too small for one input
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public void gradients(
      int count, Inputs inputs, Target target, RunOptions options, Receiver receiver) {
    var size = inputSize();
    var batch = newBatch(Math.min(count, batchSize(options, true)));
    Batches.run(
        count,
        batch.capacity(),
        options,
        (first, filled) -> {
          batch.compute(target, inputs, first, filled);
          for (var k = 0; k < filled; k++) {
            receiver.accept(first + k, batch.gradients(), k * size);
          }
        });
  }

  /**
   * Runs the model forward for a target on a tape of the caller's, by this evaluator's rules, so
   * that the rules of another pass can compare with what the tape recorded.
   *
   * @param count of the inputs, which are one batch
   * @throws IllegalArgumentException if the model has no such target
   */
  public void record(Tape tape, int count, Inputs inputs, Target target) {
    checkTarget(target);
    rules.install(tape);
    var x = Batches.tensor(this, tape, inputs, 0, count, Batches.singles(this, count));
    TargetValues.of(this, tape, tape.watch(x), target, Taps.NONE);
  }

  /**
   * The outputs for many inputs, batch by batch; the receiver gets a row {@code [outputs]} each.
   *
   * @throws IllegalArgumentException if the engine's memory budget is too small for one input
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public void outputs(int count, Inputs inputs, RunOptions options, Receiver receiver) {
    Batches.forward(
        this,
        count,
        inputs,
        options,
        (tape, x, first) -> {
          var rows = model.forward(tape, x, Taps.NONE).toDoubles();
          for (var k = 0; k < x.size(0); k++) {
            receiver.accept(first + k, rows, k * model.outputs());
          }
        });
  }

  /**
   * A target's number for many inputs, batch by batch.
   *
   * @throws IllegalArgumentException if the model has no such target, or the engine's memory budget
   *     is too small for one input
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public void scores(
      int count, Inputs inputs, Target target, RunOptions options, ScoreReceiver receiver) {
    checkTarget(target);
    if (!(target instanceof Target.Channel)) {
      var outputs = model.outputs();
      outputs(
          count,
          inputs,
          options,
          (number, rows, offset) ->
              receiver.accept(
                  number, target.of(Arrays.copyOfRange(rows, offset, offset + outputs))));
      return;
    }
    Batches.forward(
        this,
        count,
        inputs,
        options,
        (tape, x, first) -> {
          var numbers = TargetValues.of(this, tape, x, target, Taps.NONE).numbers();
          for (var k = 0; k < numbers.length; k++) {
            receiver.accept(first + k, numbers[k]);
          }
        });
  }

  /**
   * The batch for many inputs: that of the options, or else {@link #batchSize(boolean)}; never more
   * than the model takes at once.
   *
   * @param withGradient whether gradients are computed, or outputs only
   * @throws IllegalArgumentException if one input doesn't fit in the engine's memory budget
   */
  public int batchSize(RunOptions options, boolean withGradient) {
    return Math.min(
        model.largestBatch(), options.batchSize().orElseGet(() -> batchSize(withGradient)));
  }

  /**
   * The batch for many inputs: the fastest that the engine's memory budget has room for, by the
   * model's formula if it has one, and that the model takes at once.
   *
   * @param withGradient whether gradients are computed, or outputs only
   * @throws IllegalArgumentException if one input doesn't fit
   */
  public int batchSize(boolean withGradient) {
    return BatchSizes.best(this, withGradient);
  }
}
