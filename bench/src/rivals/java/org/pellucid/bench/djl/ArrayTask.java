package org.pellucid.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.function.Function;
import org.pellucid.bench.contender.Joined;
import org.pellucid.bench.contender.Task;

/**
 * A computation in a scope that is closed after it, with all arrays made in it. DJL gives a result
 * to the manager of the first operand, so that one is attached to the scope for the time being.
 *
 * @param owner of what the task uses
 * @param computation makes its results in the scope it is given
 */
record ArrayTask(NDManager owner, Function<NDManager, List<NDArray>> computation) implements Task {

  @Override
  public void run() {
    try (var scope = owner.newSubManager()) {
      computation.apply(scope);
    }
  }

  @Override
  public float[] answer() {
    try (var scope = owner.newSubManager()) {
      return Joined.of(computation.apply(scope).stream().map(NDArray::toFloatArray).toList());
    }
  }

  @Override
  public void close() {
    owner.close();
  }
}
