package org.pellucid.explain.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.metrics.Mask;
import org.pellucid.models.vision.ImageFile;
import org.pellucid.models.vision.ImageFiles;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.models.zoo.SampleImages;

/**
 * An image that is read and converted to a classifier's input when its turn comes.
 *
 * @param name the file's name without its extension, or as {@link ImageFile} makes it unique
 * @param label the class that the name carries, if any, as in {@code 3_5.jpg}
 * @param masks reads the mask of the object in it, if there is one
 */
public record ImageInput(
    String name, OptionalInt label, Supplier<Values> reader, Supplier<Optional<Mask>> masks)
    implements InputSource {

  /** An image without a mask. */
  public ImageInput(String name, OptionalInt label, Supplier<Values> reader) {
    this(name, label, reader, Optional::empty);
  }

  /**
   * Lists image files and the images of directories, without reading them.
   *
   * @throws org.pellucid.models.vision.ImageException if a path doesn't exist, can't be read, or a
   *     directory holds no images
   */
  public static List<ImageInput> list(List<Path> paths, ImageClassifier classifier) {
    return of(ImageFiles.find(paths, false), classifier, (_, _) -> {});
  }

  /**
   * Images that were found.
   *
   * @param remarks receives an image's name and what there is to say of it when it is read, such as
   *     "holds several frames or pages, of which the first is taken"
   */
  public static List<ImageInput> of(
      List<ImageFile> files, ImageClassifier classifier, BiConsumer<String, String> remarks) {
    return files.stream()
        .map(
            file ->
                new ImageInput(file.name(), file.label(), () -> values(file, classifier, remarks)))
        .toList();
  }

  /** The image in a file, or a tensor in an {@code .npy} file. */
  public static ImageInput of(Path file, ImageClassifier classifier) {
    return of(List.of(new ImageFile(file, ImageFiles.stem(file))), classifier, (_, _) -> {})
        .getFirst();
  }

  /** A built-in image. */
  public static ImageInput of(SampleImages.Sample sample, ImageClassifier classifier) {
    return new ImageInput(
        sample.name(),
        OptionalInt.of(sample.label()),
        () -> values(classifier.prepare(sample.image()), classifier),
        () -> Optional.of(mask(classifier.mask(sample.mask()), classifier)));
  }

  /**
   * This image with a mask that is read when its turn comes.
   *
   * @param file of the mask, not black where the object is
   */
  public ImageInput withMask(Path file, ImageClassifier classifier) {
    return new ImageInput(
        name, label, reader, () -> Optional.of(mask(classifier.mask(file), classifier)));
  }

  private static Mask mask(float[] inside, ImageClassifier classifier) {
    var shape = classifier.network().inputShape();
    return Mask.of(Values.of(inside, shape[1], shape[2]));
  }

  private static Values values(
      ImageFile file, ImageClassifier classifier, BiConsumer<String, String> remarks) {
    var prepared = classifier.read(file.path());
    prepared.remarks().forEach(remark -> remarks.accept(file.name(), remark));
    return values(prepared.values(), classifier);
  }

  private static Values values(float[] numbers, ImageClassifier classifier) {
    return Values.of(numbers, classifier.network().inputShape());
  }

  @Override
  public Optional<Mask> mask() {
    return masks.get();
  }

  @Override
  public Values read() {
    return reader.get();
  }
}
