package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AttentionInputs;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Scaled dot-product attention (Vaswani et al., 2017): for each head {@code y = P · v} with {@code
 * P = softmax(f · q · kᵀ + m)} along the keys and {@code f = 1 / √(head size)}; {@code dL/dv = Pᵀ ·
 * g}, {@code dL/dq = f · S · k}, {@code dL/dk = f · Sᵀ · q} with {@code S = P ∘ (g · vᵀ − Σ P ∘ (g
 * · vᵀ))}.
 *
 * <p>The probabilities {@code P} are never kept; who wants them, or gradients with respect to them,
 * builds the same from {@link MatMul} and {@link Softmax}.
 */
public final class Attention implements Operation {
  private final int heads;
  private final Optional<Tensor> mask;
  private Tensor savedQuery;
  private Tensor savedKey;
  private Tensor savedValue;

  private Attention(int heads, Optional<Tensor> mask) {
    this.heads = heads;
    this.mask = mask;
  }

  /**
   * The contexts of all queries, the heads side by side.
   *
   * @param query {@code [batch, queries, hidden]}; a head is a range of {@code hidden / heads}
   *     columns
   * @param key {@code [batch, keys, hidden]}
   * @param value {@code [batch, keys, hidden]}
   * @param mask {@code [batch, 1, 1, keys]}, added to the scores: 0 for tokens and a large negative
   *     number for padding; no gradient flows to it, and it must stay open as long as the tape
   * @return {@code [batch, queries, hidden]}
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(
      Tape tape, Tensor query, Tensor key, Tensor value, int heads, Optional<Tensor> mask) {
    Shapes.checkRank("The queries of an attention", query, 3);
    Shapes.checkRank("The keys of an attention", key, 3);
    var batch = query.size(0);
    var keys = key.size(1);
    check(
        heads > 0 && query.size(2) % heads == 0,
        "%d columns can't be shared out among %d heads",
        query.size(2),
        heads);
    check(keys > 0, "An attention needs at least one key");
    Shapes.checkShape("The key tensor of an attention", key, batch, keys, query.size(2));
    Shapes.checkShape("The value tensor of an attention", value, batch, keys, query.size(2));
    mask.ifPresent(m -> Shapes.checkShape("The mask of an attention", m, batch, 1, 1, keys));
    return tape.apply(new Attention(heads, mask), query, key, value);
  }

  private AttentionInputs inputs(Tensor query, Tensor key, Tensor value) {
    var headSize = query.size(2) / heads;
    return new AttentionInputs(query, key, value, heads, 1 / Math.sqrt(headSize), mask);
  }

  @Override
  public Tensor forward(Forward forward) {
    savedQuery = forward.save(forward.input(0));
    savedKey = forward.save(forward.input(1));
    savedValue = forward.save(forward.input(2));
    mask.ifPresent(forward::save);
    var y = forward.allocate(savedQuery.shape());
    forward.kernels().attention(inputs(savedQuery, savedKey, savedValue), y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var query = backward.allocate(savedQuery.shape());
    var key = backward.allocate(savedKey.shape());
    var value = backward.allocate(savedValue.shape());
    backward
        .kernels()
        .attentionGradient(
            inputs(savedQuery, savedKey, savedValue), backward.gradient(), query, key, value);
    backward.add(0, query);
    backward.add(1, key);
    backward.add(2, value);
  }
}
