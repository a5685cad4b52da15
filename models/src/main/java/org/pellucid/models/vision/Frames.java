package org.pellucid.models.vision;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Tells whether a file holds more images than the one that is read. */
final class Frames {
  private static final int PNG_SIGNATURE = 8;
  private static final int PNG_CHUNK = 12;
  private static final int WEBP_ANIMATION = 0x02;

  private Frames() {}

  /** Whether there are several frames or pages; false for a file whose structure is damaged. */
  static boolean areSeveral(byte[] file, ImageFormat format) {
    try {
      return switch (format) {
        case GIF -> severalInGif(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
        case TIFF -> severalInTiff(ByteBuffer.wrap(file));
        case PNG -> isAnimatedPng(ByteBuffer.wrap(file));
        case WEBP ->
            RiffChunks.chunk(file, "VP8X")
                .filter(flags -> flags.length > 0 && (flags[0] & WEBP_ANIMATION) != 0)
                .isPresent();
        case JPEG, BMP, PNM -> false;
      };
    } catch (IndexOutOfBoundsException | ArithmeticException _) {
      return false;
    }
  }

  /** Counts image descriptors (GIF89a, sections 18 to 26). */
  private static boolean severalInGif(ByteBuffer file) {
    int flags = file.get(10);
    int at = 13 + colours(flags);
    int images = 0;
    while (true) {
      switch (file.get(at) & 0xff) {
        case 0x21 -> at = afterBlocks(file, at + 2);
        case 0x2c -> {
          if (++images > 1) {
            return true;
          }
          at = afterBlocks(file, at + 11 + colours(file.get(at + 9)));
        }
        default -> {
          return false;
        }
      }
    }
  }

  /** The bytes of a table of colours whose size the lowest three bits give. */
  private static int colours(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
  }

  private static int afterBlocks(ByteBuffer file, int start) {
    int at = start;
    while (file.get(at) != 0) {
      at += 1 + (file.get(at) & 0xff);
    }
    return at + 1;
  }

  /** The first directory names the next (TIFF 6.0, section 2). */
  private static boolean severalInTiff(ByteBuffer file) {
    file.order(file.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = file.getInt(4);
    int entries = file.getShort(directory) & 0xffff;
    return file.getInt(directory + 2 + 12 * entries) != 0;
  }

  /** An {@code acTL} chunk before the first {@code IDAT} (PNG, third edition). */
  private static boolean isAnimatedPng(ByteBuffer file) {
    for (int at = PNG_SIGNATURE; ; ) {
      int length = file.getInt(at);
      var name = new byte[4];
      file.get(at + 4, name);
      switch (new String(name, StandardCharsets.ISO_8859_1)) {
        case "acTL" -> {
          return file.getInt(at + 8) > 1;
        }
        case "IDAT", "IEND" -> {
          return false;
        }
        default -> at = Math.addExact(at, Math.addExact(Math.max(0, length), PNG_CHUNK));
      }
    }
  }
}
