package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Optional;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * AttnLRP (Achtibat et al., 2024): layer-wise relevance propagation with rules for softmax,
 * products of activations and layer normalisation. The rules change gradients, see {@link
 * AttentionRelevanceRules}, and the relevance is the input times the changed gradient, so that
 * nothing is divided by small numbers.
 *
 * <p>Biases, and embeddings of positions and segments, keep their share of the score; how much that
 * is is reported as {@code absorbed}. What arrives and what is absorbed sum to the score; how far
 * they miss it is reported as {@code conservation}.
 *
 * <p>Explained are outputs, sums and differences of them, and channels; probabilities and losses
 * are refused.
 */
public record AttentionRelevance() implements GradientMethod {
  /** The method, which has no parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "attn-lrp",
              "AttnLRP",
              "The score, shared layer by layer through attention down to the input; red speaks for"
                  + " the score, blue against it.",
              "R. Achtibat et al.: AttnLRP, attention-aware layer-wise relevance propagation for"
                  + " transformers, 2024",
              new Guidance(
                  "Which parts of the input does the score come from if each layer, attention"
                      + " included, shares it among its inputs?",
                  "One forward and one backward pass, with about as much again for the rules.",
                  "Biases and the embeddings of positions keep a share, which absorbed tells: where"
                      + " it is as large as the score, the map tells the lesser part of it."),
              List.of(),
              (values, model) -> List.of(new AttentionRelevance()))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void checkModel(Evaluator evaluator) {
    Rehearsal.of(this, evaluator);
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    checkTarget(target);
    var rules = evaluator.withRules(new AttentionRelevanceRules(Optional.empty()));
    new InputTimesGradient().maps(rules, count, inputs, target, options, receiver);
  }

  private static void checkTarget(Target target) {
    check(
        !(target instanceof Target.Probability || target instanceof Target.Loss),
        "AttnLRP explains outputs, sums and differences of outputs and channels, not %s; choose"
            + " one of them",
        target.text());
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    checkTarget(target);
    var absorbed = new Sum();
    var rules = new AttentionRelevanceRules(Optional.of(absorbed::add));
    var map = new double[input.length()];
    new InputTimesGradient()
        .maps(
            evaluator.withRules(rules),
            1,
            (number, into, offset) -> input.copyTo(into, offset),
            target,
            options,
            (number, values, offset) -> System.arraycopy(values, offset, map, 0, map.length));
    var arrived = 0.0;
    for (var relevance : map) {
      arrived += relevance;
    }
    var score = evaluator.score(target, input);
    return explanation
        .quality(
            "conservation",
            arrived + absorbed.total - score,
            "How far what arrives at the input and what is absorbed miss the score; near 0 is"
                + " good.")
        .quality(
            "absorbed",
            absorbed.total,
            "What biases, positions and segments keep of the score; the map holds the rest.")
        .quality("score", score, "The score that is shared.")
        .end(Values.of(map, input.shape()));
  }

  /** Adds up what the backward pass of one input tells, step after step. */
  private static final class Sum {
    private double total;

    void add(double share) {
      total += share;
    }
  }
}
