package org.pellucid.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.AttentionWork;
import org.pellucid.bench.work.Pass;

/** Scaled dot-product attention in DJL's operations; DJL has none of PyTorch's fused ones. */
final class DjlAttention {
  private DjlAttention() {}

  /** {@code softmax(q · kᵀ / √d) · v} over {@code [batch, heads, tokens, d]}. */
  static NDArray context(NDArray query, NDArray key, NDArray value) {
    var size = query.getShape().get(3);
    // Scaling the queries touches fewer numbers than scaling the scores.
    try (var scaled = query.mul((float) (1 / Math.sqrt(size)));
        var transposed = key.transpose(0, 1, 3, 2);
        var scores = scaled.matMul(transposed);
        var probabilities = scores.softmax(-1)) {
      return probabilities.matMul(value);
    }
  }

  static Task task(NDManager owner, AttentionWork work) {
    var shape = new Shape(work.batch(), work.heads(), work.tokens(), work.headSize());
    var query = owner.create(work.query(), shape);
    var key = owner.create(work.key(), shape);
    var value = owner.create(work.value(), shape);
    var gradient = owner.create(work.gradient(), shape);
    return new ArrayTask(
        owner,
        scope -> {
          List.of(query, key, value).forEach(array -> array.tempAttach(scope));
          if (work.pass() == Pass.FORWARD) {
            return List.of(context(query, key, value));
          }
          var leaves = List.of(query.duplicate(), key.duplicate(), value.duplicate());
          leaves.forEach(leaf -> leaf.setRequiresGradient(true));
          try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            var context = context(leaves.get(0), leaves.get(1), leaves.get(2));
            collector.backward(context.mul(gradient).sum());
          }
          return leaves.stream().map(NDArray::getGradient).toList();
        });
  }
}
