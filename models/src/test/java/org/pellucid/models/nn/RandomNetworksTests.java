package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * Networks drawn from the grammar of descriptions: what they compute against plain loops over the
 * parameters that they would be saved with, and their gradients against central differences along a
 * random direction. Each failure names its seed.
 */
@Tag("numeric")
@Tag("many-steps")
class RandomNetworksTests {
  private static final int NETWORKS = 60;
  private static final double STEP = 1e-6;

  @TempDir Path directory;

  private static ConvolutionalNetwork network(long seed, ElementType type) {
    var network = NetworkBuilder.initialise(RandomDescription.of(seed), seed, type);
    var random = new Random(seed);
    for (var named : network.layers()) {
      if (named.layer() instanceof Layer.BatchNorm norm) {
        for (var tensor : List.of(norm.gamma(), norm.beta(), norm.mean(), norm.variance())) {
          var values = tensor.toDoubles();
          Arrays.setAll(values, i -> values[i] + 0.4 * random.nextDouble());
          tensor.set(values);
          tensor.changed();
        }
      }
    }
    return network;
  }

  private static double[] pixels(ConvolutionalNetwork network, long seed, int images) {
    var shape = network.inputShape();
    var count = images * Math.toIntExact(shape[0] * shape[1] * shape[2]);
    return new Random(seed + 1).doubles(count).toArray();
  }

  private static Tensor images(ConvolutionalNetwork network, double[] pixels) {
    var shape = network.inputShape();
    var one = shape[0] * shape[1] * shape[2];
    var tensor =
        Tensor.uninitialised(network.type(), pixels.length / one, shape[0], shape[1], shape[2]);
    tensor.set(pixels);
    return tensor;
  }

  private static Map<String, double[]> parameters(ConvolutionalNetwork network) {
    var parameters = new HashMap<String, double[]>();
    NetworkWriter.parameters(network)
        .forEach(tensor -> parameters.put(tensor.info().name(), tensor.toDoubles()));
    return parameters;
  }

  @Test
  void computeWhatTheirDescriptionsMean() {
    for (var seed = 0L; seed < NETWORKS; seed++) {
      try (var network = network(seed, ElementType.FLOAT64);
          var single = network(seed, ElementType.FLOAT32);
          var tape = new Tape(Engine.portable());
          var fast = new Tape()) {
        var pixels = pixels(network, seed, 1);
        var expected =
            new PlainNetwork(RandomDescription.of(seed), parameters(network)).outputs(pixels);
        try (var image = images(network, pixels);
            var inSingle = images(single, pixels)) {
          assertThat(network.forward(tape, image).toDoubles())
              .as("seed %d: %s", seed, RandomDescription.of(seed).layers())
              .containsExactly(expected, within(1e-10 * scale(expected)));
          // Numbers of both signs, rounded by 6e-8 each, may cancel in some ten layers.
          assertThat(single.forward(fast, inSingle).toDoubles())
              .as("seed %d in single precision", seed)
              .containsExactly(expected, within(1e-4 * scale(expected)));
        }
      }
    }
  }

  private static double scale(double[] values) {
    return Math.max(1, Arrays.stream(values).map(Math::abs).max().orElseThrow());
  }

  @Test
  void areDescribedByWhatTheySay() {
    var file = directory.resolve("layers.json");
    for (var seed = 0L; seed < NETWORKS; seed++) {
      var description = RandomDescription.of(seed);
      description.write(file);
      assertThat(NetworkDescription.read(file)).as("seed %d", seed).isEqualTo(description);
      try (var network = network(seed, ElementType.FLOAT32)) {
        assertThat(network.description()).as("seed %d", seed).isEqualTo(description);
      }
    }
  }

  @Test
  void haveTrueGradientsOfTheirImages() {
    for (var seed = 0L; seed < NETWORKS; seed++) {
      try (var network = network(seed, ElementType.FLOAT64);
          var tape = new Tape(Engine.portable());
          var images = images(network, pixels(network, seed, 1));
          var weights = weights(network, 1)) {
        var y = network.forward(tape, tape.watch(images));
        var gradient = tape.gradient(y, weights, List.of(images)).of(images).toDoubles();
        check(seed, images, gradient, x -> score(network, x, weights, false));
      }
    }
  }

  @Test
  void haveTrueGradientsOfTheirParametersInTraining() {
    for (var seed = 0L; seed < NETWORKS; seed++) {
      try (var network = network(seed, ElementType.FLOAT64);
          var tape = new Tape(Engine.portable());
          var images = images(network, pixels(network, seed, 3));
          var weights = weights(network, 3)) {
        network.parameters().forEach(tape::watch);
        var parameters = network.parameters().toList();
        var y = network.train(tape, images, 5);
        var gradients = tape.gradient(y, weights, parameters);
        var chosen = parameters.get(new Random(seed).nextInt(parameters.size()));
        var gradient = gradients.of(chosen).toDoubles();
        check(seed, chosen, gradient, _ -> score(network, images, weights, true));
      }
    }
  }

  private static Tensor weights(ConvolutionalNetwork network, int images) {
    var values = new Random(3).doubles((long) images * network.outputs(), -1, 1).toArray();
    return Tensor.of(values, images, network.outputs());
  }

  private static double score(
      ConvolutionalNetwork network, Tensor images, Tensor weights, boolean training) {
    try (var tape = new Tape(Engine.portable())) {
      var y = training ? network.train(tape, images, 5) : network.forward(tape, images);
      var outputs = y.toDoubles();
      var factors = weights.toDoubles();
      var sum = 0.0;
      for (var i = 0; i < outputs.length; i++) {
        sum += outputs[i] * factors[i];
      }
      return sum;
    }
  }

  /** Compares along one direction, so that an error anywhere shows. */
  private static void check(
      long seed, Tensor variable, double[] gradient, ToDoubleFunction<Tensor> function) {
    var start = variable.toDoubles();
    var direction = new Random(seed + 2).doubles(start.length, -1, 1).toArray();
    var expected = 0.0;
    for (var i = 0; i < start.length; i++) {
      expected += gradient[i] * direction[i];
    }
    var up = moved(variable, start, direction, STEP, function);
    var down = moved(variable, start, direction, -STEP, function);
    var size = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
    // Rounding of 1e-15 over a step of 1e-6, and the third derivative times the step squared.
    assertThat((up - down) / 2 / STEP)
        .as("seed %d: %s", seed, RandomDescription.of(seed).layers())
        .isCloseTo(expected, within(1e-6 * Math.max(1, size)));
  }

  private static double moved(
      Tensor variable,
      double[] start,
      double[] direction,
      double step,
      ToDoubleFunction<Tensor> function) {
    var values = start.clone();
    Arrays.setAll(values, i -> start[i] + step * direction[i]);
    variable.set(values);
    variable.changed();
    var score = function.applyAsDouble(variable);
    variable.set(start);
    variable.changed();
    return score;
  }
}
