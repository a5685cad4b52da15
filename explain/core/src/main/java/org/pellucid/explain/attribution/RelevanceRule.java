package org.pellucid.explain.attribution;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.pellucid.engine.tensor.Tensor;

/**
 * How a layer with weights shares the relevance {@code R} of its outputs among its inputs. Every
 * rule is made of {@linkplain WeightedLayer#share shares} {@code x · Wᵀ(R / z)} with inputs,
 * weights and biases changed; {@code a⁺} is {@code max(a, 0)} and {@code a⁻} is {@code min(a, 0)}.
 */
sealed interface RelevanceRule {
  /** What is added to the magnitude of a divisor by the rules that don't name another. */
  double STABILISER = 1e-6;

  /** A function that changes nothing. */
  DoubleUnaryOperator SAME = value -> value;

  /** The positive part. */
  DoubleUnaryOperator POSITIVE = value -> Math.max(value, 0);

  /** The negative part. */
  DoubleUnaryOperator NEGATIVE = value -> Math.min(value, 0);

  /** Zero. */
  DoubleUnaryOperator ZERO = _ -> 0;

  /** One. */
  DoubleUnaryOperator ONE = _ -> 1;

  /** The relevance of the inputs, of their shape, on the layer's tape. */
  Tensor inputRelevance(WeightedLayer layer, Tensor relevance);

  /** {@code R = x · Wᵀ(R / (z + ε · sign z))} with {@code z = W x + b} (Bach et al., 2015). */
  record Epsilon(double epsilon) implements RelevanceRule {
    @Override
    public Tensor inputRelevance(WeightedLayer layer, Tensor relevance) {
      return layer.shareAsGiven(relevance, epsilon);
    }
  }

  /** The share of what raises an output, {@code x⁺W⁺ + x⁻W⁻ + b⁺} (Bach et al., 2015). */
  record Plus() implements RelevanceRule {
    @Override
    public Tensor inputRelevance(WeightedLayer layer, Tensor relevance) {
      return layer.share(relevance, STABILISER, layer.bySign(POSITIVE, NEGATIVE, POSITIVE));
    }
  }

  /**
   * {@code α} times the share of what raises an output, as {@link Plus}, minus {@code β} times the
   * share of what lowers it, {@code x⁺W⁻ + x⁻W⁺ + b⁻} (Bach et al., 2015); {@code α − β = 1}.
   */
  record AlphaBeta(double alpha, double beta) implements RelevanceRule {
    @Override
    public Tensor inputRelevance(WeightedLayer layer, Tensor relevance) {
      var raising = new Plus().inputRelevance(layer, relevance);
      var lowering = layer.share(relevance, STABILISER, layer.bySign(NEGATIVE, POSITIVE, NEGATIVE));
      return layer.sum(raising, alpha, lowering, -beta);
    }
  }

  /**
   * The share of {@code x⁺(W + γW⁺) + x⁻(W + γW⁻) + b + γb⁺} where the output is positive, and of
   * {@code x⁺(W + γW⁻) + x⁻(W + γW⁺) + b + γb⁻} where it is negative: what speaks for the output's
   * sign weighs {@code 1 + γ} (Montavon et al., 2019).
   */
  record Gamma(double gamma) implements RelevanceRule {
    @Override
    public Tensor inputRelevance(WeightedLayer layer, Tensor relevance) {
      DoubleUnaryOperator up = weight -> weight + gamma * Math.max(weight, 0);
      DoubleUnaryOperator down = weight -> weight + gamma * Math.min(weight, 0);
      var outputs = layer.outputs();
      var ofPositive =
          layer.share(
              layer.where(outputs, output -> output > 0, relevance),
              STABILISER,
              layer.bySign(up, down, up));
      var ofNegative =
          layer.share(
              layer.where(outputs, output -> output < 0, relevance),
              STABILISER,
              layer.bySign(down, up, down));
      return layer.sum(ofPositive, 1, ofNegative, 1);
    }
  }

  /**
   * For a first layer whose inputs lie between {@code l} and {@code h}: the share of {@code x W − l
   * W⁺ − h W⁻} (Montavon et al., 2017).
   */
  record Box(double lowest, double highest) implements RelevanceRule {
    @Override
    public Tensor inputRelevance(WeightedLayer layer, Tensor relevance) {
      return layer.share(
          relevance,
          STABILISER,
          List.of(
              layer.part(SAME, SAME, ZERO),
              layer.part(_ -> lowest, POSITIVE, ZERO).negated(),
              layer.part(_ -> highest, NEGATIVE, ZERO).negated()));
    }
  }

  /** The same share for every input of an output, whatever inputs and weights are. */
  record Flat() implements RelevanceRule {
    @Override
    public Tensor inputRelevance(WeightedLayer layer, Tensor relevance) {
      return layer.share(relevance, STABILISER, List.of(layer.part(ONE, ONE, ZERO)));
    }
  }
}
