package org.pellucid.models.nn;

import static org.pellucid.models.ModelFileException.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/**
 * Builds convolutional networks from parameters as PyTorch stores them, permuting each weight once
 * to the layout the engine computes in.
 */
public final class NetworkBuilder {
  private static final long MOST_CHANNELS = 1 << 20;

  private final NetworkDescription description;
  private final NamedParameters parameters;
  private final ElementType type;
  private final TreeSet<String> unused;
  private final Wiring wiring;
  private final boolean[] feedsLinear;
  private final List<NamedLayer> layers = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final int inputChannels;

  private NetworkBuilder(
      NetworkDescription description, NamedParameters parameters, ElementType type) {
    this.description = description;
    this.parameters = parameters;
    this.type = type;
    this.unused = new TreeSet<>(parameters.names());
    this.wiring = description.wiring();
    this.feedsLinear = feedsLinear();
    this.inputChannels = inputChannels();
    places.add(Place.image(description.inputHeight(), description.inputWidth(), inputChannels));
  }

  /**
   * A single-precision network whose architecture the parameters' names tell.
   *
   * @throws ModelFileException if they don't, or parameters are missing, superfluous or of a wrong
   *     shape
   */
  public static ConvolutionalNetwork build(ParameterSource parameters) {
    var described = NamedParameters.infer(parameters);
    return new NetworkBuilder(described.description(), described.parameters(), ElementType.FLOAT32)
        .build();
  }

  /**
   * A network of the given architecture and precision. What wrapping modules put before all names,
   * such as {@code module.}, is left out; {@link ConvolutionalNetwork#notes} says so.
   *
   * @throws ModelFileException if parameters are missing, superfluous or of a wrong shape, or don't
   *     fit the description
   */
  public static ConvolutionalNetwork build(
      NetworkDescription description, ParameterSource parameters, ElementType type) {
    return new NetworkBuilder(description, NamedParameters.of(parameters, description), type)
        .build();
  }

  /**
   * The architecture that the parameters' names tell, without what wrapping modules put before
   * them.
   *
   * @throws ModelFileException if they don't
   */
  public static NetworkDescription describe(ParameterSource parameters) {
    return NamedParameters.infer(parameters).description();
  }

  /**
   * The published network whose parameters these are, as their names tell.
   *
   * @return empty if they are of another network
   * @throws ModelFileException if they are of several
   */
  public static Optional<PublishedNetwork> published(ParameterSource parameters) {
    return NamedParameters.published(parameters).map(NamedParameters.Published::network);
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
      for (var i = 0; i < description.layers().size(); i++) {
        var layer = description.layers().get(i);
        var inputs = wiring.inputs(i).stream().map(places::get).toList();
        var built = layer(layer, i, inputs.getFirst());
        layers.add(new NamedLayer(layer.name(), built, layer.inputs()));
        places.add(Place.after(layer.name(), built, inputs));
      }
      unused.removeIf(name -> name.endsWith(".num_batches_tracked"));
      check(
          unused.isEmpty(),
          "%s holds parameters that the network doesn't have: %s",
          parameters.origin(),
          unused);
      return new ConvolutionalNetwork(
          layers,
          inputChannels,
          description.inputHeight(),
          description.inputWidth(),
          parameters.notes());
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
    var weighted = description.layers().stream().filter(NetworkBuilder::isWeighted).findFirst();
    check(weighted.isPresent(), "A network needs a convolution or a linear layer");
    var name = weighted.get().name() + ".weight";
    var shape = shapeOf(name);
    var isConvolution = weighted.get().kind() instanceof LayerKind.Convolution;
    check(
        shape.length == (isConvolution ? 4 : 2),
        "%s in %s has the shape %s, which is not that of a %s",
        name,
        parameters.origin(),
        Arrays.toString(shape),
        isConvolution ? "convolution" : "linear layer");
    var given = description.inputChannels();
    var found =
        weighted.get().kind() instanceof LayerKind.Convolution convolution
            ? shape[1] * Math.max(1, convolution.groups())
            : shape[1] / ((long) description.inputHeight() * description.inputWidth());
    if (given > 0 && !takesTheImage(weighted.get())) {
      return given;
    }
    check(
        found > 0 && found <= MOST_CHANNELS && (given == 0 || given == found),
        "%s takes images of %d channels where the description says %d",
        parameters.origin(),
        found,
        given);
    return (int) found;
  }

  private static boolean isWeighted(LayerDescription layer) {
    return layer.kind() instanceof LayerKind.Convolution
        || layer.kind() instanceof LayerKind.Linear;
  }

  /**
   * Whether a layer's inputs tell the image's channels: a convolution of the image in one group.
   */
  private boolean takesTheImage(LayerDescription layer) {
    return layer.kind() instanceof LayerKind.Convolution convolution
        && convolution.groups() == 1
        && wiring.inputs(description.layers().indexOf(layer)).equals(List.of(0));
  }

  private Layer layer(LayerDescription layer, int number, Place in) {
    return switch (layer.kind()) {
      case LayerKind.Convolution kind -> convolution(layer.name(), kind, in);
      case LayerKind.BatchNorm(var epsilon) -> batchNorm(layer.name(), epsilon, in);
      case LayerKind.Relu() -> new Layer.Relu();
      case LayerKind.Activation(var function) -> new Layer.Activation(function);
      case LayerKind.Softmax() -> new Layer.Softmax();
      case LayerKind.MaxPool(var window) -> new Layer.MaxPool2d(window);
      case LayerKind.AveragePool(var window, var countsPadding) ->
          new Layer.AveragePool2d(window, countsPadding);
      case LayerKind.AdaptivePool(var largest, var size) ->
          new Layer.AdaptivePool2d(largest, size.height(), size.width());
      case LayerKind.Flatten() -> new Layer.Flatten(in.isImage() && !feedsLinear[number]);
      case LayerKind.Dropout(var probability) -> new Layer.Dropout(probability);
      case LayerKind.Linear kind -> linear(layer.name(), kind, in);
      case LayerKind.Add() -> new Layer.Add();
      case LayerKind.Concatenate() -> new Layer.Concatenate();
      case LayerKind.Normalise() ->
          throw new IllegalArgumentException("A normalisation is given by mean and deviation.");
    };
  }

  /**
   * Which layers' outputs all go into linear layers in the end, whose weights then take the order
   * of their features.
   */
  private boolean[] feedsLinear() {
    var kinds = description.layers().stream().map(LayerDescription::kind).toList();
    var feeds = new boolean[kinds.size()];
    for (var i = feeds.length - 1; i >= 0; i--) {
      var users = wiring.users(i);
      feeds[i] =
          !users.isEmpty()
              && users.stream()
                  .allMatch(
                      user ->
                          kinds.get(user) instanceof LayerKind.Linear
                              || !kinds.get(user).joins() && feeds[user]);
    }
    return feeds;
  }

  private Layer convolution(String layer, LayerKind.Convolution kind, Place in) {
    var name = layer + ".weight";
    var shape = shapeOf(name);
    var groups = groups(kind, shape, in);
    check(
        shape.length == 4 && shape[1] * groups == in.channels() && shape[0] % groups == 0,
        "%s in %s has the shape %s where a convolution of %d channels%s is needed",
        name,
        parameters.origin(),
        Arrays.toString(shape),
        in.channels(),
        groups > 1 ? " in " + groups + " groups" : "");
    checkOutputs(layer, kind.outputs(), shape[0]);
    var size = new LayerKind.Extent((int) shape[2], (int) shape[3]);
    check(
        kind.size().isEmpty() || kind.size().get().equals(size),
        "%s in %s has the shape %s where the description says a window of %s pixels",
        name,
        parameters.origin(),
        Arrays.toString(shape),
        kind.size().map(LayerKind.Extent::text).orElse(""));
    var biased = hasBias(layer, kind.bias());
    return new Layer.Convolution2d(
        permuted(take(name, shape), shape),
        biased ? vector(layer + ".bias", shape[0]) : Tensor.zeros(type, shape[0]),
        kind.withSize(size).window(),
        groups,
        biased,
        Rectifier.NONE);
  }

  /** As many as the weight tells where the description doesn't. */
  private static int groups(LayerKind.Convolution kind, long[] shape, Place in) {
    if (kind.groups() > 0) {
      return kind.groups();
    }
    var tells = shape.length == 4 && shape[1] > 0 && in.channels() % shape[1] == 0;
    return tells ? Math.toIntExact(in.channels() / shape[1]) : 1;
  }

  private void checkOutputs(String layer, int described, long outputs) {
    check(
        described == 0 || described == outputs,
        "%s in %s has %d outputs where the description says %d",
        layer,
        parameters.origin(),
        outputs,
        described);
  }

  private boolean hasBias(String layer, Optional<Boolean> described) {
    return described.orElseGet(() -> parameters.names().contains(layer + ".bias"));
  }

  /** From PyTorch's [filters, channels, height, width] to [height, width, channels, filters]. */
  private Tensor permuted(float[] values, long[] shape) {
    var layout =
        PyTorchLayout.ofConvolution((int) shape[0], (int) shape[1], (int) (shape[2] * shape[3]));
    return tensor(layout.read(values), shape[2], shape[3], shape[1], shape[0]);
  }

  private Layer batchNorm(String layer, double epsilon, Place in) {
    return new Layer.BatchNorm(
        features(layer + ".weight", in),
        features(layer + ".bias", in),
        features(layer + ".running_mean", in),
        features(layer + ".running_var", in),
        epsilon);
  }

  /** One number for each channel, or for each feature of a flattened image. */
  private Tensor features(String name, Place in) {
    var values = take(name, in.channels());
    return tensor(
        in.flattened().map(image -> image.layout(1).read(values)).orElse(values), in.channels());
  }

  private Layer linear(String layer, LayerKind.Linear kind, Place in) {
    var name = layer + ".weight";
    var shape = shapeOf(name);
    check(
        shape.length == 2 && shape[1] == in.channels(),
        "%s in %s has the shape %s where %d inputs are needed",
        name,
        parameters.origin(),
        Arrays.toString(shape),
        in.channels());
    checkOutputs(layer, kind.outputs(), shape[0]);
    var values = take(name, shape);
    var weight =
        in.flattened().map(image -> image.layout((int) shape[0]).read(values)).orElse(values);
    var biased = hasBias(layer, kind.bias());
    return new Layer.Linear(
        tensor(weight, shape),
        biased ? vector(layer + ".bias", shape[0]) : Tensor.zeros(type, shape[0]),
        biased);
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
