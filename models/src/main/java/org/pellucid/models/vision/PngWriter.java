package org.pellucid.models.vision;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.pellucid.weights.AtomicFile;

/** Writes images as PNG files, which appear under their name only when they are whole. */
public final class PngWriter {
  private PngWriter() {}

  /**
   * Writes an image as an 8-bit RGB PNG file.
   *
   * @param image the image
   * @param file where to; missing directories are made, an existing file is replaced
   * @throws ImageException if it cannot be written there
   */
  public static void writePng(Image image, Path file) {
    writePng(image.toImage(), file);
  }

  /**
   * Writes a Java image as a PNG file, its transparency included.
   *
   * @param image the image
   * @param file where to; missing directories are made, an existing file is replaced
   * @throws ImageException if it cannot be written there
   */
  public static void writePng(BufferedImage image, Path file) {
    try {
      AtomicFile.write(
          file,
          temporary -> {
            try (var output = new MemoryCacheImageOutputStream(Files.newOutputStream(temporary))) {
              ImageIO.write(image, "png", output);
            }
          });
    } catch (IOException e) {
      throw new ImageException(
          "cannot write image %s (%s); choose a directory that can be written to"
              .formatted(file, ImageDecoder.reason(e)),
          e);
    }
  }
}
