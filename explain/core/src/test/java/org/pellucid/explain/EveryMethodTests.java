package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;

/** What every method owes: on a small network for images that are not square. */
class EveryMethodTests {
  private static final String NETWORK =
      """
      {"inputChannels": 3, "inputHeight": 12, "inputWidth": 20, "layers": [
        {"name": "conv1", "kind": "convolution", "outputs": 6, "size": 3, "padding": 1},
        {"name": "bn1", "kind": "batch-norm"},
        {"name": "relu1", "kind": "relu"},
        {"name": "pool1", "kind": "max-pool", "size": 2},
        {"name": "conv2", "kind": "convolution", "outputs": 8, "size": 3, "padding": 1},
        {"name": "relu2", "kind": "relu"},
        {"name": "pool2", "kind": "max-pool", "size": 2},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "linear", "outputs": 4}]}
      """;

  /** Fewer of everything, so that the tests are quick. */
  private static final Map<String, String> SMALL =
      Map.of("steps", "5", "samples", "20", "iterations", "2", "segments", "10", "masks", "20");

  private static final Target TARGET = Target.output(2);
  private static final RunOptions RUN = RunOptions.standard().withSeed(3);

  @TempDir Path directory;

  static Stream<String> methods() {
    return Methods.builtIn().stream().map(MethodDescriptor::name);
  }

  private ConvolutionalNetwork network() throws IOException {
    var file = Files.writeString(directory.resolve("layers.json"), NETWORK);
    return NetworkBuilder.initialise(NetworkDescription.read(file), 6, ElementType.FLOAT32);
  }

  private static List<? extends Method> small(String name, ConvolutionalNetwork network) {
    var descriptor =
        Methods.builtIn().stream().filter(d -> d.name().equals(name)).findFirst().orElseThrow();
    var settings = new HashMap<String, String>();
    descriptor.parameters().stream()
        .filter(parameter -> SMALL.containsKey(parameter.name()))
        .forEach(parameter -> settings.put(parameter.name(), SMALL.get(parameter.name())));
    return descriptor
        .factory()
        .create(descriptor.changed(descriptor.standard(), settings), network);
  }

  private static Values image() {
    var numbers = new float[3 * 12 * 20];
    var random = new Random(9);
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    return Values.of(numbers, 3, 12, 20);
  }

  private static Values flat(float value) {
    var numbers = new float[3 * 12 * 20];
    Arrays.fill(numbers, value);
    return Values.of(numbers, 3, 12, 20);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void givesTheSameBitsForTheSameSeedInAnyBatch(String name) throws IOException {
    try (var network = network()) {
      var evaluator = new Evaluator(Engine.standard(), network);
      for (var method : small(name, network)) {
        var found = method.explain(evaluator, image(), TARGET, RUN.withBatchSize(1));
        assertThat(found.values().allFinite()).as(method.name()).isTrue();
        assertThat(method.explain(evaluator, image(), TARGET, RUN.withBatchSize(3)))
            .as(method.name())
            .isEqualTo(found);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void explainsAnImageOfOneColour(String name) throws IOException {
    try (var network = network()) {
      var evaluator = new Evaluator(Engine.standard(), network);
      for (var method : small(name, network)) {
        for (var value : new float[] {0, 0.5f, 1}) {
          var found = method.explain(evaluator, flat(value), TARGET, RUN);
          assertThat(found.values().allFinite()).as("%s of %s", method.name(), value).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void stopsWhenItsThreadIsInterrupted(String name) throws IOException {
    try (var network = network()) {
      var evaluator = new Evaluator(Engine.standard(), network);
      for (var method : small(name, network)) {
        Thread.currentThread().interrupt();
        try {
          assertThatThrownBy(() -> method.explain(evaluator, image(), TARGET, RUN))
              .as(method.name())
              .isInstanceOf(CancellationException.class);
        } finally {
          assertThat(Thread.interrupted()).as(method.name()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void explainsEveryTargetOrSaysWhyNot(String name) throws IOException {
    try (var network = network()) {
      var evaluator = new Evaluator(Engine.standard(), network);
      for (var text :
          List.of("probability:1", "loss:1", "difference:1:3", "sum:0:2", "channel:pool2:4")) {
        for (var method : small(name, network)) {
          try {
            var found = method.explain(evaluator, image(), Target.parse(text), RUN);
            assertThat(found.values().allFinite()).as("%s of %s", method.name(), text).isTrue();
          } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).as(method.name()).contains(text).endsWith(".");
          }
        }
      }
    }
  }

  /** What is measured from a baseline has nothing to say of the baseline itself. */
  @Test
  void attributesNothingToTheBaselineItself() throws IOException {
    try (var network = network()) {
      var evaluator = new Evaluator(Engine.standard(), network);
      for (var name :
          List.of(
              "integrated-gradients",
              "deeplift",
              "guided-ig",
              "blur-ig",
              "input-x-gradient",
              "layer-conductance",
              "layer-integrated-gradients")) {
        var found =
            small(name, network).getFirst().explain(evaluator, flat(0), TARGET, RUN).values();
        assertThat(found.min()).as(name).isZero();
        assertThat(found.max()).as(name).isZero();
      }
    }
  }
}
