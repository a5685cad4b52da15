package org.pellucid.explain.evaluation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/**
 * What a layer gives for many inputs, and the gradients of a target with respect to it, in one
 * forward pass and a backward pass that ends at the layer.
 *
 * @param evaluator of the model
 * @param layer one of its layers
 */
public record LayerGradients(Evaluator evaluator, String layer) {

  /**
   * Checks that the model has the layer.
   *
   * @throws IllegalArgumentException if it hasn't
   */
  public LayerGradients {
    evaluator.checkLayer(layer);
  }

  /**
   * A layer's output for one input, and the target's gradient with respect to it.
   *
   * @param values in C order, {@code [channels, height, width]} of an image layer
   * @param gradients of the same shape
   */
  public record Row(double[] values, double[] gradients) {}

  /** Receives one row per input. */
  @FunctionalInterface
  public interface Receiver {
    /** Receives the row of one input, one after another in order; it may keep the arrays. */
    void accept(int number, Row row);
  }

  /**
   * The shape of the layer's output for one input, {@code [channels, height, width]} of an image
   * layer.
   */
  public long[] shape() {
    return Optional.ofNullable(evaluator.layerShapes().get(layer))
        .map(long[]::clone)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The model names a layer %s but did not offer its output to the taps; its forward pass must call Taps.offer after each layer."
                        .formatted(layer)));
  }

  /**
   * Computes the rows batch by batch. The batch's size changes speed and memory, never the results.
   *
   * @throws IllegalArgumentException if the model has no such target, the target doesn't depend on
   *     the layer, or the engine's memory budget is too small for one input
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public void compute(
      int count, Evaluator.Inputs inputs, Target target, RunOptions options, Receiver receiver) {
    evaluator.checkTarget(target);
    var size = Math.toIntExact(Shapes.elements(shape()));
    var capacity = Math.min(count, evaluator.batchSize(options, true));
    var singles = Batches.singles(evaluator, capacity);
    Batches.run(
        count,
        capacity,
        options,
        (first, filled) -> {
          try (var tape = new Tape(evaluator.engine())) {
            evaluator.rules().install(tape);
            var watched = new Watched(layer);
            var x = Batches.tensor(evaluator, tape, inputs, first, filled, singles);
            var found = TargetValues.of(evaluator, tape, x, target, watched);
            var output = watched.output(tape, found, target);
            var values = channelsFirst(tape, output);
            var gradients = channelsFirst(tape, found.gradient(evaluator, tape, target, output));
            for (var k = 0; k < filled; k++) {
              var from = k * size;
              receiver.accept(
                  first + k,
                  new Row(
                      Arrays.copyOfRange(values, from, from + size),
                      Arrays.copyOfRange(gradients, from, from + size)));
            }
          }
        });
  }

  private static double[] channelsFirst(Tape tape, Tensor tensor) {
    return (tensor.rank() == 4 ? Transpose.apply(tape, tensor, 0, 3, 1, 2) : tensor).toDoubles();
  }

  /** Begins to record at the layer, so that nothing before it is differentiated. */
  private record Watched(String layer, AtomicReference<Tensor> seen) implements Taps {
    Watched(String layer) {
      this(layer, new AtomicReference<>());
    }

    @Override
    public boolean wants(String name) {
      return name.equals(layer);
    }

    @Override
    public Tensor tap(Tape tape, String name, Tensor output) {
      seen.set(tape.watch(output));
      return output;
    }

    Tensor output(Tape tape, TargetValues found, Target target) {
      var output = Optional.ofNullable(seen.get()).filter(_ -> tape.tracks(found.values()));
      check(
          output.isPresent(),
          "The target %s doesn't depend on the layer %s; choose a layer before it",
          target.text(),
          layer);
      return output.orElseThrow();
    }
  }
}
