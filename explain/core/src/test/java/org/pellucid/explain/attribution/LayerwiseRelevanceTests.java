package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.engine.tensor.ElementType.FLOAT64;
import static org.pellucid.explain.attribution.SmallNetworks.evaluator;
import static org.pellucid.explain.attribution.SmallNetworks.image;
import static org.pellucid.explain.attribution.SmallNetworks.maps;
import static org.pellucid.explain.attribution.SmallNetworks.network;
import static org.pellucid.explain.attribution.SmallNetworks.random;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Elementwise;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.attribution.LayerwiseRelevance.Products;
import org.pellucid.explain.attribution.LayerwiseRelevance.Start;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.nn.Layer;

/** Layer-wise relevance propagation on networks whose relevance is known. */
class LayerwiseRelevanceTests {
  private static final Target TARGET = Target.output(2);
  private static final RunOptions RUN = RunOptions.standard();

  private static LayerwiseRelevance ones(Composite composite) {
    return LayerwiseRelevance.composite(composite).withStart(Start.ONE);
  }

  @Test
  void sharesByTheEpsilonRulesDefinition() {
    var weights = new double[] {1, -2, 3, 0.5, 0.25, -1};
    var model =
        new SmallNetworks.Function(
            FLOAT64,
            3,
            2,
            (tape, x) ->
                Linear.apply(tape, x, Tensor.of(weights, 2, 3), Tensor.of(new double[] {1, 2}, 2)));
    var method =
        new LayerwiseRelevance(Composite.EPSILON, 0.5, 0, 0, 1, Products.SIGNAL, Start.OUTPUT);
    var input = Values.of(new float[] {1, 2, 3}, 3);
    var found = method.explain(evaluator(model), input, Target.output(0), RUN);
    // The output is 1 · 1 − 2 · 2 + 3 · 3 + 1 = 7, and the divisor 7 + 0.5.
    for (var i = 0; i < 3; i++) {
      assertThat((double) found.values().get(i))
          .isCloseTo(input.get(i) * weights[i] * 7 / 7.5, within(1e-6));
    }
    assertThat(found.quality("startRelevance").orElseThrow()).isEqualTo(7);
    assertThat(found.quality("conservation").orElseThrow())
        .isCloseTo(6 * 7 / 7.5 - 7, within(1e-12));
  }

  /** Without biases only the stabiliser absorbs relevance, about 10⁻⁶ of it a layer. */
  @ParameterizedTest
  @EnumSource
  void conservesRelevanceWithoutBiases(Composite composite) {
    try (var network = network(FLOAT64, 0)) {
      for (var seed = 0; seed < 3; seed++) {
        var found =
            LayerwiseRelevance.composite(composite)
                .explain(evaluator(network), image(seed), TARGET, RUN);
        var started = found.quality("startRelevance").orElseThrow();
        assertThat(started).isCloseTo(evaluator(network).score(TARGET, image(seed)), within(1e-12));
        assertThat(found.quality("conservation").orElseThrow() / started)
            .isCloseTo(0, within(1e-4));
      }
    }
  }

  @Test
  void reportsTheRelevanceThatBiasesAbsorb() {
    try (var network = network(FLOAT64, 0.5)) {
      var found =
          LayerwiseRelevance.composite(Composite.EPSILON)
              .explain(evaluator(network), image(0), TARGET, RUN);
      assertThat(Math.abs(found.quality("conservation").orElseThrow())).isGreaterThan(0.01);
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesNormalisationAndConvolutionForOneLayer(Composite composite) {
    var window = SlidingWindow.square(3, 1, 1);
    var weight = random(FLOAT64, 1, 0.5, 3, 3, 2, 4);
    var gamma = new double[] {0.5, -2, 1, 3};
    var beta = new double[] {0.1, -0.3, 0, 1};
    var mean = new double[] {0.2, 0.1, -0.4, 0};
    var variance = new double[] {1, 0.25, 4, 2};
    var scale = new double[4];
    Arrays.setAll(scale, k -> gamma[k] / Math.sqrt(variance[k] + 0.01));
    var folded = weight.toDoubles();
    for (var i = 0; i < folded.length; i++) {
      folded[i] *= scale[i % 4];
    }
    var bias = new double[4];
    Arrays.setAll(bias, k -> beta[k] - mean[k] * scale[k]);
    var apart =
        List.<Layer>of(
            new Layer.Convolution2d(weight, Tensor.zeros(FLOAT64, 4), window, Rectifier.NONE),
            new Layer.BatchNorm(
                Tensor.of(gamma, 4),
                Tensor.of(beta, 4),
                Tensor.of(mean, 4),
                Tensor.of(variance, 4),
                0.01));
    var together =
        List.<Layer>of(
            new Layer.Convolution2d(
                Tensor.of(folded, 3, 3, 2, 4), Tensor.of(bias, 4), window, Rectifier.NONE));
    try (var normalised = network(FLOAT64, apart, 0.1);
        var plain = network(FLOAT64, together, 0.1)) {
      assertThat(maps(ones(composite), evaluator(normalised), TARGET, 2, 2))
          .containsExactly(maps(ones(composite), evaluator(plain), TARGET, 2, 2), within(1e-12));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void givesTheSameBitsWhateverTheBatch(ElementType type) {
    try (var network = network(type, 0.3)) {
      for (var composite : Composite.values()) {
        var method = LayerwiseRelevance.composite(composite);
        var single = maps(method, evaluator(network), TARGET, 5, 1);
        assertThat(maps(method, evaluator(network), TARGET, 5, 3)).isEqualTo(single);
        assertThat(maps(method, evaluator(network), TARGET, 5, 5)).isEqualTo(single);
      }
    }
  }

  /** The rule gamma with γ = 0 is the rule epsilon, for inputs and outputs of either sign. */
  @Test
  void weighsNothingMoreWhereGammaIsZero() {
    try (var network = network(FLOAT64, 0.3)) {
      var epsilon = new RelevanceRule.Epsilon(RelevanceRule.STABILISER);
      var gamma = new RelevanceRule.Gamma(0);
      var evaluator = evaluator(network);
      var byEpsilon = new RelevanceRules(epsilon, epsilon, epsilon, Products.SIGNAL, Start.OUTPUT);
      var byGamma = new RelevanceRules(gamma, gamma, gamma, Products.SIGNAL, Start.OUTPUT);
      var expected = maps(Saliency.standard(), evaluator.withRules(byEpsilon), TARGET, 3, 3);
      assertThat(maps(Saliency.standard(), evaluator.withRules(byGamma), TARGET, 3, 3))
          .containsExactly(expected, within(1e-12));
    }
  }

  @Test
  void explainsADifferenceOfOutputs() {
    try (var network = network(FLOAT64, 0)) {
      var evaluator = evaluator(network);
      var difference = new Target.Difference(1, 3);
      var method = ones(Composite.EPSILON_PLUS);
      var first = maps(method, evaluator, Target.output(1), 1, 1);
      var other = maps(method, evaluator, Target.output(3), 1, 1);
      var expected = new double[first.length];
      Arrays.setAll(expected, i -> first[i] - other[i]);
      assertThat(maps(method, evaluator, difference, 1, 1))
          .containsExactly(expected, within(1e-12));
      var score = evaluator.score(difference, image(0));
      var found = LayerwiseRelevance.standard().explain(evaluator, image(0), difference, RUN);
      assertThat(found.quality("startRelevance").orElseThrow()).isCloseTo(score, within(1e-12));
      assertThat(found.quality("conservation").orElseThrow()).isCloseTo(0, within(1e-4));
    }
  }

  @ParameterizedTest
  @EnumSource
  void explainsAChannel(Start start) {
    try (var network = network(FLOAT64, 0)) {
      var channel = new Target.Channel("layers.3", 1);
      var found =
          LayerwiseRelevance.composite(Composite.EPSILON)
              .withStart(start)
              .explain(evaluator(network), image(0), channel, RUN);
      var expected = start == Start.ONE ? 36 : evaluator(network).score(channel, image(0));
      assertThat(found.quality("startRelevance").orElseThrow()).isCloseTo(expected, within(1e-9));
      if (start == Start.OUTPUT) {
        assertThat(found.quality("conservation").orElseThrow()).isCloseTo(0, within(1e-4));
      }
    }
  }

  @Test
  void sharesBetweenTheBranchesOfAResidualConnection() {
    var zeros = Tensor.zeros(FLOAT64, 4);
    var model =
        new SmallNetworks.Function(
            FLOAT64,
            4,
            4,
            (tape, x) -> {
              var inner = Linear.apply(tape, x, random(FLOAT64, 8, 1, 4, 4), zeros);
              var sum = Add.apply(tape, x, Relu.apply(tape, inner));
              return Linear.apply(tape, sum, random(FLOAT64, 9, 1, 4, 4), zeros);
            });
    var input = Values.of(new float[] {0.5f, -1, 2, 0.1f}, 4);
    var found =
        LayerwiseRelevance.composite(Composite.EPSILON)
            .explain(evaluator(model), input, TARGET, RUN);
    assertThat(found.quality("conservation").orElseThrow()).isCloseTo(0, within(1e-4));
    assertThat(found.quality("startRelevance").orElseThrow()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"probability:1", "loss:1"})
  void refusesWhatIsNoSumOfOutputs(String target) {
    try (var network = network(FLOAT64, 0)) {
      assertThatThrownBy(
              () ->
                  LayerwiseRelevance.standard()
                      .explain(evaluator(network), image(0), Target.parse(target), RUN))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("LRP explains outputs, sums and differences")
          .hasMessageContaining(target);
    }
  }

  @Test
  void refusesOperationsWithoutARuleBeforeAnyInput() {
    for (var function :
        List.of(
            new ElementFunction.Floor(),
            new ElementFunction.Reciprocal(),
            new ElementFunction.Power(-2))) {
      var model =
          new SmallNetworks.Function(
              FLOAT64, 3, 3, (tape, x) -> Elementwise.apply(tape, function, x));
      for (var method : List.of(LayerwiseRelevance.standard(), new AttentionRelevance())) {
        assertThatThrownBy(() -> method.checkModel(evaluator(model)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(
                "has no rule for the operation " + function.getClass().getSimpleName());
      }
      DeepLift.standard().checkModel(evaluator(model));
    }
  }

  /** A layer behind a normalisation isn't the first, which takes what the input's box is of. */
  @Test
  void takesOnlyALayerOfTheInputForTheFirst() {
    var weight = random(FLOAT64, 8, 1, 4, 4);
    var zeros = Tensor.zeros(FLOAT64, 4);
    var ones = Tensor.of(new double[] {1, 1, 1, 1}, 4);
    var model =
        new SmallNetworks.Function(
            FLOAT64,
            4,
            4,
            (tape, x) ->
                Linear.apply(tape, LayerNorm.apply(tape, x, ones, zeros, 0.01), weight, zeros));
    var input = Values.of(new float[] {0.5f, -1, 2, 0.1f}, 4);
    var expected =
        LayerwiseRelevance.composite(Composite.EPSILON)
            .explain(evaluator(model), input, TARGET, RUN);
    assertThat(LayerwiseRelevance.standard().explain(evaluator(model), input, TARGET, RUN).values())
        .isEqualTo(expected.values());
  }

  @Test
  void refusesAnEmptyBox() {
    assertThatThrownBy(
            () ->
                new LayerwiseRelevance(
                    Composite.EPSILON_GAMMA_BOX, 1e-6, 0.25, 1, 1, Products.SIGNAL, Start.OUTPUT))
        .hasMessage("LRP's box is from 1.0 to 1.0, but must not be empty.");
  }

  @Test
  void takesSmallerBatchesForWhatRulesKeep() {
    try (var network = network(ElementType.FLOAT32, 0);
        var measure = Engine.builder().build()) {
      var memory = network.memory(measure.kernels()).orElseThrow();
      var input = memory.peak(1, true) - memory.fixed();
      try (var engine = Engine.builder().memoryBudget(memory.fixed() + 7 * input).build()) {
        var evaluator = new Evaluator(engine, network);
        assertThat(evaluator.batchSize(true)).isEqualTo(7);
        assertThat(evaluator.withRules(_ -> {}).batchSize(true)).isEqualTo(1);
      }
      try (var engine = Engine.builder().memoryBudget(memory.fixed() + 2 * input).build()) {
        assertThatThrownBy(
                () ->
                    LayerwiseRelevance.standard()
                        .explain(new Evaluator(engine, network), image(0), TARGET, RUN))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("One input needs");
      }
    }
  }
}
