package org.pellucid.explain.attribution;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.AveragePool2d;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Normalise;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.ops.TransposedConvolution2d;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.BackwardRules;

/**
 * The backward rules of layer-wise relevance propagation, where what is passed back is relevance.
 *
 * <ul>
 *   <li>Convolutions and fully connected layers follow a {@link RelevanceRule} each: that of their
 *       kind, or another in the model's first layer.
 *   <li>Batch normalisation passes relevance on, and is folded into the layer whose output it
 *       normalises, so that the rule sees both as one layer; the normalisation of the image
 *       likewise, into the layer that takes the normalised image.
 *   <li>Activations, softmax, layer normalisation and products follow {@link PropagationRules}, the
 *       list that AttnLRP has too. Of a signal and its gate, the signal gets all.
 *   <li>Max pooling passes relevance to the winner, and joined outputs to where they came from.
 *   <li>Other linear operations share it in proportion, {@code x · Jᵀ(R / y)}.
 * </ul>
 *
 * @param first of the first convolution or fully connected layer
 * @param products what products of two values that depend on the input pass on
 * @param start whether relevance starts as the outputs' values or as their weights in the target
 */
record RelevanceRules(
    RelevanceRule first,
    RelevanceRule convolution,
    RelevanceRule linear,
    LayerwiseRelevance.Products products,
    LayerwiseRelevance.Start start)
    implements BackwardRules {
  private static final String TITLE = "Layer-wise relevance propagation";

  /** What the first layer comes before: it takes the input itself, at most moved and scaled. */
  private static final List<Class<? extends Operation>> BEHIND_THE_FIRST =
      List.of(
          Convolution2d.class,
          Linear.class,
          LayerNorm.class,
          org.pellucid.engine.ops.Elementwise.class);

  private static final List<Class<? extends Operation>> PROPORTIONAL =
      List.of(
          Add.class, Sum.class, Scale.class, AveragePool2d.class, TransposedConvolution2d.class);

  @Override
  public void install(Tape tape) {
    var normalisations = new IdentityHashMap<Tensor, WeightedLayer.Normalisation>();
    tape.replaceBackward(
        BatchNorm.class,
        (operation, step) -> {
          normalisations.put(
              step.input(0),
              new WeightedLayer.Normalisation(
                  operation, step.input(1), step.input(2), step.output()));
          step.passOn(0);
        });
    tape.replaceBackward(
        Convolution2d.class,
        (operation, step) -> share(operation, step, convolution, normalisations));
    tape.replaceBackward(
        Linear.class, (operation, step) -> share(operation, step, linear, normalisations));
    tape.replaceBackward(Normalise.class, (_, step) -> step.passOn(0));
    PropagationRules.THROUGH_ZERO.forEach(
        kind -> tape.replaceBackward(kind, (_, step) -> step.passOn(0)));
    PropagationRules.NOT_THROUGH_ZERO.forEach(
        kind -> tape.replaceBackward(kind, (_, step) -> step.passOn(0)));
    tape.replaceBackward(org.pellucid.engine.ops.Elementwise.class, RelevanceRules::function);
    PropagationRules.EXPANDED.forEach(
        kind ->
            tape.replaceBackward(
                kind, (_, step) -> PropagationRules.relevance(step, 0, step::own)));
    tape.replaceBackward(LayerNorm.class, RelevanceRules::normalise);
    PROPORTIONAL.forEach(kind -> tape.replaceBackward(kind, (_, step) -> shareInProportion(step)));
    ProductRules.KINDS.forEach(kind -> tape.replaceBackward(kind, this::multiply));
  }

  @Override
  public Tensor start(Tape tape, Tensor outputs, Tensor weights) {
    if (start == LayerwiseRelevance.Start.ONE) {
      return weights;
    }
    var relevance = tape.allocate(outputs.type(), outputs.shape());
    var kernels = tape.engine().kernels().forType(outputs.type());
    kernels.arithmetic().multiply(outputs, weights, relevance);
    return relevance;
  }

  private void share(
      Operation operation,
      Backward step,
      RelevanceRule usual,
      Map<Tensor, WeightedLayer.Normalisation> normalisations) {
    var rule = step.follows(BEHIND_THE_FIRST) ? usual : first;
    try (var tape = new Tape(step.engine())) {
      var layer =
          new WeightedLayer(
              tape, operation, step.input(0), step.input(1), step.input(2), step.output());
      foldInput(layer, step, step.input(0));
      var normalisation = normalisations.get(step.output());
      if (normalisation != null) {
        layer.fold(normalisation);
      }
      step.add(0, step.copy(rule.inputRelevance(layer, step.gradient())));
    }
  }

  private static void foldInput(WeightedLayer layer, Backward step, Tensor input) {
    step.origin(input)
        .ifPresent(
            origin -> {
              switch (origin.operation()) {
                case Normalise normalise -> layer.foldInput(normalise, origin.inputs().getFirst());
                case Reshape _ -> foldInput(layer, step, origin.inputs().getFirst());
                default -> {}
              }
            });
  }

  /** Shares relevance among inputs by what each adds to the output. */
  private static void shareInProportion(Backward step) {
    PropagationRules.relevance(step, RelevanceRule.STABILISER, step::own);
  }

  private static void normalise(LayerNorm norm, Backward step) {
    PropagationRules.relevance(
        step,
        RelevanceRule.STABILISER,
        gradient -> List.of(Optional.of(PropagationRules.normalised(norm, step, gradient))));
  }

  private static void function(org.pellucid.engine.ops.Elementwise operation, Backward step) {
    PropagationRules.isThroughZero(TITLE, operation, step);
    step.passOn(0);
  }

  /**
   * A product is linear where one of its factors doesn't depend on the input. Where elements are
   * multiplied, nothing of what each factor gets depends on their values.
   */
  private void multiply(Operation product, Backward step) {
    if (!ProductRules.isOfTwo(step)) {
      shareInProportion(step);
      return;
    }
    var shares = ProductRules.shares(product, step, products == LayerwiseRelevance.Products.SIGNAL);
    if (product instanceof MatMul) {
      PropagationRules.relevance(
          step, RelevanceRule.STABILISER, gradient -> PropagationRules.own(step, gradient, shares));
      return;
    }
    for (var index = 0; index < shares.length; index++) {
      if (shares[index] == 1) {
        step.passOn(index);
      } else if (shares[index] > 0) {
        var share = step.allocate(step.gradient().shape());
        step.kernels().arithmetic().scale(step.gradient(), shares[index], share);
        step.add(index, share);
      }
    }
  }
}
