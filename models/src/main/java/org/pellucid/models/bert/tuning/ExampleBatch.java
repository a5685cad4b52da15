package org.pellucid.models.bert.tuning;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.BertTraining;

/**
 * Some examples side by side, padded to the longest; their tensors belong to a tape.
 *
 * @param ids {@code int32 [batch, tokens]}
 * @param segments {@code int32 [batch, tokens]}
 * @param mask {@code [batch, tokens]}: 1 for a token, 0 for padding; empty if there is none
 * @param starts {@code int32 [batch]}
 * @param ends {@code int32 [batch]}
 */
record ExampleBatch(Tensor ids, Tensor segments, Optional<int[]> mask, Tensor starts, Tensor ends) {

  static ExampleBatch of(Tape tape, List<TuningExample> examples, int padId) {
    var length = examples.stream().mapToInt(TuningExample::size).max().orElseThrow();
    var ids = new int[examples.size() * length];
    var segments = new int[ids.length];
    var mask = new int[ids.length];
    Arrays.fill(ids, padId);
    for (var i = 0; i < examples.size(); i++) {
      var example = examples.get(i);
      System.arraycopy(example.ids(), 0, ids, i * length, example.size());
      System.arraycopy(example.segments(), 0, segments, i * length, example.size());
      Arrays.fill(mask, i * length, i * length + example.size(), 1);
    }
    var isPadded = Arrays.stream(mask).anyMatch(one -> one == 0);
    return new ExampleBatch(
        integers(tape, ids, examples.size(), length),
        integers(tape, segments, examples.size(), length),
        isPadded ? Optional.of(mask) : Optional.empty(),
        positions(tape, examples, TuningExample::start),
        positions(tape, examples, TuningExample::end));
  }

  private static Tensor positions(
      Tape tape, List<TuningExample> examples, ToIntFunction<TuningExample> position) {
    return integers(tape, examples.stream().mapToInt(position).toArray(), examples.size());
  }

  private static Tensor integers(Tape tape, int[] values, long... shape) {
    var tensor = tape.allocate(ElementType.INT32, shape);
    tensor.set(values);
    return tensor;
  }

  /**
   * The sum over the examples of the mean of two cross entropies, of the answer's first and of its
   * last token over all positions, padding among them, as Hugging Face computes it.
   *
   * @param factor that the sum is multiplied by
   * @param seed of the dropout
   * @return {@code [1]}
   */
  Tensor loss(Tape tape, BertTraining training, double factor, long seed) {
    var hidden = training.encode(tape, ids, segments, mask, seed);
    var spans = training.model().answerSpans(tape, hidden);
    tape.discard(hidden);
    var first = crossEntropy(tape, spans, 0, starts);
    var last = crossEntropy(tape, spans, 1, ends);
    return Scale.apply(tape, Add.apply(tape, first, last), factor / 2);
  }

  private static Tensor crossEntropy(Tape tape, Tensor spans, int which, Tensor targets) {
    var part = Slice.apply(tape, spans, 2, which, 1);
    var logits = Reshape.apply(tape, part, spans.size(0), spans.size(1));
    return Sum.apply(tape, CrossEntropy.apply(tape, logits, targets));
  }
}
