package org.pellucid.models.zoo;

import java.util.Comparator;
import java.util.SequencedSet;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.LayerKind;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.nn.ParameterSource;

/**
 * The parameters of a network of blue, green and red as those of the same network of red, green and
 * blue: the first layer's weight has its first and third input channel exchanged, so that the input
 * and its explanation are in the image's own order.
 *
 * @param first the name of the weight that reads the channels
 */
record ReversedChannels(ParameterSource source, String first) implements ParameterSource {
  private static final int COLOURS = 3;

  /**
   * The parameters of a described network.
   *
   * @throws ModelFileException if another layer than a convolution or a linear one comes first
   */
  static ReversedChannels of(NetworkDescription description, ParameterSource source) {
    var layers = description.layers();
    for (var layer : layers) {
      if (layer.inputs().contains("image")) {
        throw unsuitable(layer.name(), source);
      }
    }
    for (var layer : layers) {
      if (!layer.inputs().isEmpty()) {
        throw unsuitable(layer.name(), source);
      }
      switch (layer.kind()) {
        case LayerKind.Convolution _, LayerKind.Linear _ -> {
          return new ReversedChannels(source, weight(layer.name(), source));
        }
        case LayerKind.Flatten _, LayerKind.Dropout _, LayerKind.Relu _ -> {}
        default -> throw unsuitable(layer.name(), source);
      }
    }
    throw unsuitable(layers.getFirst().name(), source);
  }

  /** The layer's weight, whatever stands before all names; deeper layers have longer names. */
  private static String weight(String layer, ParameterSource source) {
    var own = layer + ".weight";
    var name =
        source.names().stream()
            .filter(known -> known.equals(own) || known.endsWith("." + own))
            .min(Comparator.comparingInt(String::length))
            .orElseThrow(() -> unsuitable(layer, source));
    var shape = source.shape(name);
    if (shape.length < 2 || shape[1] % COLOURS != 0 || shape.length > 2 && shape[1] != COLOURS) {
      throw unsuitable(layer, source);
    }
    return name;
  }

  private static ModelFileException unsuitable(String layer, ParameterSource source) {
    return new ModelFileException(
        "The layer %s of %s doesn't read three colours, so blue can't come first; give channels rgb."
            .formatted(layer, source.origin()));
  }

  @Override
  public SequencedSet<String> names() {
    return source.names();
  }

  @Override
  public long[] shape(String name) {
    return source.shape(name);
  }

  @Override
  public float[] floats(String name) {
    var values = source.floats(name);
    return name.equals(first) ? reversed(values, Math.toIntExact(source.shape(name)[0])) : values;
  }

  /** {@code [outputs, channels, rest]} with the order of channels reversed. */
  private static float[] reversed(float[] values, int outputs) {
    var rest = values.length / outputs / COLOURS;
    var result = new float[values.length];
    for (var plane = 0; plane < outputs * COLOURS; plane++) {
      var opposite = plane / COLOURS * COLOURS + COLOURS - 1 - plane % COLOURS;
      System.arraycopy(values, plane * rest, result, opposite * rest, rest);
    }
    return result;
  }

  @Override
  public String origin() {
    return source.origin();
  }
}
