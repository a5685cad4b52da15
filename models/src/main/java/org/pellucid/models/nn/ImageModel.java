package org.pellucid.models.nn;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.tensor.Tensor;

/**
 * What an explainer needs of a network that classifies images; implement it to explain a network of
 * your own built from the engine's operations.
 */
public interface ImageModel {

  /** The height of the images it takes, in pixels. */
  int inputHeight();

  /** The width of the images it takes, in pixels. */
  int inputWidth();

  /** The number of classes. */
  int classes();

  /** The names of its layers in the order data takes, such as {@code cnn.0}. */
  List<String> layerNames();

  /**
   * What its passes need in memory, where a formula tells; explainers then choose batches that fit.
   *
   * @param kernels that will compute
   */
  default Optional<PassMemory> memory(Kernels kernels) {
    return Optional.empty();
  }

  /**
   * Computes the logits of a batch.
   *
   * @param images {@code [batch, 3, height, width]}, in the range the network was trained on
   * @param listener told of the layers it wants
   * @return {@code [batch, classes]}, on the tape; or the output of the layer that the listener
   *     stopped at
   */
  Tensor forward(Tape tape, Tensor images, LayerListener listener);

  /** The logits of a batch; see {@link #forward(Tape, Tensor, LayerListener)}. */
  default Tensor forward(Tape tape, Tensor images) {
    return forward(tape, images, LayerListener.NONE);
  }
}
