package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.models.ImageModel;
import org.pellucid.models.vision.PreprocessingOptions;
import org.pellucid.models.zoo.ClassifierOptions;
import org.pellucid.models.zoo.ImageClassifier;

/**
 * A graph and the same network built of layers: every method explains both alike.
 *
 * <p>The files in {@code graphs} are a narrow ResNet-18 and a narrow MobileNet-v2 of random
 * weights, with torchvision's names and as PyTorch 1.13 exports them (opset 13, batch
 * normalisations folded; the former for any batch, the latter for one image at a time).
 */
@Tag("numeric")
class GraphExplanationsTests {
  private static final int SIDE = 64;
  private static final Target TARGET = Target.output(3);
  private static final RunOptions RUN = RunOptions.standard().withSeed(3);

  /** Fewer of everything, so that the tests are quick. */
  private static final Map<String, String> SMALL =
      Map.of(
          "steps",
          "3",
          "samples",
          "10",
          "iterations",
          "2",
          "segments",
          "6",
          "masks",
          "6",
          "window",
          "32",
          "stride",
          "16");

  /**
   * Single precision twice, with batch normalisations folded by PyTorch in one and by Pellucid in
   * the other: measured at most 2e-6.
   */
  private static final double TOLERANCE = 2e-5;

  private static ImageClassifier open(String name) throws URISyntaxException {
    var resource = GraphExplanationsTests.class.getResource("/org/pellucid/explain/graphs/" + name);
    return ImageClassifier.open(
        Path.of(resource.toURI()).toString(),
        ClassifierOptions.standard(Optional.empty())
            .withSize(SIDE, SIDE)
            .withPreprocessing(
                PreprocessingOptions.normalised(
                    List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225))));
  }

  /** All but the pictures of filters, which are made of every layer. */
  static Stream<String> methods() {
    return Methods.builtIn().stream()
        .map(MethodDescriptor::name)
        .filter(name -> !name.equals("filters"));
  }

  /** Without those that spend their time on superpixels. */
  static Stream<String> methodsOfGradientsAndLayers() {
    return methods().filter(name -> !name.equals("lime") && !name.equals("xrai"));
  }

  private static Method small(String name, ImageModel network) {
    var descriptor =
        Methods.builtIn().stream().filter(d -> d.name().equals(name)).findFirst().orElseThrow();
    var settings = new HashMap<String, String>();
    descriptor.parameters().stream()
        .filter(parameter -> SMALL.containsKey(parameter.name()))
        .forEach(parameter -> settings.put(parameter.name(), SMALL.get(parameter.name())));
    return descriptor
        .factory()
        .create(descriptor.changed(descriptor.standard(), settings), network)
        .getFirst();
  }

  private static Values image() {
    var numbers = new float[3 * SIDE * SIDE];
    var random = new Random(9);
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    return Values.of(numbers, 3, SIDE, SIDE);
  }

  private static Values explained(String method, ImageModel network) {
    return small(method, network)
        .explain(new Evaluator(Engine.standard(), network), image(), TARGET, RUN)
        .values();
  }

  private static void compare(String method, String name) throws URISyntaxException {
    try (var graph = open(name + ".onnx");
        var layers = open(name + ".pth")) {
      var found = explained(method, graph.network());
      var expected = explained(method, layers.network());
      assertThat(found.shape()).isEqualTo(expected.shape());
      var difference = 0.0;
      var norm = 0.0;
      for (var i = 0; i < found.length(); i++) {
        difference += Math.pow(found.get(i) - expected.get(i), 2);
        norm += Math.pow(expected.get(i), 2);
      }
      assertThat(norm).isPositive();
      assertThat(Math.sqrt(difference / norm)).isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void explainsAResidualGraphAsItsLayers(String method) throws URISyntaxException {
    compare(method, "resnet18");
  }

  @ParameterizedTest
  @MethodSource("methodsOfGradientsAndLayers")
  void explainsAGraphForOneImageAtATimeAsItsLayers(String method) throws URISyntaxException {
    compare(method, "mobilenet_v2");
  }
}
