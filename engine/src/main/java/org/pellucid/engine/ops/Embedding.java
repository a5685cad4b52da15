package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** {@code y[…, :] = table[ids[…], :]}; {@code dL/dtable} adds each row of {@code g} at its id. */
public final class Embedding implements Operation {
  private Tensor savedIds;

  private Embedding() {}

  /**
   * Looks embeddings up.
   *
   * @param table {@code [rows, features]}
   * @param ids {@code int32} of any shape, each in {@code 0..rows − 1}
   * @return {@code [ids…, features]}
   * @throws IllegalArgumentException if an id is not a row
   */
  public static Tensor apply(Tape tape, Tensor table, Tensor ids) {
    Shapes.checkRank("An embedding table", table, 2);
    check(ids.type() == ElementType.INT32, "Embeddings are looked up by integers");
    for (var id : ids.toInts()) {
      check(
          id >= 0 && id < table.size(0), "The id %d is not one of the %d rows", id, table.size(0));
    }
    return tape.apply(new Embedding(), table, ids);
  }

  @Override
  public Embedding again() {
    return new Embedding();
  }

  @Override
  public Tensor forward(Forward forward) {
    var table = forward.input(0);
    savedIds = forward.save(forward.input(1));
    var shape = Arrays.copyOf(savedIds.shape(), savedIds.rank() + 1);
    shape[savedIds.rank()] = table.size(1);
    var y = forward.allocate(shape);
    forward.kernels().lookups().gather(table, savedIds, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.input(0).shape());
    backward.kernels().lookups().scatterAdd(backward.gradient(), savedIds, gradient);
    backward.add(0, gradient);
  }
}
