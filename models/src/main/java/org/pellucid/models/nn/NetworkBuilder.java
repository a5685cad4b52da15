package org.pellucid.models.nn;

import static org.pellucid.models.ModelFileException.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;
import org.pellucid.models.nn.NetworkDescription.Kind;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/**
 * Builds convolutional networks from parameters as PyTorch stores them, permuting each weight once
 * to the layout the engine computes in.
 */
public final class NetworkBuilder {
  private static final double PYTORCH_EPSILON = 1e-5;
  private static final double PYTORCH_DROPOUT_PROBABILITY = 0.5;

  private final NetworkDescription description;
  private final ParameterSource parameters;
  private final ElementType type;
  private final TreeSet<String> unused;
  private final List<NamedLayer> layers = new ArrayList<>();
  private int height;
  private int width;
  private final int inputChannels;
  private long channels;
  private boolean flattened;

  private NetworkBuilder(
      NetworkDescription description, ParameterSource parameters, ElementType type) {
    this.description = description;
    this.parameters = parameters;
    this.type = type;
    this.unused = new TreeSet<>(parameters.names());
    this.height = description.inputHeight();
    this.width = description.inputWidth();
    this.inputChannels = inputChannels();
    this.channels = inputChannels;
  }

  /**
   * A single-precision network whose architecture the parameters' names tell.
   *
   * @throws ModelFileException if they don't, or parameters are missing, superfluous or of a wrong
   *     shape
   */
  public static ConvolutionalNetwork build(ParameterSource parameters) {
    return build(ArchitectureInference.infer(parameters), parameters, ElementType.FLOAT32);
  }

  /**
   * A network of the given architecture and precision.
   *
   * @throws ModelFileException if parameters are missing, superfluous or of a wrong shape
   */
  public static ConvolutionalNetwork build(
      NetworkDescription description, ParameterSource parameters, ElementType type) {
    return new NetworkBuilder(description, parameters, type).build();
  }

  /**
   * The architecture that the parameters' names tell.
   *
   * @throws ModelFileException if they don't
   */
  public static NetworkDescription describe(ParameterSource parameters) {
    return ArchitectureInference.infer(parameters);
  }

  /**
   * A network with random parameters to start training from, distributed as PyTorch's defaults:
   * weights and biases uniform in {@code ±1/√n} with {@code n} inputs to each output (He et al.,
   * 2015). The same seed gives the same network.
   *
   * @throws IllegalArgumentException if the description lacks its input's channels, a convolution's
   *     size or outputs, or a linear layer's outputs
   */
  public static ConvolutionalNetwork initialise(
      NetworkDescription description, long seed, ElementType type) {
    return build(description, InitialParameters.of(description, seed), type);
  }

  private ConvolutionalNetwork build() {
    try {
      description
          .normalisation()
          .map(constants -> constants.layer(type, inputChannels))
          .ifPresent(layer -> layers.add(new NamedLayer(Normalisation.LAYER, layer)));
      for (var layer : description.layers()) {
        layers.add(new NamedLayer(layer.name(), layer(layer)));
      }
      unused.removeIf(name -> name.endsWith(".num_batches_tracked"));
      check(
          unused.isEmpty(),
          "%s holds parameters that the network doesn't have: %s",
          parameters.origin(),
          unused);
      return new ConvolutionalNetwork(
          layers, inputChannels, description.inputHeight(), description.inputWidth());
    } catch (RuntimeException e) {
      layers.stream().flatMap(named -> named.layer().tensors()).forEach(Tensor::close);
      throw e instanceof IllegalArgumentException
          ? new ModelFileException(
              "The description of the layers doesn't fit %s: %s"
                  .formatted(parameters.origin(), e.getMessage()),
              e)
          : e;
    }
  }

  /** The channels that the first layer with weights takes, which a description must agree with. */
  private int inputChannels() {
    var weighted =
        description.layers().stream()
            .filter(layer -> layer.kind() == Kind.CONVOLUTION2D || layer.kind() == Kind.LINEAR)
            .findFirst();
    check(weighted.isPresent(), "A network needs a convolution or a linear layer");
    var shape = shapeOf(weighted.get().name() + ".weight");
    var isConvolution = weighted.get().kind() == Kind.CONVOLUTION2D;
    check(
        shape.length == (isConvolution ? 4 : 2),
        "%s.weight in %s has the shape %s, which is not that of a %s",
        weighted.get().name(),
        parameters.origin(),
        Arrays.toString(shape),
        isConvolution ? "convolution" : "linear layer");
    var found = isConvolution ? shape[1] : shape[1] / ((long) height * width);
    var given = description.inputChannels();
    check(
        found > 0 && (given == 0 || given == found),
        "%s takes images of %d channels where the description says %d",
        parameters.origin(),
        found,
        given);
    return Math.toIntExact(found);
  }

  private void checkOutputs(LayerDescription layer, long outputs) {
    check(
        layer.outputs() == 0 || layer.outputs() == outputs,
        "%s in %s has %d outputs where the description says %d",
        layer.name(),
        parameters.origin(),
        outputs,
        layer.outputs());
  }

  private Layer layer(LayerDescription layer) {
    return switch (layer.kind()) {
      case CONVOLUTION2D -> convolution(layer);
      case BATCH_NORM -> batchNorm(layer);
      case RELU -> new Layer.Relu();
      case MAX_POOL2D -> maxPooling(layer);
      case FLATTEN -> flatten();
      case DROPOUT -> dropout(layer);
      case LINEAR -> linear(layer);
    };
  }

  private Layer convolution(LayerDescription layer) {
    var name = layer.name() + ".weight";
    var shape = shapeOf(name);
    check(
        shape.length == 4 && shape[1] == channels,
        "%s in %s has the shape %s where a convolution of %d channels is needed",
        name,
        parameters.origin(),
        Arrays.toString(shape),
        channels);
    checkOutputs(layer, shape[0]);
    check(
        layer.size() == 0 || layer.size() == shape[2] && layer.size() == shape[3],
        "%s in %s has the shape %s where the description says a window of %d pixels",
        name,
        parameters.origin(),
        Arrays.toString(shape),
        layer.size());
    var stride = Math.max(1, layer.stride());
    var window =
        new SlidingWindow(
            (int) shape[2], (int) shape[3], stride, stride, layer.padding(), layer.padding());
    channels = shape[0];
    height = window.outputHeight(height);
    width = window.outputWidth(width);
    return new Layer.Convolution2d(
        permuted(take(name, shape), shape),
        vector(layer.name() + ".bias", channels),
        window,
        false);
  }

  /** From PyTorch's [filters, channels, height, width] to [height, width, channels, filters]. */
  private Tensor permuted(float[] values, long[] shape) {
    var layout =
        PyTorchLayout.ofConvolution((int) shape[0], (int) shape[1], (int) (shape[2] * shape[3]));
    return tensor(PyTorchLayout.read(values, layout), shape[2], shape[3], shape[1], shape[0]);
  }

  private Layer batchNorm(LayerDescription layer) {
    var epsilon = layer.epsilon() > 0 ? layer.epsilon() : PYTORCH_EPSILON;
    return new Layer.BatchNorm(
        vector(layer.name() + ".weight", channels),
        vector(layer.name() + ".bias", channels),
        vector(layer.name() + ".running_mean", channels),
        vector(layer.name() + ".running_var", channels),
        epsilon);
  }

  private static Layer dropout(LayerDescription layer) {
    return new Layer.Dropout(
        layer.probability() > 0 ? layer.probability() : PYTORCH_DROPOUT_PROBABILITY);
  }

  private Layer maxPooling(LayerDescription layer) {
    var stride = layer.stride() > 0 ? layer.stride() : layer.size();
    var window = SlidingWindow.square(layer.size(), stride, layer.padding());
    height = window.outputHeight(height);
    width = window.outputWidth(width);
    return new Layer.MaxPool2d(window);
  }

  private Layer flatten() {
    flattened = true;
    return new Layer.Flatten();
  }

  private Layer linear(LayerDescription layer) {
    var name = layer.name() + ".weight";
    var shape = shapeOf(name);
    var inputs = flattened ? channels * height * width : channels;
    check(
        shape.length == 2 && shape[1] == inputs,
        "%s in %s has the shape %s where %d inputs are needed",
        name,
        parameters.origin(),
        Arrays.toString(shape),
        inputs);
    checkOutputs(layer, shape[0]);
    var values = take(name, shape);
    var weight = flattened ? channelsLast(values, shape[0]) : values;
    flattened = false;
    channels = shape[0];
    return new Layer.Linear(tensor(weight, shape), vector(layer.name() + ".bias", channels));
  }

  /** PyTorch flattens channels first; the engine's images are channels last. */
  private float[] channelsLast(float[] values, long outputs) {
    var layout = PyTorchLayout.ofFlattened((int) outputs, (int) channels, height * width);
    return PyTorchLayout.read(values, layout);
  }

  private Tensor vector(String name, long size) {
    return tensor(take(name, size), size);
  }

  private Tensor tensor(float[] values, long... shape) {
    var tensor = Tensor.uninitialised(type, shape);
    tensor.set(values);
    return tensor;
  }

  private long[] shapeOf(String name) {
    check(
        parameters.names().contains(name), "%s lacks the parameter %s", parameters.origin(), name);
    return parameters.shape(name);
  }

  private float[] take(String name, long... shape) {
    var actual = shapeOf(name);
    check(
        Arrays.equals(actual, shape),
        "%s in %s has the shape %s where %s is needed",
        name,
        parameters.origin(),
        Arrays.toString(actual),
        Arrays.toString(shape));
    unused.remove(name);
    return parameters.floats(name);
  }
}
