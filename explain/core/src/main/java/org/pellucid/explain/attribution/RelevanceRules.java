package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.AveragePool2d;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.Elu;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.HardSwish;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.LeakyRelu;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.LogSoftmax;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Normalise;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Silu;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.ops.TanhGelu;
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
 *   <li>Activations pass relevance on; max pooling passes it to the winner, and joined outputs to
 *       where they came from.
 *   <li>Of a product of a signal and its gate, the signal gets all of it; of any other product of
 *       two values that depend on the input, each gets half ({@link ProductRules}).
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
  private static final List<Class<? extends Operation>> WEIGHTED =
      List.of(Convolution2d.class, Linear.class);
  private static final List<Class<? extends Operation>> ACTIVATIONS =
      List.of(
          Relu.class,
          LeakyRelu.class,
          Relu6.class,
          Elu.class,
          Gelu.class,
          TanhGelu.class,
          Silu.class,
          HardSwish.class,
          HardSigmoid.class,
          Tanh.class,
          Sigmoid.class);
  private static final List<Class<? extends Operation>> PROPORTIONAL =
      List.of(
          Add.class, Sum.class, Scale.class, AveragePool2d.class, TransposedConvolution2d.class);
  private static final List<Class<? extends Operation>> WITHOUT_A_RULE =
      List.of(
          Attention.class, Softmax.class, LogSoftmax.class, LayerNorm.class, Exp.class, Log.class);

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
    ACTIVATIONS.forEach(kind -> tape.replaceBackward(kind, (_, step) -> step.passOn(0)));
    tape.replaceBackward(org.pellucid.engine.ops.Elementwise.class, RelevanceRules::function);
    PROPORTIONAL.forEach(
        kind -> tape.replaceBackward(kind, (_, step) -> shareInProportion(step, _ -> 1)));
    ProductRules.KINDS.forEach(kind -> tape.replaceBackward(kind, this::multiply));
    WITHOUT_A_RULE.forEach(kind -> tape.replaceBackward(kind, RelevanceRules::refuse));
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
    var rule = step.follows(WEIGHTED) ? usual : first;
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

  /**
   * Shares relevance among inputs by what each adds to the output.
   *
   * @param part the part of an input's share that it gets, by the input's position
   */
  private static void shareInProportion(Backward step, IntToDoubleFunction part) {
    var quotient = step.allocate(step.gradient().shape());
    Elementwise.combine(
        step.engine(),
        (relevance, output) ->
            relevance / WeightedLayer.stabilised(output, RelevanceRule.STABILISER),
        step.gradient(),
        step.output(),
        quotient);
    var own = step.own(quotient);
    for (var index = 0; index < own.size(); index++) {
      if (own.get(index).isPresent() && part.applyAsDouble(index) > 0) {
        var share = step.allocate(step.input(index).shape());
        step.kernels().arithmetic().multiply(step.input(index), own.get(index).get(), share);
        step.add(index, scaled(step, share, part.applyAsDouble(index)));
      }
    }
  }

  private static Tensor scaled(Backward step, Tensor tensor, double factor) {
    if (factor == 1) {
      return tensor;
    }
    var scaled = step.allocate(tensor.shape());
    step.kernels().arithmetic().scale(tensor, factor, scaled);
    step.discard(tensor);
    return scaled;
  }

  /** Activations pass relevance on; other functions of each element have no rule. */
  private static void function(org.pellucid.engine.ops.Elementwise operation, Backward step) {
    switch (operation.function()) {
      case ElementFunction.Clip _,
          ElementFunction.Softplus _,
          ElementFunction.Softsign _,
          ElementFunction.ThresholdedRelu _ ->
          step.passOn(0);
      default -> refuse(operation, step);
    }
  }

  /**
   * A product is linear where one of its factors doesn't depend on the input; else the signal takes
   * all, or each factor half. Where elements are multiplied, nothing of it depends on their values.
   */
  private void multiply(Operation product, Backward step) {
    if (!ProductRules.isOfTwo(step)) {
      shareInProportion(step, _ -> 1);
      return;
    }
    var signal =
        products == LayerwiseRelevance.Products.SIGNAL
            ? ProductRules.signal(step)
            : OptionalInt.empty();
    IntToDoubleFunction part = index -> signal.isEmpty() ? 0.5 : signal.getAsInt() == index ? 1 : 0;
    if (product instanceof MatMul) {
      shareInProportion(step, part);
    } else {
      for (var index = 0; index < step.inputs(); index++) {
        if (part.applyAsDouble(index) > 0) {
          var all = step.view(step.gradient(), step.gradient().shape());
          step.add(index, scaled(step, all, part.applyAsDouble(index)));
        }
      }
    }
  }

  private static void refuse(Operation operation, Backward step) {
    check(
        false,
        "Layer-wise relevance propagation has no rule for the operation %s in the layer '%s';"
            + " explain this model by Integrated Gradients",
        operation.name(),
        step.layer());
  }
}
