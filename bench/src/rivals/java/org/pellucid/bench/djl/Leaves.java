package org.pellucid.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** Parameters whose gradients PyTorch adds to what is there already. */
final class Leaves {
  private Leaves() {}

  /** A parameter's gradient in a scope; its own is emptied, so that the next run begins anew. */
  static NDArray take(NDArray parameter, NDManager scope) {
    var gradient = parameter.getGradient();
    gradient.attach(scope);
    var copy = gradient.duplicate();
    gradient.subi(copy);
    return copy;
  }
}
