package org.pellucid.explain.run;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.pellucid.models.vision.ImageFile;
import org.pellucid.models.vision.ImageFiles;

/** Finds the files with the masks of images by their names. */
public final class MaskFiles {
  private static final List<String> ENDINGS =
      List.of(
          ".mask.png",
          ".png",
          ".jpg",
          ".jpeg",
          ".webp",
          ".bmp",
          ".gif",
          ".tif",
          ".tiff",
          ".pgm",
          ".pbm",
          ".ppm",
          ".PNG",
          ".JPG",
          ".JPEG");

  private final Function<ImageFile, Stream<Path>> candidates;

  private MaskFiles(Function<ImageFile, Stream<Path>> candidates) {
    this.candidates = candidates;
  }

  /**
   * Masks in a folder, each of its image's name, such as {@code 3_5.png} or {@code 3_5.mask.png}
   * for {@code 3_5.jpg}; those of images in sub-directories in sub-directories of the same names.
   *
   * @throws IllegalArgumentException if there is no such folder
   */
  public static MaskFiles in(Path folder) {
    check(
        Files.isDirectory(folder), "The folder of masks %s doesn't exist; check the path", folder);
    return new MaskFiles(
        image ->
            Stream.of(image.name(), ImageFiles.stem(Path.of(image.name())))
                .distinct()
                .flatMap(name -> ENDINGS.stream().map(ending -> folder.resolve(name + ending))));
  }

  /** Masks beside the images, such as {@code 3_5.mask.png} beside {@code 3_5.jpg}. */
  public static MaskFiles beside() {
    return new MaskFiles(
        image ->
            Stream.of(
                image.path().resolveSibling(ImageFiles.stem(image.path()) + ENDINGS.getFirst())));
  }

  /** The mask of an image, if there is one. */
  public Optional<Path> of(ImageFile image) {
    return candidates.apply(image).filter(Files::isRegularFile).findFirst();
  }
}
