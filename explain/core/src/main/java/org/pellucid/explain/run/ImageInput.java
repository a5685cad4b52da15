package org.pellucid.explain.run;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.vision.ImageFiles;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.models.zoo.SampleImages;

/**
 * An image that is read and converted to a classifier's input when its turn comes.
 *
 * @param name the file's name without its extension
 * @param label the class that the name carries, if any, as in {@code 3_5.jpg}
 */
public record ImageInput(String name, OptionalInt label, Supplier<Values> reader)
    implements InputSource {

  /**
   * Lists image files and the images of directories, without reading them.
   *
   * @throws org.pellucid.models.vision.ImageException if a path doesn't exist, can't be read, or a
   *     directory holds no images
   */
  public static List<ImageInput> list(List<Path> paths, ImageClassifier classifier) {
    return ImageFiles.list(paths).stream().map(file -> of(file, classifier)).toList();
  }

  /** The image in a file, or a tensor in an {@code .npy} file. */
  public static ImageInput of(Path file, ImageClassifier classifier) {
    return new ImageInput(
        ImageFiles.stem(file),
        ImageFiles.label(file),
        () -> values(classifier.prepare(file), classifier));
  }

  /** A built-in image. */
  public static ImageInput of(SampleImages.Sample sample, ImageClassifier classifier) {
    return new ImageInput(
        sample.name(),
        OptionalInt.of(sample.label()),
        () -> values(classifier.prepare(sample.image()), classifier));
  }

  private static Values values(float[] numbers, ImageClassifier classifier) {
    return Values.of(numbers, classifier.network().inputShape());
  }

  @Override
  public Values read() {
    return reader.get();
  }
}
