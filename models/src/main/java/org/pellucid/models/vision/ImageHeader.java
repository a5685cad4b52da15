package org.pellucid.models.vision;

import java.nio.file.Path;

/**
 * What an image file says about itself before any pixel is decoded.
 *
 * @param format the format that its content shows, whatever its name ends in
 * @param storedWidth pixels in a row as stored, before it is turned upright
 * @param storedHeight rows as stored
 * @param orientation how it must be turned; {@link Orientation#UPRIGHT} without a readable EXIF tag
 * @param colorProfile whether it embeds an ICC colour profile, which reading leaves unapplied
 * @param severalFrames whether it holds more than the one image that is read: an animation or pages
 */
public record ImageHeader(
    ImageFormat format,
    int storedWidth,
    int storedHeight,
    Orientation orientation,
    boolean colorProfile,
    boolean severalFrames) {
  /** The most pixels that are decoded; a larger image is refused by its header alone. */
  public static final long MAXIMUM_PIXELS = 200_000_000;

  /**
   * Looks at an image file without decoding its pixels.
   *
   * @param file the image file
   * @return what it says about itself
   * @throws ImageException if the file is missing, a directory, empty, not such an image, or has
   *     more than {@value #MAXIMUM_PIXELS} pixels
   */
  public static ImageHeader of(Path file) {
    return ImageDecoder.inspect(ImageSource.of(file));
  }
}
