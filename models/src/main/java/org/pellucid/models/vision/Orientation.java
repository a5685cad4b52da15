package org.pellucid.models.vision;

/**
 * How a stored image must be turned to stand upright: the eight values of the EXIF/TIFF tag {@code
 * Orientation} (0x0112; TIFF 6.0, page 36), in the tag's order.
 */
public enum Orientation {
  /** Value 1: stored upright. */
  UPRIGHT(false, false, false),
  /** Value 2: mirrored left to right. */
  MIRRORED(false, true, false),
  /** Value 3: upside down. */
  ROTATED_180(false, true, true),
  /** Value 4: mirrored top to bottom. */
  FLIPPED(false, false, true),
  /** Value 5: mirrored about the main diagonal. */
  TRANSPOSED(true, false, false),
  /** Value 6: must be turned clockwise by a quarter. */
  ROTATED_90(true, false, true),
  /** Value 7: mirrored about the other diagonal. */
  TRANSVERSED(true, true, true),
  /** Value 8: must be turned anticlockwise by a quarter. */
  ROTATED_270(true, true, false);

  private final boolean swapsAxes;
  private final boolean fromRight;
  private final boolean fromBottom;

  Orientation(boolean swapsAxes, boolean fromRight, boolean fromBottom) {
    this.swapsAxes = swapsAxes;
    this.fromRight = fromRight;
    this.fromBottom = fromBottom;
  }

  /**
   * The orientation that a tag value stands for.
   *
   * @param tag the value of the tag, 1..8
   * @return the orientation; {@link #UPRIGHT} for a value that the specification does not know
   */
  public static Orientation ofTag(int tag) {
    return tag >= 1 && tag <= 8 ? values()[tag - 1] : UPRIGHT;
  }

  /**
   * Whether width and height change places when the image is turned upright.
   *
   * @return true for the values 5 to 8
   */
  public boolean swapsAxes() {
    return swapsAxes;
  }

  /**
   * Turns a stored image upright.
   *
   * @param stored the image as it lies in the file
   * @return the upright image; the same one if it is upright already
   */
  public Image apply(Image stored) {
    if (this == UPRIGHT) {
      return stored;
    }
    int width = swapsAxes ? stored.height() : stored.width();
    int height = swapsAxes ? stored.width() : stored.height();
    byte[] source = stored.samples();
    var target = new byte[source.length];
    for (int y = 0, at = 0; y < height; y++) {
      for (int x = 0; x < width; x++, at += Image.CHANNELS) {
        int column = swapsAxes ? y : x;
        int row = swapsAxes ? x : y;
        column = fromRight ? stored.width() - 1 - column : column;
        row = fromBottom ? stored.height() - 1 - row : row;
        int from = (row * stored.width() + column) * Image.CHANNELS;
        target[at] = source[from];
        target[at + 1] = source[from + 1];
        target[at + 2] = source[from + 2];
      }
    }
    return Image.owning(width, height, target);
  }
}
