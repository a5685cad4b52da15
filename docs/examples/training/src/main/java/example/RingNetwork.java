package example;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** A network of one's own: two linear layers with a hyperbolic tangent between them. */
final class RingNetwork implements AutoCloseable {
  private static final int HIDDEN = 16;

  private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();

  private RingNetwork() {}

  /** A network that has learnt nothing yet. */
  static RingNetwork initial(long seed) {
    var random = new SplittableRandom(seed);
    var network = new RingNetwork();
    network.parameters.put("hidden.weight", drawn(random, HIDDEN, 2));
    network.parameters.put("hidden.bias", drawn(random, HIDDEN));
    network.parameters.put("output.weight", drawn(random, 2, HIDDEN));
    network.parameters.put("output.bias", drawn(random, 2));
    return network;
  }

  /** The network of a file that {@link #save} wrote. */
  static RingNetwork open(Path file) {
    var network = new RingNetwork();
    try (var checkpoint = WeightFiles.open(file)) {
      for (var tensor : checkpoint.tensors().values()) {
        var shape = tensor.info().shape();
        network.parameters.put(tensor.info().name(), Tensor.of(tensor.toFloats(), shape));
      }
    }
    return network;
  }

  void save(Path file) {
    var tensors =
        parameters.entrySet().stream()
            .map(
                entry -> {
                  var values = entry.getValue();
                  var info = new TensorInfo(entry.getKey(), DType.F32, values.shape());
                  MemorySegment bytes = WeightTensor.encode(values.toDoubles(), DType.F32);
                  return WeightTensor.of(info, () -> bytes);
                })
            .toList();
    SafetensorsWriter.write(file, tensors, Map.of());
  }

  List<Tensor> parameters() {
    return List.copyOf(parameters.values());
  }

  /**
   * The scores of both classes.
   *
   * @param points {@code [count, 2]}
   * @return {@code [count, 2]}
   */
  Tensor forward(Tape tape, Tensor points) {
    var hidden =
        Linear.apply(tape, points, parameters.get("hidden.weight"), parameters.get("hidden.bias"));
    return Linear.apply(
        tape,
        Tanh.apply(tape, hidden),
        parameters.get("output.weight"),
        parameters.get("output.bias"));
  }

  @Override
  public void close() {
    parameters.values().forEach(Tensor::close);
  }

  private static Tensor drawn(SplittableRandom random, long... shape) {
    var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.5, 0.5);
    }
    return Tensor.of(values, shape);
  }
}
