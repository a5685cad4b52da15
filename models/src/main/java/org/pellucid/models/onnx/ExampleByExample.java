package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Concatenate;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/**
 * Passes of a batch through a graph: one of all examples, or one of each where the graph was
 * exported for one at a time.
 */
public final class ExampleByExample {

  /** A pass of some of a batch's examples. */
  @FunctionalInterface
  public interface Pass {
    /**
     * Computes the results of some examples.
     *
     * @param examples {@code [count, …]}
     * @param first the position in the batch of the first of them
     * @return {@code [count, …]}, on the tape
     */
    Tensor of(Tensor examples, int first);
  }

  private ExampleByExample() {}

  /**
   * Computes a batch in as many passes as the graph needs.
   *
   * @param inputs {@code [batch, …]}
   * @param taps that listen to the passes
   * @return {@code [batch, …]}, what the passes gave one after another
   * @throws IllegalArgumentException if the taps listen to several passes, since a layer's output
   *     is that of the whole batch
   */
  public static Tensor run(OnnxModel model, Tape tape, Tensor inputs, Taps taps, Pass pass) {
    var batch = Math.toIntExact(inputs.size(0));
    if (batch <= model.largestBatch()) {
      return pass.of(inputs, 0);
    }
    check(
        taps == Taps.NONE,
        "The graph %s takes one example at a time; export it with an open batch axis to look into"
            + " several at once",
        model.graph().path().getFileName());
    var results = new Tensor[batch];
    for (var i = 0; i < batch; i++) {
      var example = Slice.apply(tape, inputs, 0, i, 1);
      results[i] = pass.of(example, i);
      if (results[i] != example) {
        tape.discard(example);
      }
    }
    var joined = Concatenate.apply(tape, 0, results);
    for (var result : results) {
      tape.discard(result);
    }
    return joined;
  }
}
