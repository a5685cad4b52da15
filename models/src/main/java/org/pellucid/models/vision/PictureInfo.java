package org.pellucid.models.vision;

import java.nio.file.Path;

/**
 * What a picture file says about itself before any pixel is decoded.
 *
 * @param format the format that its content shows, whatever its name ends in
 * @param storedWidth pixels in a row as stored, before it is turned upright
 * @param storedHeight rows as stored
 * @param orientation how it must be turned; {@link Orientation#UPRIGHT} without a readable EXIF tag
 * @param colorProfile whether it embeds an ICC colour profile, which reading leaves unapplied
 */
public record PictureInfo(
    PictureFormat format,
    int storedWidth,
    int storedHeight,
    Orientation orientation,
    boolean colorProfile) {
  /** The most pixels that are decoded; a larger picture is refused by its header alone. */
  public static final long MAXIMUM_PIXELS = 200_000_000;

  /**
   * Looks at a picture file without decoding its pixels.
   *
   * @param file the picture file
   * @return what it says about itself
   * @throws PictureException if the file is missing, a directory, empty, not such a picture, or has
   *     more than {@value #MAXIMUM_PIXELS} pixels
   */
  public static PictureInfo of(Path file) {
    return PictureReader.inspect(PictureSource.of(file));
  }
}
