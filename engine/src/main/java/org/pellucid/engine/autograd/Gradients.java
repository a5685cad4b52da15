package org.pellucid.engine.autograd;

import java.util.Map;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** The gradients that one backward pass computed, by the tensor they belong to. */
public final class Gradients {
  private final Map<Tensor, Tensor> gradients;

  Gradients(Map<Tensor, Tensor> gradients) {
    this.gradients = gradients;
  }

  /**
   * The gradient with respect to {@code tensor}, of its shape; it belongs to the tape.
   *
   * @throws IllegalArgumentException if it wasn't asked for
   */
  public Tensor of(Tensor tensor) {
    var gradient = gradients.get(tensor);
    if (gradient == null) {
      throw new IllegalArgumentException(
          "No gradient was asked for the tensor of shape " + Shapes.text(tensor.shape()) + ".");
    }
    return gradient;
  }
}
