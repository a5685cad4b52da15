package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;

/**
 * Layer-wise relevance propagation (Bach et al., 2015; Montavon et al., 2019): an output's value is
 * its relevance, which each layer shares among its inputs, down to the model's input. Which rule a
 * layer follows, a composite says. How much of the relevance arrives is reported as {@code
 * conservation}.
 *
 * <p>Explained are outputs, sums and differences of them, and channels; probabilities and losses
 * are refused.
 *
 * @param composite the rules by layer
 * @param epsilon what the rule epsilon adds to the magnitude of its divisors, above 0
 * @param gamma how much more the rule gamma weighs what speaks for an output, from 0 on
 * @param lowest the least value that an input can have, for the composite with a box
 * @param highest the largest
 * @param products what a product of two values that depend on the input passes on
 * @param start what relevance starts as
 */
public record LayerwiseRelevance(
    Composite composite,
    double epsilon,
    double gamma,
    double lowest,
    double highest,
    Products products,
    Start start)
    implements GradientMethod {

  /** Which layer follows which rule; fully connected ones after the first follow epsilon. */
  public enum Composite {
    /** Epsilon in all layers. */
    EPSILON,
    /** Z-plus in convolutions. */
    EPSILON_PLUS,
    /** Z-plus in convolutions, flat in the first layer. */
    EPSILON_PLUS_FLAT,
    /** Alpha-beta with {@code α = 2} and {@code β = 1} in convolutions. */
    EPSILON_ALPHA2_BETA1,
    /** Gamma in convolutions, the box of possible inputs in the first layer. */
    EPSILON_GAMMA_BOX
  }

  /** What relevance starts as. */
  public enum Start {
    /** The values of the target's outputs, so that it sums to the score. */
    OUTPUT,
    /** One for each of the target's outputs, minus one where it is subtracted. */
    ONE
  }

  /** What a product of two values that both depend on the input passes on. */
  public enum Products {
    /**
     * All to the signal where elements are multiplied and one of the two is a gate: a sigmoid, hard
     * or not, or a softmax; else half to each.
     */
    SIGNAL,
    /** Half to each, as AttnLRP does. */
    UNIFORM
  }

  private static final Parameter<Composite> COMPOSITE =
      Parameter.of(
              "composite",
              ParameterType.choice(Composite.class),
              Composite.EPSILON_PLUS_FLAT,
              "Which layer follows which rule.")
          .texts(Composite.EPSILON);
  private static final Parameter<Double> EPSILON =
      Parameter.of(
          "epsilon",
          ParameterType.positiveNumber(),
          1e-6,
          "What the rule epsilon adds to the magnitude of its divisors.");
  private static final Parameter<Double> GAMMA =
      Parameter.of(
          "gamma",
          ParameterType.number(0, 1_000_000),
          0.25,
          "How much more the rule gamma weighs what speaks for an output.");
  private static final Parameter<Double> LOWEST =
      Parameter.of(
          "lowest",
          ParameterType.number(-1_000_000, 1_000_000),
          0.0,
          "The least value that an input can have, for the composite with a box.");
  private static final Parameter<Double> HIGHEST =
      Parameter.of(
          "highest",
          ParameterType.number(-1_000_000, 1_000_000),
          1.0,
          "The largest value that an input can have, for the composite with a box.");
  private static final Parameter<Products> PRODUCTS =
      Parameter.of(
          "products",
          ParameterType.choice(Products.class),
          Products.SIGNAL,
          "What a product of two computed values passes on: all to what a gate lets through, or"
              + " half to each. Matrices always get half each, quotients pass all to the"
              + " dividend.");
  private static final Parameter<Start> START =
      Parameter.of(
          "start",
          ParameterType.choice(Start.class),
          Start.OUTPUT,
          "What relevance starts as: the outputs' values, or one.");

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "lrp",
              "Layer-wise Relevance Propagation",
              "The score, shared layer by layer down to the input; red speaks for the score, blue"
                  + " against it.",
              "S. Bach et al.: On pixel-wise explanations for non-linear classifier decisions by"
                  + " layer-wise relevance propagation, 2015; G. Montavon et al.: Layer-wise"
                  + " relevance propagation: an overview, 2019",
              new Guidance(
                  "Which parts of the input does the score come from if each layer shares it among"
                      + " its inputs?",
                  "One forward and one backward pass, with about as much again for the rules.",
                  "The composite decides what is seen. Rules that keep only what speaks for an"
                      + " output, such as z-plus, give nearly the same map for every class. Biases,"
                      + " and in attention softmax, keep a share: see conservation."),
              List.of(COMPOSITE, EPSILON, GAMMA, LOWEST, HIGHEST, PRODUCTS, START),
              (values, model) ->
                  List.of(
                      new LayerwiseRelevance(
                          values.get(COMPOSITE),
                          values.get(EPSILON),
                          values.get(GAMMA),
                          values.get(LOWEST),
                          values.get(HIGHEST),
                          values.get(PRODUCTS),
                          values.get(START))))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if epsilon is not above 0, gamma is negative, or the box is
   *     empty
   */
  public LayerwiseRelevance {
    check(epsilon > 0, "LRP's epsilon is %s, but must be a number above 0", epsilon);
    check(gamma >= 0, "LRP's gamma is %s, but must be a number from 0 on", gamma);
    check(lowest < highest, "LRP's box is from %s to %s, but must not be empty", lowest, highest);
  }

  /** Epsilon, z-plus and flat, starting with the score. */
  public static LayerwiseRelevance standard() {
    return composite(Composite.EPSILON_PLUS_FLAT);
  }

  /** A composite with {@code ε = 10⁻⁶}, {@code γ = 0.25} and inputs from 0 to 1. */
  public static LayerwiseRelevance composite(Composite composite) {
    return new LayerwiseRelevance(composite, 1e-6, 0.25, 0, 1, Products.SIGNAL, Start.OUTPUT);
  }

  /** This method with relevance that starts as something else. */
  public LayerwiseRelevance withStart(Start other) {
    return new LayerwiseRelevance(composite, epsilon, gamma, lowest, highest, products, other);
  }

  /** This method with another rule for products. */
  public LayerwiseRelevance withProducts(Products other) {
    return new LayerwiseRelevance(composite, epsilon, gamma, lowest, highest, other, start);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(COMPOSITE, composite)
        .with(EPSILON, epsilon)
        .with(GAMMA, gamma)
        .with(LOWEST, lowest)
        .with(HIGHEST, highest)
        .with(PRODUCTS, products)
        .with(START, start);
  }

  private RelevanceRules rules() {
    var forLinear = new RelevanceRule.Epsilon(epsilon);
    var plus = new RelevanceRule.Plus();
    var alphaBeta = new RelevanceRule.AlphaBeta(2, 1);
    var first =
        switch (composite) {
          case EPSILON -> forLinear;
          case EPSILON_PLUS -> plus;
          case EPSILON_PLUS_FLAT -> new RelevanceRule.Flat();
          case EPSILON_ALPHA2_BETA1 -> alphaBeta;
          case EPSILON_GAMMA_BOX -> new RelevanceRule.Box(lowest, highest);
        };
    var convolution =
        switch (composite) {
          case EPSILON -> forLinear;
          case EPSILON_PLUS, EPSILON_PLUS_FLAT -> plus;
          case EPSILON_ALPHA2_BETA1 -> alphaBeta;
          case EPSILON_GAMMA_BOX -> new RelevanceRule.Gamma(gamma);
        };
    return new RelevanceRules(first, convolution, forLinear, products, start);
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
    evaluator.withRules(rules()).gradients(count, inputs, target, options, receiver);
  }

  private static void checkTarget(Target target) {
    check(
        !(target instanceof Target.Probability || target instanceof Target.Loss),
        "LRP explains outputs, sums and differences of outputs and channels, not %s; choose one of"
            + " them",
        target.text());
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    checkTarget(target);
    var map = new double[input.length()];
    maps(
        evaluator,
        1,
        (number, into, offset) -> input.copyTo(into, offset),
        target,
        options,
        (number, values, offset) -> System.arraycopy(values, offset, map, 0, map.length));
    var arrived = 0.0;
    for (var relevance : map) {
      arrived += relevance;
    }
    var started = started(evaluator, input, target);
    return explanation
        .quality(
            "conservation",
            arrived - started,
            "How much more relevance arrives at the input than starts at the target; near 0 is"
                + " good, biases, epsilon and softmax absorb some.")
        .quality("startRelevance", started, "The relevance that starts at the target.")
        .end(Values.of(map, input.shape()));
  }

  private double started(Evaluator evaluator, Values input, Target target) {
    if (start == Start.OUTPUT) {
      return evaluator.score(target, input);
    }
    return switch (target) {
      case Target.Difference _ -> 0;
      case Target.Channel channel -> {
        var output = evaluator.layerOutput(channel.layer(), input);
        yield output.rank() == 3 ? (double) output.length() / output.size(0) : 1;
      }
      default -> target.indices().size();
    };
  }
}
