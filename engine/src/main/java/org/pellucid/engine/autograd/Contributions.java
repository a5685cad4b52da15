package org.pellucid.engine.autograd;

import org.pellucid.engine.tensor.Tensor;

/** Where one operation's backward step leaves what it adds to the gradients of its inputs. */
interface Contributions {
  /** Whether the gradient with respect to the input at a position is needed. */
  boolean wants(int index);

  /** Takes over a contribution of the input's shape, or of one that the input broadcasts to. */
  void add(int index, Tensor contribution);
}
