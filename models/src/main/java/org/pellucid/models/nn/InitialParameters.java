package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.SplittableRandom;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/**
 * Random parameters to start training from, distributed as PyTorch's defaults: weights and biases
 * uniform in {@code ±1/√n} with {@code n} inputs to each output (He et al., 2015, with PyTorch's
 * {@code a = √5}); batch normalisations the identity.
 *
 * <p>The same description and seed give the same numbers, which aren't those of PyTorch's
 * generator.
 */
final class InitialParameters implements ParameterSource {

  /** A parameter before its numbers are drawn. */
  private record Parameter(long[] shape, double centre, double spread, long seed) {
    float[] draw() {
      var values = new float[Math.toIntExact(Shapes.elements(shape))];
      var random = new SplittableRandom(seed);
      for (var i = 0; i < values.length; i++) {
        values[i] = (float) (centre + spread * (2 * random.nextDouble() - 1));
      }
      return values;
    }
  }

  private final SequencedMap<String, Parameter> parameters = new LinkedHashMap<>();
  private final SplittableRandom seeds;
  private long channels;
  private long height;
  private long width;

  private InitialParameters(NetworkDescription description, long seed) {
    seeds = new SplittableRandom(seed);
    channels = description.inputChannels();
    height = description.inputHeight();
    width = description.inputWidth();
    check(channels > 0, "A network can't be initialised without inputChannels in its description");
    description.layers().forEach(this::add);
  }

  /**
   * Parameters for all layers of a description.
   *
   * @throws IllegalArgumentException if it lacks its input's channels, a convolution's size or
   *     outputs, or a linear layer's outputs
   */
  static InitialParameters of(NetworkDescription description, long seed) {
    return new InitialParameters(description, seed);
  }

  private void add(LayerDescription layer) {
    switch (layer.kind()) {
      case CONVOLUTION2D -> {
        checkGiven(layer, "outputs", layer.outputs());
        checkGiven(layer, "size", layer.size());
        var size = layer.size();
        addUniform(layer.name(), size * size * channels, layer.outputs(), channels, size, size);
        slide(SlidingWindow.square(size, Math.max(1, layer.stride()), layer.padding()));
        channels = layer.outputs();
      }
      case BATCH_NORM -> {
        add(layer.name() + ".weight", 1, 0, channels);
        add(layer.name() + ".bias", 0, 0, channels);
        add(layer.name() + ".running_mean", 0, 0, channels);
        add(layer.name() + ".running_var", 1, 0, channels);
      }
      case MAX_POOL2D -> {
        checkGiven(layer, "size", layer.size());
        var stride = layer.stride() > 0 ? layer.stride() : layer.size();
        slide(SlidingWindow.square(layer.size(), stride, layer.padding()));
      }
      case FLATTEN -> {
        channels *= height * width;
        height = 1;
        width = 1;
      }
      case LINEAR -> {
        checkGiven(layer, "outputs", layer.outputs());
        addUniform(layer.name(), channels, layer.outputs(), channels);
        channels = layer.outputs();
      }
      case RELU, DROPOUT -> {}
    }
  }

  private static void checkGiven(LayerDescription layer, String name, int value) {
    check(value > 0, "%s can't be initialised without %s in its description", layer.name(), name);
  }

  private void slide(SlidingWindow window) {
    height = window.outputHeight(height);
    width = window.outputWidth(width);
  }

  private void addUniform(String name, long inputs, long... shape) {
    var bound = 1 / Math.sqrt(inputs);
    add(name + ".weight", 0, bound, shape);
    add(name + ".bias", 0, bound, shape[0]);
  }

  private void add(String name, double centre, double spread, long... shape) {
    parameters.put(name, new Parameter(shape, centre, spread, seeds.nextLong()));
  }

  @Override
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(parameters.sequencedKeySet());
  }

  @Override
  public long[] shape(String name) {
    return parameter(name).shape().clone();
  }

  @Override
  public float[] floats(String name) {
    return parameter(name).draw();
  }

  private Parameter parameter(String name) {
    check(parameters.containsKey(name), "There is no parameter %s", name);
    return parameters.get(name);
  }

  @Override
  public String origin() {
    return "the initialisation";
  }
}
