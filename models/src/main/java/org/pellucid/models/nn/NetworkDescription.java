package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.ModelFileException;
import org.pellucid.weights.AtomicFile;

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
 * <p>What weights tell may be left out where there are weights: channels, outputs and a
 * convolution's size. {@link NetworkBuilder#initialise} needs them.
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

  /**
   * A network whose images aren't normalised.
   *
   * @throws IllegalArgumentException as the other constructor says
   */
  public NetworkDescription(
      int inputChannels, int inputHeight, int inputWidth, List<LayerDescription> layers) {
    this(inputChannels, inputHeight, inputWidth, List.of(), List.of(), layers);
  }

  /** The operation that a layer applies. */
  public enum Kind {
    /** Convolution. */
    @JsonProperty("convolution")
    CONVOLUTION2D,
    /** Batch normalisation with running statistics. */
    @JsonProperty("batch-norm")
    BATCH_NORM,
    /** Rectified linear unit. */
    @JsonProperty("relu")
    RELU,
    /** Max pooling. */
    @JsonProperty("max-pool")
    MAX_POOL2D,
    /** From images to rows of features, channels first as in PyTorch. */
    @JsonProperty("flatten")
    FLATTEN,
    /** Dropout; the identity in evaluation mode. */
    @JsonProperty("dropout")
    DROPOUT,
    /** Fully connected layer. */
    @JsonProperty("linear")
    LINEAR
  }

  /**
   * One layer.
   *
   * @param name its name in the checkpoint, such as {@code cnn.0}
   * @param outputs filters of a convolution or outputs of a linear layer; 0 means those that its
   *     weight has
   * @param size sides of the window of a pooling or convolution, in pixels; 0 means those that a
   *     convolution's weight has
   * @param stride the step of a convolution or pooling, in pixels; 0 means 1 for a convolution and
   *     {@code size} for a pooling
   * @param padding of a convolution or pooling, in pixels
   * @param epsilon of a batch normalisation; 0 means PyTorch's default, 1e-5
   * @param probability of dropping an element in training; 0 means PyTorch's default, 0.5
   */
  public record LayerDescription(
      String name,
      Kind kind,
      int outputs,
      int size,
      int stride,
      int padding,
      double epsilon,
      double probability) {

    static LayerDescription of(String name, Kind kind) {
      return window(name, kind, 0, 0, 0);
    }

    static LayerDescription window(String name, Kind kind, int size, int stride, int padding) {
      return new LayerDescription(name, kind, 0, size, stride, padding, 0, 0);
    }
  }

  /**
   * Checks that there is something to build.
   *
   * @throws IllegalArgumentException if there are no layers, a layer lacks its name or kind, or the
   *     input has no size
   */
  public NetworkDescription {
    check(layers != null && !layers.isEmpty(), "A network's description lists no layers");
    for (var layer : layers) {
      check(
          layer.name() != null && layer.kind() != null,
          "Every layer of a network's description has a name and a kind");
    }
    check(
        inputChannels >= 0 && inputHeight > 0 && inputWidth > 0,
        "A network's description gives no input size");
    mean = mean == null ? List.of() : List.copyOf(mean);
    std = std == null ? List.of() : List.copyOf(std);
    layers = List.copyOf(layers);
    if (!mean.isEmpty() || !std.isEmpty()) {
      new Normalisation(mean, std);
    }
  }

  /**
   * What is done to the images before the first layer, where there is something.
   *
   * @throws IllegalArgumentException if mean and deviation don't fit together
   */
  Optional<Normalisation> normalisation() {
    return mean.isEmpty() && std.isEmpty()
        ? Optional.empty()
        : Optional.of(new Normalisation(mean, std));
  }

  /**
   * Writes the description as a JSON file, which appears under its name only when it is whole.
   *
   * @throws ModelFileException if it can't be written
   */
  public void write(Path file) {
    var mapper =
        JsonMapper.builder()
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(Include.NON_DEFAULT, Include.NON_DEFAULT))
            .withConfigOverride(
                List.class,
                list ->
                    list.setInclude(JsonInclude.Value.construct(Include.NON_EMPTY, Include.ALWAYS)))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();
    try {
      AtomicFile.write(file, target -> mapper.writeValue(target.toFile(), this));
    } catch (IOException e) {
      throw new ModelFileException(
          "The network description %s can't be written (%s); check the directory's permissions."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Reads a description from a JSON file.
   *
   * @throws ModelFileException if the file can't be read or isn't such a description
   */
  public static NetworkDescription read(Path file) {
    var mapper =
        JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    try {
      return mapper.readValue(Files.readString(file), NetworkDescription.class);
    } catch (JsonProcessingException e) {
      var reason =
          e.getCause() instanceof IllegalArgumentException wrong
              ? wrong.getMessage()
              : e.getOriginalMessage() + ".";
      throw new ModelFileException(
          "%s is not a network description: %s".formatted(file, reason), e);
    } catch (IOException e) {
      throw new ModelFileException(
          "The network description %s can't be read; check the path.".formatted(file), e);
    }
  }
}
