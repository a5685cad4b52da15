package org.pellucid.models.zoo;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.ImageModel;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.vision.Image;
import org.pellucid.models.vision.ImageTensors;
import org.pellucid.models.vision.PreparedImage;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.weights.numpy.NpyArray;

/**
 * An image classifier: a network, the names of its classes, and how an image becomes its input.
 * Closing it closes the network.
 *
 * @param name of the built-in network or the file that it was read from
 * @param network a {@link org.pellucid.models.nn.ConvolutionalNetwork} of parameters, or an {@link
 *     org.pellucid.models.onnx.OnnxImageModel} of a graph, which normalises its input itself, so
 *     that the input and explanations of it are in the image's own pixels
 * @param classNames by output; empty where they are unknown
 * @param preprocessing of images
 * @param notes sentences on choices that were made while opening it
 */
public record ImageClassifier(
    String name,
    ImageModel network,
    List<String> classNames,
    Preprocessing preprocessing,
    List<String> notes)
    implements AutoCloseable {
  /** The name of the built-in network, which classifies food. */
  public static final String BUILT_IN = "food";

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there are names, but not one for each output
   */
  public ImageClassifier {
    classNames = List.copyOf(classNames);
    notes = List.copyOf(notes);
    check(
        classNames.isEmpty() || classNames.size() == network.outputs(),
        "%d class names for the %d outputs of %s",
        classNames.size(),
        network.outputs(),
        name);
  }

  /** A classifier of images that are stretched to the network's size and not normalised. */
  public ImageClassifier(String name, ImageModel network, List<String> classNames) {
    this(name, network, classNames, Preprocessing.standard(), List.of());
  }

  /**
   * Opens the built-in network ({@code food}) or one from a weight file, an ONNX graph or a folder
   * with one of them.
   *
   * @param description a JSON file that lists the layers, see {@link NetworkDescription}; where it
   *     is empty, the architecture is inferred from the parameters' names
   * @throws org.pellucid.weights.UnusableFileException if a file can't be read or its parameters
   *     don't form a network
   */
  public static ImageClassifier open(String nameOrFile, Optional<Path> description) {
    return open(nameOrFile, ClassifierOptions.standard(description));
  }

  /**
   * Opens the built-in network ({@code food}) or one from a weight file, an ONNX graph or a folder
   * with one of them, with what is known besides. Preprocessing is taken from the options, then the
   * network's description, then a {@code preprocessor_config.json} beside the weights, then the
   * options' standard.
   *
   * @throws org.pellucid.weights.UnusableFileException if a file can't be read or its parameters
   *     don't form a network
   * @throws IllegalArgumentException if the preprocessing doesn't fit the network
   */
  public static ImageClassifier open(String nameOrFile, ClassifierOptions options) {
    return new ClassifierFiles(nameOrFile, options).open();
  }

  /**
   * The name of an output's class, or its number where names are unknown.
   *
   * @throws IllegalArgumentException if the network doesn't have that output
   */
  public String className(int output) {
    check(
        output >= 0 && output < network.outputs(),
        "There is no class %d; the classes of %s are 0..%d",
        output,
        name,
        network.outputs() - 1);
    return classNames.isEmpty() ? Integer.toString(output) : classNames.get(output);
  }

  /**
   * An image as the network's input: brought to its size, grey if the network has one channel.
   *
   * @return {@code [channels, height, width]} in 0..1
   * @throws IllegalArgumentException if the network has neither one channel nor three
   */
  public float[] prepare(Image image) {
    return ImageTensors.of(image, preprocessing, network.inputShape());
  }

  /**
   * An image that is given as an array, brought to the network's size as by {@link
   * #prepare(Image)}.
   *
   * @param array see {@link ImageTensors#of(NpyArray, String, Preprocessing, long...)}
   * @param origin file or name of the array, for messages
   * @return {@code [channels, height, width]}
   * @throws org.pellucid.models.vision.ImageException if the array is no image
   */
  public float[] prepare(NpyArray array, String origin) {
    return ImageTensors.of(array, origin, preprocessing, network.inputShape()).values();
  }

  /**
   * An image file or a tensor in an {@code .npy} file as the network's input; see {@link
   * #prepare(Image)} and {@link #prepare(NpyArray, String)}.
   *
   * @return {@code [channels, height, width]}
   * @throws org.pellucid.weights.UnusableFileException if the file can't be read or holds no image
   */
  public float[] prepare(Path file) {
    return read(file).values();
  }

  /**
   * An image file as {@link #prepare(Path)} gives it, with what there is to say of it.
   *
   * @throws org.pellucid.weights.UnusableFileException if the file can't be read or holds no image
   */
  public PreparedImage read(Path file) {
    return ImageTensors.read(file, preprocessing, network.inputShape());
  }

  /**
   * The mask of an object in an image, brought to the network's size as the image is: 1 where the
   * mask isn't black, else 0.
   *
   * @return {@code [height, width]}
   */
  public float[] mask(Image mask) {
    return ImageTensors.mask(mask, preprocessing, network.inputShape());
  }

  /**
   * The mask in an image file, turned as images are; see {@link #mask(Image)}.
   *
   * @throws org.pellucid.models.vision.ImageException if the file is no image that can be read
   */
  public float[] mask(Path file) {
    return mask(preprocessing.upright() ? Image.read(file) : Image.readStored(file));
  }

  @Override
  public void close() {
    network.close();
  }
}
