package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import java.util.function.UnaryOperator;
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
 * <p>The probabilities {@code P} are never kept. {@link #withProbabilities} computes the same from
 * {@link MatMul} and {@link Softmax} and returns them, to be read or to differentiate by.
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
   * What attention computes step by step.
   *
   * @param context {@code [batch, queries, hidden]}, the heads side by side
   * @param probabilities {@code [batch, heads, queries, keys]}
   */
  public record Attended(Tensor context, Tensor probabilities) {}

  /**
   * The contexts of all queries, the heads side by side. It runs as the steps of {@link
   * #withProbabilities} where the tape replaces the backward step of {@link MatMul} or {@link
   * Softmax}.
   *
   * @param query {@code [batch, queries, hidden]}; a head is a range of {@code hidden / heads}
   *     columns
   * @param key {@code [batch, keys, hidden]}
   * @param value {@code [batch, keys, hidden]}
   * @param mask {@code [batch, 1, 1, keys]}, added to the scores: 0 for tokens and a large negative
   *     number for padding; no gradient flows to it, and it must stay open as long as the tape
   * @return {@code [batch, queries, hidden]}
   * @throws IllegalArgumentException if the shapes don't fit, or the tape has rules for attention
   *     and for one of its steps
   */
  public static Tensor apply(
      Tape tape, Tensor query, Tensor key, Tensor value, int heads, Optional<Tensor> mask) {
    checkShapes(query, key, value, heads, mask);
    if (!tape.replacesBackward(MatMul.class) && !tape.replacesBackward(Softmax.class)) {
      return tape.apply(new Attention(heads, mask), query, key, value);
    }
    var attended = withProbabilities(tape, query, key, value, heads, mask);
    tape.discard(attended.probabilities());
    return attended.context();
  }

  /**
   * Checks that attention may be computed step by step on a tape.
   *
   * @throws IllegalArgumentException if a backward rule concerns attention as a whole
   */
  public static void checkSteps(Tape tape) {
    check(
        !tape.replacesBackward(Attention.class),
        "A backward rule for Attention can't be followed where attention is computed step by step,"
            + " for its probabilities or for rules on MatMul or Softmax; use rules for the steps");
  }

  /**
   * Attention as {@link #apply} computes it, step by step with the probabilities as a tensor on the
   * tape: slower, and with memory that grows with the product of queries and keys.
   *
   * @param query {@code [batch, queries, hidden]}
   * @param key {@code [batch, keys, hidden]}
   * @param value {@code [batch, keys, hidden]}
   * @param mask {@code [batch, 1, 1, keys]}, added to the scores; it must stay open as long as the
   *     tape
   * @throws IllegalArgumentException if the shapes don't fit, or the tape replaces the backward
   *     step of attention as a whole
   */
  public static Attended withProbabilities(
      Tape tape, Tensor query, Tensor key, Tensor value, int heads, Optional<Tensor> mask) {
    checkShapes(query, key, value, heads, mask);
    checkSteps(tape);
    return steps(
        tape, query, key, value, heads, scores -> softmax(tape, scores, query, heads, mask));
  }

  /**
   * Attention with a mask that may differ between queries and heads, and by which gradients flow.
   * It runs step by step.
   *
   * @param query {@code [batch, queries, hidden]}
   * @param key {@code [batch, keys, hidden]}
   * @param value {@code [batch, keys, hidden]}
   * @param mask added to the scores, stretched to {@code [batch, heads, queries, keys]}
   * @return {@code [batch, queries, hidden]}
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor withMask(
      Tape tape, Tensor query, Tensor key, Tensor value, int heads, Tensor mask) {
    checkShapes(query, key, value, heads, Optional.empty());
    var attended =
        steps(tape, query, key, value, heads, scores -> masked(tape, scores, query, heads, mask));
    tape.discard(attended.probabilities());
    return attended.context();
  }

  /**
   * Attention in training: each probability is dropped at random before the values are weighed, as
   * {@link Dropout#train} does it. It runs step by step unless nothing is dropped.
   *
   * @param query {@code [batch, queries, hidden]}
   * @param key {@code [batch, keys, hidden]}
   * @param value {@code [batch, keys, hidden]}
   * @param mask {@code [batch, 1, 1, keys]}, added to the scores; it must stay open as long as the
   *     tape
   * @param probability of dropping, {@code 0 ≤ probability < 1}
   * @param seed of the choice; the same seed gives the same bits
   * @return {@code [batch, queries, hidden]}
   * @throws IllegalArgumentException if the shapes don't fit or the probability is out of range
   */
  public static Tensor train(
      Tape tape,
      Tensor query,
      Tensor key,
      Tensor value,
      int heads,
      Optional<Tensor> mask,
      double probability,
      long seed) {
    if (probability == 0) {
      return apply(tape, query, key, value, heads, mask);
    }
    checkShapes(query, key, value, heads, mask);
    checkSteps(tape);
    var attended =
        steps(
            tape,
            query,
            key,
            value,
            heads,
            scores -> {
              var whole = softmax(tape, scores, query, heads, mask);
              var kept = Dropout.train(tape, whole, probability, seed);
              tape.discard(whole);
              return kept;
            });
    tape.discard(attended.probabilities());
    return attended.context();
  }

  /** The steps; the probabilities are made of the plain products of queries and keys. */
  private static Attended steps(
      Tape tape,
      Tensor query,
      Tensor key,
      Tensor value,
      int heads,
      UnaryOperator<Tensor> probabilities) {
    var q = AttentionHeads.apart(tape, query, heads);
    var k = AttentionHeads.apart(tape, key, heads);
    var scores = MatMul.apply(tape, q, false, k, true);
    tape.discard(q);
    tape.discard(k);
    var weights = probabilities.apply(scores);
    var v = AttentionHeads.apart(tape, value, heads);
    var perHead = MatMul.apply(tape, weights, v);
    tape.discard(v);
    var context = AttentionHeads.sideBySide(tape, perHead);
    tape.discard(perHead);
    return new Attended(context, weights);
  }

  private static double factor(Tensor query, int heads) {
    return 1 / Math.sqrt(query.size(2) / heads);
  }

  private static Tensor softmax(
      Tape tape, Tensor scores, Tensor query, int heads, Optional<Tensor> mask) {
    var probabilities = Softmax.apply(tape, scores, factor(query, heads), mask);
    tape.discard(scores);
    return probabilities;
  }

  private static Tensor masked(Tape tape, Tensor scores, Tensor query, int heads, Tensor mask) {
    var scaled = Scale.apply(tape, scores, factor(query, heads));
    tape.discard(scores);
    var stretched = Broadcast.apply(tape, mask, scaled.shape());
    var sum = Add.apply(tape, scaled, stretched);
    tape.discard(scaled);
    tape.discard(stretched);
    var probabilities = Softmax.apply(tape, sum);
    tape.discard(sum);
    return probabilities;
  }

  private static void checkShapes(
      Tensor query, Tensor key, Tensor value, int heads, Optional<Tensor> mask) {
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
  }

  private AttentionInputs inputs(Tensor query, Tensor key, Tensor value) {
    return new AttentionInputs(query, key, value, heads, factor(query, heads), mask);
  }

  /** The number of heads. */
  public int heads() {
    return heads;
  }

  /** What is added to the scores, {@code [batch, 1, 1, keys]}; empty if nothing is. */
  public Optional<Tensor> mask() {
    return mask;
  }

  @Override
  public Attention again() {
    return new Attention(heads, mask);
  }

  @Override
  public Tensor forward(Forward forward) {
    savedQuery = forward.save(forward.input(0));
    savedKey = forward.save(forward.input(1));
    savedValue = forward.save(forward.input(2));
    mask.ifPresent(forward::save);
    var y = forward.allocate(savedQuery.shape());
    forward.kernels().attention().forward(inputs(savedQuery, savedKey, savedValue), y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var query = backward.allocate(savedQuery.shape());
    var key = backward.allocate(savedKey.shape());
    var value = backward.allocate(savedValue.shape());
    backward
        .kernels()
        .attention()
        .gradient(inputs(savedQuery, savedKey, savedValue), backward.gradient(), query, key, value);
    backward.add(0, query);
    backward.add(1, key);
    backward.add(2, value);
  }
}
