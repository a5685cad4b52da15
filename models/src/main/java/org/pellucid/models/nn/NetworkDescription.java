package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The architecture of a feed-forward image classifier without its parameters, as inferred from a
 * checkpoint's names or written down in JSON:
 *
 * <pre>{@code
 * {"inputChannels": 1, "inputHeight": 28, "inputWidth": 28, "layers": [
 *   {"name": "cnn.0", "kind": "convolution", "outputs": 8, "size": 3, "padding": 1},
 *   {"name": "cnn.1", "kind": "batch-norm", "epsilon": 1e-5},
 *   {"name": "cnn.2", "kind": "relu"},
 *   {"name": "cnn.3", "kind": "max-pool", "size": 2},
 *   {"name": "flatten", "kind": "flatten"},
 *   {"name": "fc.0", "kind": "linear", "outputs": 10}]}
 * }</pre>
 *
 * <p>A layer takes the output of the one before it, unless {@code input} or {@code inputs} name
 * others; docs/networks.md lists all kinds and fields, with residual blocks. What weights tell may
 * be left out where there are weights: channels, outputs, groups and a convolution's size. {@link
 * NetworkBuilder#initialise} needs them. A file may also hold an object {@code "preprocessing"},
 * which belongs to the images and not to the network: see {@link
 * org.pellucid.models.vision.PreprocessingOptions}.
 *
 * @param inputChannels such as 3 for colour images; 0 means those that the first weight has
 * @param inputHeight pixels
 * @param inputWidth pixels
 * @param mean what is subtracted from the channels of an image in 0..1 before the first layer;
 *     empty where nothing is
 * @param std what the difference is divided by, as long as {@code mean}
 */
public record NetworkDescription(
    int inputChannels,
    int inputHeight,
    int inputWidth,
    List<Double> mean,
    List<Double> std,
    List<LayerDescription> layers) {
  private static final int MOST_LAYERS = 10_000;

  /**
   * One layer.
   *
   * @param name its name in the checkpoint, such as {@code cnn.0}
   * @param inputs the layers whose outputs it takes, or {@code image} for the network's input; none
   *     means the layer before
   */
  public record LayerDescription(String name, LayerKind kind, List<String> inputs) {
    /** Copies the list. */
    public LayerDescription {
      inputs = List.copyOf(inputs);
    }

    /** A layer that takes the output of the one before. */
    public LayerDescription(String name, LayerKind kind) {
      this(name, kind, List.of());
    }
  }

  /**
   * A network whose images aren't normalised.
   *
   * @throws IllegalArgumentException as the other constructor says
   */
  public NetworkDescription(
      int inputChannels, int inputHeight, int inputWidth, List<LayerDescription> layers) {
    this(inputChannels, inputHeight, inputWidth, List.of(), List.of(), layers);
  }

  /** The same layers for images of another size, in pixels. */
  public NetworkDescription withInputSize(int height, int width) {
    return new NetworkDescription(inputChannels, height, width, mean, std, layers);
  }

  /**
   * Checks that there is something to build.
   *
   * @throws IllegalArgumentException if there are no layers, the input has no size, means and
   *     deviations don't fit, two layers have one name, a layer names an input that isn't before
   *     it, or an output isn't used
   */
  public NetworkDescription {
    check(!layers.isEmpty(), "A network's description lists no layers");
    check(
        layers.size() <= MOST_LAYERS,
        "A network's description lists %d layers, more than %d",
        layers.size(),
        MOST_LAYERS);
    check(
        inputChannels >= 0 && inputHeight > 0 && inputWidth > 0,
        "A network's description gives no input size");
    check(
        (long) inputHeight * inputWidth * Math.max(1, inputChannels) <= Integer.MAX_VALUE,
        "Images of %dx%d pixels are too large",
        inputHeight,
        inputWidth);
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    layers = List.copyOf(layers);
    normalisation(mean, std);
    wiring(layers);
  }

  private static Wiring wiring(List<LayerDescription> layers) {
    return Wiring.of(
        layers.stream()
            .map(layer -> new Wiring.Entry(layer.name(), layer.inputs(), layer.kind().joins()))
            .toList(),
        false);
  }

  private static Optional<Normalisation> normalisation(List<Double> mean, List<Double> std) {
    return mean.isEmpty() && std.isEmpty()
        ? Optional.empty()
        : Optional.of(new Normalisation(mean, std));
  }

  Wiring wiring() {
    return wiring(layers);
  }

  /** What is done to the images before the first layer, where there is something. */
  public Optional<Normalisation> normalisation() {
    return normalisation(mean, std);
  }

  /**
   * Writes the description as a JSON file, which appears under its name only when it is whole.
   *
   * @throws org.pellucid.models.ModelFileException if it can't be written
   */
  public void write(Path file) {
    DescriptionWriter.write(this, file);
  }

  /**
   * Reads a description from a JSON file.
   *
   * @throws org.pellucid.models.ModelFileException if the file can't be read or isn't such a
   *     description
   */
  public static NetworkDescription read(Path file) {
    return DescriptionReader.read(file);
  }
}
