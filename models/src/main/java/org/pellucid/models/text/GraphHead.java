package org.pellucid.models.text;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Concatenate;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.CosineSimilarity;

/** What is made of a graph's outputs for one text. */
sealed interface GraphHead {

  /** The graph's outputs that it needs. */
  List<String> names();

  /** The numbers that it gives for one text. */
  int outputs();

  /**
   * The numbers of a batch.
   *
   * @param values of the outputs, the batch first
   * @param mask {@code [batch, tokens]}: which tokens are attended to; empty if all are
   * @return {@code [batch, outputs]}
   */
  Tensor of(Tape tape, List<Tensor> values, Optional<int[]> mask);

  /** An output {@code [batch, outputs]} as it is. */
  record Whole(String name, int outputs) implements GraphHead {
    @Override
    public List<String> names() {
      return List.of(name);
    }

    @Override
    public Tensor of(Tape tape, List<Tensor> values, Optional<int[]> mask) {
      return values.getFirst();
    }
  }

  /** Last hidden states {@code [batch, tokens, outputs]}, pooled. */
  record Pooled(String name, int outputs, Pooling pooling) implements GraphHead {
    @Override
    public List<String> names() {
      return List.of(name);
    }

    @Override
    public Tensor of(Tape tape, List<Tensor> values, Optional<int[]> mask) {
      var hidden = values.getFirst();
      var pooled =
          switch (pooling) {
            case FIRST -> Slice.apply(tape, hidden, 1, 0, 1);
            case MEAN ->
                mask.map(attended -> meanOf(tape, hidden, attended))
                    .orElseGet(() -> Mean.apply(tape, hidden, 1));
          };
      return Reshape.apply(tape, pooled, hidden.size(0), outputs);
    }

    private static Tensor meanOf(Tape tape, Tensor hidden, int[] attended) {
      var tokens = (int) hidden.size(1);
      var shares = new double[attended.length];
      for (var from = 0; from < attended.length; from += tokens) {
        var count = 0;
        for (var i = from; i < from + tokens; i++) {
          count += attended[i];
        }
        for (var i = from; i < from + tokens; i++) {
          shares[i] = (double) attended[i] / Math.max(1, count);
        }
      }
      var weights = tape.allocate(hidden.type(), hidden.size(0), tokens, 1);
      weights.set(shares);
      return Sum.apply(tape, Multiply.apply(tape, hidden, weights), 1);
    }
  }

  /** The logits {@code [batch, tokens, outputs]} at one position. */
  record AtPosition(String name, int outputs, int position) implements GraphHead {
    @Override
    public List<String> names() {
      return List.of(name);
    }

    @Override
    public Tensor of(Tape tape, List<Tensor> values, Optional<int[]> mask) {
      var logits = values.getFirst();
      var here = Slice.apply(tape, logits, 1, position, 1);
      return Reshape.apply(tape, here, logits.size(0), outputs);
    }
  }

  /**
   * The logits of all starts, then those of all ends, from two outputs {@code [batch, tokens]} or
   * one of {@code [batch, tokens, 2]}.
   */
  record StartsAndEnds(List<String> names, int tokens) implements GraphHead {
    @Override
    public int outputs() {
      return 2 * tokens;
    }

    @Override
    public Tensor of(Tape tape, List<Tensor> values, Optional<int[]> mask) {
      var batch = values.getFirst().size(0);
      if (values.size() == 1) {
        var startsThenEnds = Transpose.apply(tape, values.getFirst(), 0, 2, 1);
        return Reshape.apply(tape, startsThenEnds, batch, outputs());
      }
      return Concatenate.apply(tape, 1, values.toArray(Tensor[]::new));
    }
  }

  /** The cosine similarity of a vector {@code [batch, size]} to a fixed one. */
  record Similarity(GraphHead vector, CosineSimilarity similarity) implements GraphHead {
    @Override
    public List<String> names() {
      return vector.names();
    }

    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public Tensor of(Tape tape, List<Tensor> values, Optional<int[]> mask) {
      return similarity.of(tape, vector.of(tape, values, mask));
    }
  }
}
