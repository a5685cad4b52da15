package org.pellucid.models.vision;

/**
 * Where the network's view lies in a resized image.
 *
 * @param height rows of the resized image
 * @param width pixels in its rows
 * @param top the row of the resized image that the view begins at; negative where black comes first
 * @param left the column that it begins at
 */
record Framing(int height, int width, int top, int left) {

  /** The framing of an image {@code [imageHeight, imageWidth]} for a view. */
  static Framing of(
      Preprocessing preprocessing, int imageHeight, int imageWidth, int height, int width) {
    return switch (preprocessing.fit()) {
      case SQUASH -> new Framing(height, width, 0, 0);
      case CROP -> {
        var resize = preprocessing.resize();
        yield switch (resize.size()) {
          case 0 -> covering(imageHeight, imageWidth, height, width).centred(height, width);
          case 1 ->
              covering(imageHeight, imageWidth, resize.getFirst(), resize.getFirst())
                  .centred(height, width);
          default -> new Framing(resize.getFirst(), resize.getLast(), 0, 0).centred(height, width);
        };
      }
      case PAD -> inside(imageHeight, imageWidth, height, width).centred(height, width);
    };
  }

  /** The smallest of the image's proportions that covers a size; fractions of pixels are cut. */
  private static Framing covering(int imageHeight, int imageWidth, int height, int width) {
    boolean byWidth = (long) width * imageHeight >= (long) height * imageWidth;
    long high = byWidth ? (long) width * imageHeight / imageWidth : height;
    long wide = byWidth ? width : (long) height * imageWidth / imageHeight;
    if (high * wide > ImageHeader.MAXIMUM_PIXELS) {
      throw new ImageException(
          "an image of %d x %d pixels is too narrow to cut a centre out of; choose the fit squash or pad"
              .formatted(imageWidth, imageHeight));
    }
    return new Framing((int) high, (int) wide, 0, 0);
  }

  private static Framing inside(int imageHeight, int imageWidth, int height, int width) {
    double scale = Math.min((double) height / imageHeight, (double) width / imageWidth);
    return new Framing(
        (int) Math.clamp(Math.rint(imageHeight * scale), 1, height),
        (int) Math.clamp(Math.rint(imageWidth * scale), 1, width),
        0,
        0);
  }

  private Framing centred(int viewHeight, int viewWidth) {
    return new Framing(height, width, offset(height - viewHeight), offset(width - viewWidth));
  }

  /** As torchvision's center_crop, which rounds half pixels to even and pads by whole ones. */
  private static int offset(int surplus) {
    return surplus >= 0 ? (int) Math.rint(surplus / 2.0) : -(-surplus / 2);
  }

  /** Whether the view is the whole resized image. */
  boolean isWhole(int viewHeight, int viewWidth) {
    return height == viewHeight && width == viewWidth;
  }

  /** The view of a resized image, black where it reaches beyond. */
  Image cut(Image resized, int viewHeight, int viewWidth) {
    var samples = new byte[viewHeight * viewWidth * Image.CHANNELS];
    int start = Math.max(0, -left);
    int length = Math.min(viewWidth - start, width - Math.max(0, left));
    for (int y = Math.max(0, -top); y < viewHeight && y + top < height; y++) {
      System.arraycopy(
          resized.samples(),
          ((y + top) * width + start + left) * Image.CHANNELS,
          samples,
          (y * viewWidth + start) * Image.CHANNELS,
          length * Image.CHANNELS);
    }
    return Image.owning(viewWidth, viewHeight, samples);
  }

  /** The view of resized planes, 0 where it reaches beyond. */
  float[] cut(float[] resized, int viewHeight, int viewWidth) {
    int planes = resized.length / (height * width);
    var values = new float[planes * viewHeight * viewWidth];
    int start = Math.max(0, -left);
    int length = Math.min(viewWidth - start, width - Math.max(0, left));
    for (int plane = 0; plane < planes; plane++) {
      for (int y = Math.max(0, -top); y < viewHeight && y + top < height; y++) {
        System.arraycopy(
            resized,
            (plane * height + y + top) * width + start + left,
            values,
            (plane * viewHeight + y) * viewWidth + start,
            length);
      }
    }
    return values;
  }
}
