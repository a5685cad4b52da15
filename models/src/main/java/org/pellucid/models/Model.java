package org.pellucid.models;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * A function from a batch of inputs to a row of numbers for each, as explanation methods see it: an
 * image classifier, a language model's scores at a position, a regression. Implement it to explain
 * a network of your own that is built from the engine's operations.
 */
public interface Model {

  /** The shape of one input without its batch axis, such as {@code [channels, height, width]}. */
  long[] inputShape();

  /** The numbers that it gives for one input, such as one logit a class. */
  int outputs();

  /** The type of its weights, in which it computes. */
  default ElementType type() {
    return ElementType.FLOAT32;
  }

  /** The names of its layers in the order data takes, such as {@code cnn.0}; may be empty. */
  default List<String> layerNames() {
    return List.of();
  }

  /**
   * The most inputs that one pass takes; more are computed one pass after another. Default: any
   * number.
   */
  default int largestBatch() {
    return Integer.MAX_VALUE;
  }

  /**
   * The memory that its passes need, where a formula tells; batches are then chosen to fit.
   *
   * @param kernels that will compute
   */
  default Optional<MemoryEstimate> memory(Kernels kernels) {
    return Optional.empty();
  }

  /**
   * What follows a layer, as a model of the layer's output: {@code [channels, height, width]} of an
   * image layer. It shares this model's weights and is not closed by itself.
   *
   * @return empty if this model can't begin in the middle, or later layers need more than that
   *     output
   * @throws IllegalArgumentException if there is no such layer
   */
  default Optional<Model> after(String layer) {
    return Optional.empty();
  }

  /**
   * Computes the outputs of a batch.
   *
   * @param inputs {@code [batch, input shape…]}
   * @param taps that listen to its layers
   * @return {@code [batch, outputs]}, on the tape; or the output of the layer that the taps stopped
   *     at
   */
  Tensor forward(Tape tape, Tensor inputs, Taps taps);

  /** The outputs of a batch; see {@link #forward(Tape, Tensor, Taps)}. */
  default Tensor forward(Tape tape, Tensor inputs) {
    return forward(tape, inputs, Taps.NONE);
  }
}
