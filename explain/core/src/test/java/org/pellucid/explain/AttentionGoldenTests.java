package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.attribution.AttentionRelevance;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.DeepLift;
import org.pellucid.explain.attribution.LayerwiseRelevance;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;
import org.pellucid.models.onnx.GraphImage;
import org.pellucid.models.onnx.NumericArray;
import org.pellucid.models.onnx.OnnxFunction;
import org.pellucid.models.onnx.OnnxImageModel;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Normalisation;
import org.pellucid.weights.DType;
import org.pellucid.weights.OpenOptions;

/** Transformers as PyTorch exports them, by the methods with backward rules. */
@Tag("numeric")
class AttentionGoldenTests {
  private static final Target TARGET = Target.output(1);
  private static final RunOptions RUN = RunOptions.standard();
  private static final List<Method> METHODS =
      List.of(
          new AttentionRelevance(),
          new DeepLift(Baseline.BLACK),
          LayerwiseRelevance.composite(Composite.EPSILON));

  /** A graph of which all values are heard, so that its nodes run one by one. */
  private record NodeByNode(OnnxFunction function) implements Model {
    private static final Taps ALL = _ -> true;

    @Override
    public long[] inputShape() {
      return function.inputShape();
    }

    @Override
    public int outputs() {
      return function.outputs();
    }

    @Override
    public ElementType type() {
      return function.type();
    }

    @Override
    public Tensor forward(Tape tape, Tensor inputs, Taps taps) {
      return function.forward(tape, inputs, ALL);
    }
  }

  private static OnnxModel open(String name, ElementType type) {
    return OnnxModel.open(
        Goldens.file("goldens/onnx/" + name + ".onnx"), type, OpenOptions.standard());
  }

  private static Engine engine(ElementType type) {
    return type == ElementType.FLOAT64 ? Engine.portable() : Engine.standard();
  }

  private static Map<String, NumericArray> example(OnnxModel model) {
    var example = new HashMap<String, NumericArray>();
    for (var input : model.inputs()) {
      example.put(
          input.name(),
          switch (input.name()) {
            case "input_ids" -> wholes(0, 5, 7, 9, 3, 4, 8, 12, 2, 1, 1, 1);
            case "attention_mask" -> wholes(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0);
            default ->
                new NumericArray(
                    DType.F32,
                    new long[] {1, 3, 32, 32},
                    new Random(1).doubles(3 * 32 * 32).toArray());
          });
    }
    return example;
  }

  private static NumericArray wholes(double... values) {
    return new NumericArray(DType.I64, new long[] {1, values.length}, values);
  }

  /** By the pixels, or by the word embeddings. */
  private static OnnxFunction function(OnnxModel model) {
    var example = example(model);
    return new OnnxFunction(
        model, engine(model.type()), explained(model), model.outputs().getFirst().name(), example);
  }

  private static String explained(OnnxModel model) {
    return example(model).containsKey("input") ? "input" : model.realValues().getFirst();
  }

  private static Explanation explained(Method method, OnnxModel graph, Model model) {
    var example = example(graph);
    var name = explained(graph);
    var values =
        example.containsKey(name)
            ? example.get(name)
            : graph.values(engine(graph.type()), example, List.of(name)).get(name);
    return method.explain(
        new Evaluator(engine(graph.type()), model),
        Values.of(values.values(), model.inputShape()),
        TARGET,
        RUN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vit", "distilbert", "roberta"})
  void addsUpToTheScoreAndToItsDifference(String name) {
    try (var model = open(name, ElementType.FLOAT64)) {
      var function = function(model);
      var relevance = explained(METHODS.get(0), model, function);
      assertThat(relevance.quality("conservation").orElseThrow()).isCloseTo(0, within(1e-12));
      assertThat(relevance.quality("absorbed").orElseThrow()).isNotZero();
      var difference = explained(METHODS.get(1), model, function);
      assertThat(difference.quality("scoreDifference").orElseThrow()).isNotCloseTo(0, within(0.01));
      assertThat(difference.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-12));
      var byLayers = explained(METHODS.get(2), model, function);
      // Epsilon beside divisors, which are near 0 in some places; measured at most 1e-4.
      assertThat(byLayers.quality("conservation").orElseThrow())
          .isCloseTo(-relevance.quality("absorbed").orElseThrow(), within(1e-3));
    }
  }

  /** Rules treat attention, layer normalisation and GELU alike, in one step or written out. */
  @ParameterizedTest
  @ValueSource(strings = {"vit", "distilbert", "roberta"})
  void explainsANetworkNodeByNodeAsInGroups(String name) {
    try (var model = open(name, ElementType.FLOAT64)) {
      var function = function(model);
      for (var method : METHODS) {
        var expected = explained(method, model, function).values().toDoubles();
        var found = explained(method, model, new NodeByNode(function)).values().toDoubles();
        var largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        // Constants of single precision; LRP's epsilon stands beside more divisors.
        var tolerance = method instanceof LayerwiseRelevance ? 2e-2 : 1e-6;
        assertThat(found).as(method.name()).containsExactly(expected, within(tolerance * largest));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vit", "distilbert", "roberta"})
  void givesTheSameInSinglePrecision(String name) {
    try (var precise = open(name, ElementType.FLOAT64);
        var single = open(name, ElementType.FLOAT32)) {
      for (var method : METHODS) {
        var expected = explained(method, precise, function(precise)).values().toDoubles();
        var found = explained(method, single, function(single)).values().toDoubles();
        var largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertThat(found).as(method.name()).containsExactly(expected, within(1e-3 * largest));
      }
    }
  }

  private static OnnxImageModel vision(Path file) {
    var model = OnnxModel.open(file, ElementType.FLOAT32, OpenOptions.standard());
    return new OnnxImageModel(
        model,
        GraphImage.of(model, OptionalInt.empty()),
        32,
        32,
        Optional.empty(),
        new Normalisation(List.of(0.5, 0.4, 0.3), List.of(0.2, 0.3, 0.25)),
        ChannelOrder.RGB);
  }

  private static Values image(int seed) {
    var random = new Random(seed);
    var numbers = new float[3 * 32 * 32];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    return Values.of(numbers, 3, 32, 32);
  }

  @Test
  void explainsImagesByAVisionTransformer() {
    try (var model = vision(Goldens.file("goldens/onnx/vit.onnx"))) {
      var evaluator = new Evaluator(Engine.standard(), model);
      var difference = DeepLift.standard().explain(evaluator, image(1), TARGET, RUN);
      assertThat(difference.quality("scoreDifference").orElseThrow()).isNotCloseTo(0, within(0.01));
      // Scores of single precision below 1.
      assertThat(difference.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-6));
      var relevance = new AttentionRelevance().explain(evaluator, image(1), TARGET, RUN);
      assertThat(relevance.quality("conservation").orElseThrow()).isCloseTo(0, within(1e-6));
      for (var composite : Composite.values()) {
        var method = LayerwiseRelevance.composite(composite);
        var map = method.explain(evaluator, image(1), TARGET, RUN).values();
        assertThat(map.allFinite()).as(composite.name()).isTrue();
        assertThat(map.max() - map.min()).as(composite.name()).isPositive();
      }
      var layers = Set.copyOf(model.layersWithParameters());
      try (var random = model.randomised(layers, 1)) {
        for (var method : METHODS) {
          method.checkModel(evaluator);
          var found =
              method.explain(new Evaluator(Engine.standard(), random), image(1), TARGET, RUN);
          assertThat(found.values().allFinite()).as(method.name()).isTrue();
          assertThat(found.values())
              .as(method.name())
              .isNotEqualTo(method.explain(evaluator, image(1), TARGET, RUN).values());
        }
      }
    }
  }
}
