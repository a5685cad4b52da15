package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.pytorch.PyTorchWriter;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/**
 * Saves a network's parameters under the names and in the layouts of PyTorch's {@code state_dict},
 * so that PyTorch loads them, and {@link NetworkBuilder} with {@link
 * ConvolutionalNetwork#description} builds the same network again.
 */
public final class NetworkWriter {
  private final DType type;
  private final List<WeightTensor> parameters = new ArrayList<>();

  private NetworkWriter(ConvolutionalNetwork network) {
    type = network.type() == ElementType.FLOAT64 ? DType.F64 : DType.F32;
    for (var i = 0; i < network.layers().size(); i++) {
      var named = network.layers().get(i);
      add(named.name(), named.layer(), network.before(i));
    }
  }

  /**
   * Writes a network's parameters to a file, which appears under its name only when it is whole.
   *
   * @param file named {@code *.safetensors}, or {@code *.pth}, {@code *.pt} or {@code *.bin} for
   *     PyTorch's own format
   * @throws IllegalArgumentException if the name ends otherwise
   * @throws org.pellucid.weights.WeightsException if the file can't be written
   */
  public static void write(ConvolutionalNetwork network, Path file) {
    var name = file.toString();
    var isSafetensors = name.endsWith(".safetensors");
    check(
        isSafetensors || name.matches(".*\\.(pth|pt|bin)"),
        "The file %s must be named *.safetensors, *.pth, *.pt or *.bin, which tells its format",
        file);
    var parameters = parameters(network);
    if (isSafetensors) {
      SafetensorsWriter.write(file, parameters, Map.of("format", "pt"));
    } else {
      PyTorchWriter.write(file, parameters);
    }
  }

  /**
   * A network's parameters as PyTorch has them, in the order of the layers; their numbers are read
   * when they are asked for, so the network must stay open.
   */
  public static List<WeightTensor> parameters(ConvolutionalNetwork network) {
    return List.copyOf(new NetworkWriter(network).parameters);
  }

  private void add(String name, Layer layer, Place input) {
    switch (layer) {
      case Layer.Convolution2d c -> addConvolution(name, c);
      case Layer.BatchNorm b -> {
        addFeatures(name + ".weight", b.gamma(), input);
        addFeatures(name + ".bias", b.beta(), input);
        addFeatures(name + ".running_mean", b.mean(), input);
        addFeatures(name + ".running_var", b.variance(), input);
      }
      case Layer.Linear l -> addLinear(name, l, input);
      default -> {}
    }
  }

  private void addConvolution(String name, Layer.Convolution2d layer) {
    var size = layer.weight().shape();
    var layout =
        PyTorchLayout.ofConvolution((int) size[3], (int) size[2], (int) (size[0] * size[1]));
    add(name + ".weight", layer.weight(), layout, size[3], size[2], size[0], size[1]);
    if (layer.biased()) {
      addUnchanged(name + ".bias", layer.bias());
    }
  }

  private void addLinear(String name, Layer.Linear layer, Place input) {
    if (input.flattened().isPresent()) {
      var layout = input.flattened().get().layout((int) layer.weight().size(0));
      add(name + ".weight", layer.weight(), layout, layer.weight().shape());
    } else {
      addUnchanged(name + ".weight", layer.weight());
    }
    if (layer.biased()) {
      addUnchanged(name + ".bias", layer.bias());
    }
  }

  /** One number for each channel, or for each feature of a flattened image. */
  private void addFeatures(String name, Tensor tensor, Place input) {
    if (input.flattened().isPresent()) {
      add(name, tensor, input.flattened().get().layout(1), tensor.shape());
    } else {
      addUnchanged(name, tensor);
    }
  }

  private void add(String name, Tensor tensor, PyTorchLayout layout, long... shape) {
    parameters.add(
        WeightTensor.of(
            new TensorInfo(name, type, shape),
            () -> WeightTensor.encode(layout.write(tensor.toDoubles()), type)));
  }

  private void addUnchanged(String name, Tensor tensor) {
    parameters.add(
        WeightTensor.of(
            new TensorInfo(name, type, tensor.shape()),
            () -> WeightTensor.encode(tensor.toDoubles(), type)));
  }
}
