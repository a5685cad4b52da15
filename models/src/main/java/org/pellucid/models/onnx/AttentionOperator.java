package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.Broadcast;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/**
 * The attention that {@link AttentionPattern} finds, of the projected queries, keys and values, the
 * shapes that cut each into heads, the shape of the result where it isn't the queries', and perhaps
 * a mask. It runs in one step where the mask is the same for all queries and nobody differentiates
 * by it, otherwise step by step.
 */
final class AttentionOperator {
  /** Not an operator's name in any file. */
  static final String NAME = "attention of heads";

  /** The attribute that counts the heads. */
  static final String HEADS = "heads";

  /** The attribute that names the value of the scores in the graph, which isn't computed. */
  static final String SCORES = "scores";

  private static final int SHAPES = 3;
  private static final int RESULT = 6;
  private static final int MASK = 7;

  private AttentionOperator() {}

  static void addTo(Map<String, Operator> table) {
    table.put(NAME, Operator.single(AttentionOperator::attention));
  }

  private static Value attention(NodeCall call) {
    var tape = call.tape();
    var heads = (int) call.whole(HEADS, 0);
    var query = sideBySide(call, 0, heads);
    var key = sideBySide(call, 1, heads);
    var value = sideBySide(call, 2, heads);
    var mask = call.has(MASK) ? Optional.of(call.tensor(MASK)) : Optional.<Tensor>empty();
    var batch = query.size(0);
    var keys = key.size(1);
    if (mask.isPresent()
        && (!isForAllQueries(mask.get().shape(), batch, keys) || tape.tracks(mask.get()))) {
      return result(call, Attention.withMask(tape, query, key, value, heads, mask.get()), heads);
    }
    var shape = new long[] {batch, 1, 1, keys};
    var whole =
        mask.map(
            m -> Arrays.equals(m.shape(), shape) ? m : call.use(Broadcast.apply(tape, m, shape)));
    return result(call, Attention.apply(tape, query, key, value, heads, whole), heads);
  }

  /** A projection as {@code [batch, tokens, hidden]}, as its shape of heads groups the tokens. */
  private static Tensor sideBySide(NodeCall call, int position, int heads) {
    var x = call.tensor(position);
    var sizes = call.known(SHAPES + position).wholes().clone();
    var shape = ShapeOperators.filled(call, x.shape(), sizes, false);
    check(shape.length == 4 && shape[2] == heads, "%s has no %d heads", call, heads);
    var joined = new long[] {shape[0], shape[1], shape[2] * shape[3]};
    return Arrays.equals(joined, x.shape()) ? x : call.use(Reshape.apply(call.tape(), x, joined));
  }

  private static Value result(NodeCall call, Tensor context, int heads) {
    if (!call.has(RESULT)) {
      return new Real(context, false);
    }
    var inHeads = new long[] {context.size(0), context.size(1), heads, context.size(2) / heads};
    var sizes = call.known(RESULT).wholes().clone();
    var shape = ShapeOperators.filled(call, inHeads, sizes, false);
    return new Real(
        Arrays.equals(shape, context.shape())
            ? context
            : Reshape.apply(call.tape(), call.use(context), shape),
        false);
  }

  private static boolean isForAllQueries(long[] mask, long batch, long keys) {
    return mask.length == 4
        && mask[1] == 1
        && mask[2] == 1
        && mask[3] == keys
        && (mask[0] == 1 || mask[0] == batch);
  }

  /**
   * The name of the scores that a node computes one by one; empty where it surely runs in one step:
   * without a mask, or with a constant one for all queries.
   *
   * @param constants their shapes by name
   * @param shapes of the values that aren't constant by name
   */
  static Optional<String> openScores(
      GraphNode node, Function<String, Optional<long[]>> constants, Map<String, long[]> shapes) {
    if (!node.operation().equals(NAME)
        || node.inputs().size() <= MASK
        || !(node.attributes().get(SCORES) instanceof Attribute.Text(var scores))) {
      return Optional.empty();
    }
    var shape = shapes.get(scores);
    var inOneStep =
        shape == null
            || constants
                .apply(node.inputs().get(MASK))
                .filter(mask -> isForAllQueries(mask, shape[0], shape[3]))
                .isPresent();
    return Optional.of(scores).filter(_ -> !inOneStep);
  }
}
