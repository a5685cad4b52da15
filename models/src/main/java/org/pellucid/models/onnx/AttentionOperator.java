package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.Broadcast;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Real;

/**
 * The attention that {@link AttentionPattern} finds, of projected queries, keys and values {@code
 * [batch, tokens, hidden]} and perhaps a mask: in one step where the mask is the same for all
 * queries and nobody differentiates by it, otherwise step by step.
 */
final class AttentionOperator {
  /** Not an operator's name in any file. */
  static final String NAME = "attention of heads";

  /** The attribute that counts the heads. */
  static final String HEADS = "heads";

  private AttentionOperator() {}

  static void addTo(Map<String, Operator> table) {
    table.put(NAME, Operator.single(AttentionOperator::attention));
  }

  private static Value attention(NodeCall call) {
    var tape = call.tape();
    var query = call.tensor(0);
    var key = call.tensor(1);
    var value = call.tensor(2);
    for (var projection : new Tensor[] {query, key, value}) {
      Shapes.checkRank("The projections of an attention", projection, 3);
    }
    var heads = (int) call.whole(HEADS, 0);
    check(heads > 0 && query.size(2) % heads == 0, "%s has no heads of one size", call);
    var mask = call.has(3) ? Optional.of(call.tensor(3)) : Optional.<Tensor>empty();
    var shape = new long[] {query.size(0), 1, 1, key.size(1)};
    if (mask.isEmpty() || isForAllQueries(mask.get(), shape) && !tape.tracks(mask.get())) {
      var whole =
          mask.map(
              m -> Arrays.equals(m.shape(), shape) ? m : call.use(Broadcast.apply(tape, m, shape)));
      return new Real(Attention.apply(tape, query, key, value, heads, whole), false);
    }
    return new Real(stepByStep(call, query, key, value, heads, mask.get()), false);
  }

  private static boolean isForAllQueries(Tensor mask, long[] shape) {
    return mask.rank() == 4
        && mask.size(1) == 1
        && mask.size(2) == 1
        && mask.size(3) == shape[3]
        && (mask.size(0) == 1 || mask.size(0) == shape[0]);
  }

  private static Tensor stepByStep(
      NodeCall call, Tensor query, Tensor key, Tensor value, int heads, Tensor mask) {
    var tape = call.tape();
    var q = inHeads(call, query, heads);
    var k = inHeads(call, key, heads);
    var v = inHeads(call, value, heads);
    var scores = call.use(MatMul.apply(tape, q, false, k, true));
    var scaled = call.use(Scale.apply(tape, scores, 1 / Math.sqrt(q.size(-1))));
    var stretched = call.use(Broadcast.apply(tape, mask, scaled.shape()));
    var masked = call.use(Add.apply(tape, scaled, stretched));
    var probabilities = call.use(Softmax.apply(tape, masked, 1, Optional.empty()));
    var perHead = call.use(MatMul.apply(tape, probabilities, v));
    return Reshape.apply(tape, call.use(Transpose.apply(tape, perHead, 0, 2, 1, 3)), query.shape());
  }

  private static Tensor inHeads(NodeCall call, Tensor x, int heads) {
    var split = Reshape.apply(call.tape(), x, x.size(0), x.size(1), heads, x.size(2) / heads);
    return call.use(Transpose.apply(call.tape(), call.use(split), 0, 2, 1, 3));
  }
}
