package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.SplittableRandom;
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

  private InitialParameters(NetworkDescription description, long seed) {
    seeds = new SplittableRandom(seed);
    check(
        description.inputChannels() > 0,
        "A network can't be initialised without inputChannels in its description");
    var places = new ArrayList<Place>();
    places.add(
        Place.image(
            description.inputHeight(), description.inputWidth(), description.inputChannels()));
    var wiring = description.wiring();
    for (var i = 0; i < description.layers().size(); i++) {
      var layer = description.layers().get(i);
      var inputs = wiring.inputs(i).stream().map(places::get).toList();
      add(layer, inputs.getFirst());
      places.add(Place.after(layer.name(), layer.kind(), inputs));
    }
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

  private void add(LayerDescription layer, Place input) {
    var name = layer.name();
    var channels = input.channels();
    switch (layer.kind()) {
      case LayerKind.Convolution convolution -> {
        checkGiven(layer, "outputs", convolution.outputs() > 0);
        checkGiven(layer, "size", convolution.size().isPresent());
        var size = convolution.size().get();
        var groups = Math.max(1, convolution.groups());
        check(
            channels % groups == 0 && convolution.outputs() % groups == 0,
            "%s can't have %d groups of %d channels and %d outputs",
            name,
            groups,
            channels,
            convolution.outputs());
        var ofGroup = channels / groups;
        var inputs = size.height() * size.width() * ofGroup;
        var shape = new long[] {convolution.outputs(), ofGroup, size.height(), size.width()};
        addUniform(name, inputs, convolution.bias(), shape);
      }
      case LayerKind.BatchNorm _ -> {
        add(name + ".weight", 1, 0, channels);
        add(name + ".bias", 0, 0, channels);
        add(name + ".running_mean", 0, 0, channels);
        add(name + ".running_var", 1, 0, channels);
      }
      case LayerKind.Linear linear -> {
        checkGiven(layer, "outputs", linear.outputs() > 0);
        addUniform(name, channels, linear.bias(), linear.outputs(), channels);
      }
      default -> {}
    }
  }

  private static void checkGiven(LayerDescription layer, String name, boolean given) {
    check(given, "%s can't be initialised without %s in its description", layer.name(), name);
  }

  private void addUniform(String name, long inputs, Optional<Boolean> biased, long... shape) {
    var bound = 1 / Math.sqrt(inputs);
    add(name + ".weight", 0, bound, shape);
    if (biased.orElse(true)) {
      add(name + ".bias", 0, bound, shape[0]);
    }
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
