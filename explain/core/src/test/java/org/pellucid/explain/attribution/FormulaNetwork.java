package org.pellucid.explain.attribution;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedSet;
import java.util.SplittableRandom;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Goldens;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;

/** The full network of the homework with the weights that the goldens' formula gives. */
final class FormulaNetwork {
  private static final long SEED = 2022;

  private FormulaNetwork() {}

  /** The network, which the caller closes. */
  static ConvolutionalNetwork open(ElementType type) {
    try (var checkpoint = WeightFiles.open(Goldens.file("checkpoints/food/checkpoint.pth"))) {
      var real = new CheckpointParameters(checkpoint);
      return NetworkBuilder.build(
          NetworkBuilder.describe(real), new Formula(real, values(real)), type);
    }
  }

  /** The formula's numbers under another network's names and shapes. */
  private record Formula(ParameterSource like, Map<String, float[]> values)
      implements ParameterSource {
    @Override
    public SequencedSet<String> names() {
      return like.names();
    }

    @Override
    public long[] shape(String name) {
      return like.shape(name);
    }

    @Override
    public float[] floats(String name) {
      return values.get(name);
    }

    @Override
    public String origin() {
      return "the formula";
    }
  }

  /** One generator runs through all tensors; all arithmetic is in single precision. */
  private static Map<String, float[]> values(ParameterSource like) {
    var random = new SplittableRandom(SEED);
    var values = new LinkedHashMap<String, float[]>();
    for (var name : like.names()) {
      var shape = like.shape(name);
      var numbers = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      for (var i = 0; i < numbers.length && !name.endsWith("num_batches_tracked"); i++) {
        numbers[i] = number(like, name, shape, (random.nextLong() >>> 40) * 0x1p-24f);
      }
      values.put(name, numbers);
    }
    return values;
  }

  private static float number(ParameterSource like, String name, long[] shape, float u) {
    var layer = name.substring(0, name.lastIndexOf('.'));
    var part = name.substring(name.lastIndexOf('.') + 1);
    var signed = 2 * u - 1;
    var normalises = like.names().contains(layer + ".running_mean");
    return switch (part) {
      case "running_mean" -> signed * 0.5f;
      case "running_var" -> 0.5f + u;
      case "bias" -> signed * (normalises ? 0.25f : 0.05f);
      default -> normalises ? 0.5f + u : signed * bound(shape);
    };
  }

  private static float bound(long[] shape) {
    var fanIn = Arrays.stream(shape, 1, shape.length).reduce(1, (a, b) -> a * b);
    return (float) Math.sqrt(6.0 / fanIn);
  }
}
