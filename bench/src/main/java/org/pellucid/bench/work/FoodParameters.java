package org.pellucid.bench.work;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;

/**
 * The parameters of the built-in food classifier in PyTorch's layout, for contenders that rebuild
 * it: five stacks of convolutions, each followed by a batch normalisation and a ReLU, with a max
 * pooling at the end; then two fully connected layers.
 */
public final class FoodParameters {
  /** Added to the variance of a batch normalisation. */
  public static final double EPSILON = 1e-5;

  private static final int[] CONVOLUTIONS_OF_STACKS = {3, 3, 3, 1, 1};

  /** A parameter's shape and its values in C order. */
  public record Parameter(long[] shape, float[] values) {}

  private FoodParameters() {}

  /** The number of convolutions in each stack. */
  public static int[] stacks() {
    return CONVOLUTIONS_OF_STACKS.clone();
  }

  /** The names of those that training would change, in the order of the layers. */
  public static List<String> trainable() {
    var layers = new ArrayList<String>();
    var layer = 0;
    for (var convolutions : CONVOLUTIONS_OF_STACKS) {
      for (var i = 0; i < convolutions; i++) {
        layers.add("cnn." + layer);
        layers.add("cnn." + (layer + 1));
        layer += 3;
      }
      layer++;
    }
    layers.addAll(List.of("fc.0", "fc.3"));
    return layers.stream().flatMap(name -> Stream.of(name + ".weight", name + ".bias")).toList();
  }

  /** All parameters by their names, such as {@code cnn.0.weight}, in the order of the file. */
  public static Map<String, Parameter> read() {
    var result = new LinkedHashMap<String, Parameter>();
    try (var stream =
        FoodParameters.class.getResourceAsStream("/org/pellucid/examples/food.safetensors")) {
      if (stream == null) {
        throw new IllegalStateException("The built-in weights are missing.");
      }
      try (var checkpoint = WeightFiles.ofBytes("food.safetensors", stream.readAllBytes())) {
        var parameters = new CheckpointParameters(checkpoint);
        for (var name : parameters.names()) {
          if (!name.endsWith(".num_batches_tracked")) {
            result.put(name, new Parameter(parameters.shape(name), parameters.floats(name)));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return result;
  }

  /**
   * The parameters with each batch normalisation folded into the convolution before it: {@code W ·
   * s} and {@code (b − μ) · s + β} with {@code s = γ / √(σ² + ε)}. The normalisations' stay in the
   * map.
   */
  public static Map<String, Parameter> folded() {
    var parameters = read();
    for (var name : parameters.keySet().toArray(String[]::new)) {
      if (name.endsWith(".running_var")) {
        var norm = name.substring(0, name.length() - ".running_var".length());
        var index = Integer.parseInt(norm.substring(norm.indexOf('.') + 1));
        fold(parameters, "cnn." + (index - 1), norm);
      }
    }
    return parameters;
  }

  private static void fold(Map<String, Parameter> parameters, String convolution, String norm) {
    var gamma = parameters.get(norm + ".weight").values();
    var beta = parameters.get(norm + ".bias").values();
    var mean = parameters.get(norm + ".running_mean").values();
    var variance = parameters.get(norm + ".running_var").values();
    var weight = parameters.get(convolution + ".weight").values();
    var bias = parameters.get(convolution + ".bias").values();
    var length = weight.length / bias.length;
    for (var k = 0; k < bias.length; k++) {
      var scale = gamma[k] / Math.sqrt(variance[k] + EPSILON);
      bias[k] = (float) ((bias[k] - mean[k]) * scale + beta[k]);
      for (var i = k * length; i < (k + 1) * length; i++) {
        weight[i] = (float) (weight[i] * scale);
      }
    }
  }
}
