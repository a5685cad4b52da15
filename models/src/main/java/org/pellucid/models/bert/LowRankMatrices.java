package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * A low-rank adapter in training (LoRA, Hu et al., 2022): beside a projection {@code W · x + b}
 * that stays as it is, {@code (alpha / rank) · B · A · x} is added, and only the matrices {@code A}
 * of {@code [rank, inputs]} and {@code B} of {@code [outputs, rank]} are trained. It owns them.
 */
public final class LowRankMatrices implements AutoCloseable {
  private final Settings settings;
  private final Map<String, Pair> pairs = new LinkedHashMap<>();
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();

  private record Pair(Tensor a, Tensor b) {}

  /**
   * What an adapter changes, and how strongly.
   *
   * @param rank of the matrices, at least 1
   * @param alpha above 0; their product is multiplied by {@code alpha / rank}
   * @param projections that are changed in every layer, at least one
   */
  public record Settings(int rank, double alpha, Set<AdaptedProjection> projections) {
    /** Rank and alpha as PEFT has them by default, on queries and values as in the paper. */
    public static final Settings STANDARD =
        new Settings(8, 16, Set.of(AdaptedProjection.QUERY, AdaptedProjection.VALUE));

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is outside of its range
     */
    public Settings {
      check(rank >= 1, "The rank of an adapter is %d, but must be at least 1", rank);
      check(
          alpha > 0 && Double.isFinite(alpha),
          "The alpha of an adapter is %s, but must be above 0",
          alpha);
      check(!projections.isEmpty(), "An adapter must change at least one projection");
      projections = Set.copyOf(projections);
    }

    /** What the product of the matrices is multiplied by. */
    public double scaling() {
      return alpha / rank;
    }
  }

  /**
   * Matrices with which the model computes what it computes without them: {@code A} is drawn
   * uniformly from {@code ±1 / √inputs}, as PEFT does it, and {@code B} is zero.
   *
   * @param seed the same seed gives the same bits
   * @throws IllegalArgumentException if the rank is larger than the model's hidden size
   */
  public LowRankMatrices(BertConfig config, Settings settings, ElementType type, long seed) {
    check(
        settings.rank() <= config.hiddenSize(),
        "The rank of an adapter is %d, but must not be larger than the model's hidden size %d",
        settings.rank(),
        config.hiddenSize());
    this.settings = settings;
    var random = new SplittableRandom(seed);
    for (var layer = 0; layer < config.layers(); layer++) {
      for (var projection : AdaptedProjection.values()) {
        if (settings.projections().contains(projection)) {
          var inputs = projection.inputs(config);
          var a = uniform(type, random, settings.rank(), inputs);
          var b = Tensor.zeros(type, projection.outputs(config), settings.rank());
          var module = projection.module(layer);
          pairs.put(module, new Pair(a, b));
          parameters.put(module + ".lora_A.weight", a);
          parameters.put(module + ".lora_B.weight", b);
        }
      }
    }
  }

  private static Tensor uniform(ElementType type, SplittableRandom random, long rows, long inputs) {
    var bound = 1 / Math.sqrt(inputs);
    var values = new double[Math.toIntExact(rows * inputs)];
    for (var i = 0; i < values.length; i++) {
      values[i] = random.nextDouble(-bound, bound);
    }
    var tensor = Tensor.uninitialised(type, rows, inputs);
    tensor.set(values);
    return tensor;
  }

  /** What is changed, and how strongly. */
  public Settings settings() {
    return settings;
  }

  /** The matrices by the names that PEFT gives them after {@code base_model.model.}. */
  public Map<String, Tensor> parameters() {
    return Collections.unmodifiableMap(parameters);
  }

  /** Whether a module is changed. */
  boolean change(String module) {
    return pairs.containsKey(module);
  }

  private Tensor product(Tape tape, Pair pair, Tensor x) {
    var inputs = x.size(-1);
    var rows = Reshape.apply(tape, x, x.elements() / inputs, inputs);
    var narrow = MatMul.apply(tape, rows, false, pair.a(), true);
    tape.discard(rows);
    var scaled = Scale.apply(tape, narrow, settings.scaling());
    tape.discard(narrow);
    var wide = MatMul.apply(tape, scaled, false, pair.b(), true);
    tape.discard(scaled);
    var shape = x.shape();
    shape[x.rank() - 1] = pair.b().size(0);
    var added = Reshape.apply(tape, wide, shape);
    tape.discard(wide);
    return added;
  }

  /** The projection of {@code x} with what this adapter adds to it. */
  Tensor project(Tape tape, String module, Dense.Projection projection, Tensor x) {
    var plain = projection.forward(tape, x);
    var pair = pairs.get(module);
    if (pair == null) {
      return plain;
    }
    var added = product(tape, pair, x);
    var sum = Add.apply(tape, plain, added);
    tape.discard(plain);
    tape.discard(added);
    return sum;
  }

  @Override
  public void close() {
    parameters.values().forEach(Tensor::close);
  }
}
