package org.pellucid.models.vision;

import java.util.Arrays;
import java.util.Optional;

/** The chunks of a WebP file (RIFF): a name of four letters, the length, the content. */
final class RiffChunks {
  private static final int FIRST = 12;
  private static final int HEADER = 8;
  private static final byte[] EXIF_PREFIX = {'E', 'x', 'i', 'f', 0, 0};

  private RiffChunks() {}

  /** The content of the first chunk of a name, if it is whole. */
  static Optional<byte[]> chunk(byte[] file, String name) {
    for (long at = FIRST; at + HEADER <= file.length; ) {
      int here = (int) at;
      long length = length(file, here + 4);
      if (isNamed(file, here, name)) {
        return at + HEADER + length <= file.length
            ? Optional.of(Arrays.copyOfRange(file, here + HEADER, (int) (at + HEADER + length)))
            : Optional.empty();
      }
      at += HEADER + length + (length & 1);
    }
    return Optional.empty();
  }

  /** The EXIF data as a TIFF structure; some writers put JPEG's prefix before it. */
  static Optional<byte[]> exif(byte[] file) {
    return chunk(file, "EXIF")
        .map(
            exif ->
                exif.length > EXIF_PREFIX.length
                        && Arrays.equals(exif, 0, EXIF_PREFIX.length, EXIF_PREFIX, 0, 6)
                    ? Arrays.copyOfRange(exif, EXIF_PREFIX.length, exif.length)
                    : exif);
  }

  /**
   * Whether the first frame of an animation lies within the canvas, as it must (WebP container
   * specification, ANMF); readers make room for the frame. True for a file without animation.
   */
  static boolean firstFrameFits(byte[] file) {
    var canvas = chunk(file, "VP8X").filter(chunk -> chunk.length >= 10);
    var frame = chunk(file, "ANMF").filter(chunk -> chunk.length >= 12);
    return canvas.isEmpty()
        || frame.isEmpty()
        || 2 * number(frame.get(), 0) + number(frame.get(), 6) <= number(canvas.get(), 4)
            && 2 * number(frame.get(), 3) + number(frame.get(), 9) <= number(canvas.get(), 7);
  }

  private static int number(byte[] chunk, int at) {
    return chunk[at] & 0xff | (chunk[at + 1] & 0xff) << 8 | (chunk[at + 2] & 0xff) << 16;
  }

  private static boolean isNamed(byte[] file, int at, String name) {
    for (int i = 0; i < name.length(); i++) {
      if (file[at + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static long length(byte[] file, int at) {
    return file[at] & 0xff
        | (file[at + 1] & 0xff) << 8
        | (file[at + 2] & 0xff) << 16
        | (file[at + 3] & 0xffL) << 24;
  }
}
