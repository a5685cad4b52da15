package org.pellucid.models.vision;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How the components of a JPEG file stand for colours, decided by its markers as libjpeg does
 * (jdapimin.c, {@code default_decompress_parms}). The JDK decides otherwise where component numbers
 * are unusual or where a JFIF and an Adobe marker disagree.
 */
enum JpegColours {
  /** One component: luma. */
  GREY,
  /** Red, green and blue as they are. */
  RGB,
  /** Luma and two differences of colour, by JFIF 1.02. */
  YCBCR,
  /** Four inks as they are. */
  CMYK,
  /** Cyan, magenta and yellow as luma and differences, and black. */
  YCCK;

  private static final int START_OF_IMAGE = 0xd8;
  private static final int START_OF_SCAN = 0xda;
  private static final int JFIF_MARKER = 0xe0;
  private static final int ADOBE_MARKER = 0xee;
  private static final int ADOBE_TRANSFORM = 11;
  private static final int FRAME_COMPONENTS = 5;

  /**
   * The colours of a JPEG file.
   *
   * @throws IOException if it has no frame header, or other than 1, 3 or 4 components
   */
  static JpegColours of(byte[] file) throws IOException {
    return new Markers(file).read().colours();
  }

  /** The markers before the first scan. */
  private static final class Markers {
    private final byte[] file;
    private final List<Integer> components = new ArrayList<>();
    private boolean jfif;
    private int adobe = -1;

    Markers(byte[] file) {
      this.file = file;
    }

    Markers read() throws IOException {
      int at = 0;
      while (at + 1 < file.length) {
        if (at(at) != 0xff || isFill(at(at + 1))) {
          at++;
          continue;
        }
        int marker = at(at + 1);
        if (marker == START_OF_SCAN) {
          break;
        }
        if (marker == START_OF_IMAGE || marker >= 0xd0 && marker < START_OF_IMAGE || marker == 1) {
          at += 2;
          continue;
        }
        if (at + 3 >= file.length) {
          break;
        }
        int length = at(at + 2) << 8 | at(at + 3);
        segment(marker, at + 4, length - 2);
        at += 2 + Math.max(2, length);
      }
      return this;
    }

    private static boolean isFill(int next) {
      return next == 0 || next == 0xff;
    }

    private int at(int index) {
      return file[index] & 0xff;
    }

    private void segment(int marker, int start, int length) {
      if (length < 0 || start + length > file.length) {
        return;
      }
      if (marker == JFIF_MARKER) {
        jfif |= startsWith(start, length, "JFIF\0");
      } else if (marker == ADOBE_MARKER) {
        if (length > ADOBE_TRANSFORM && startsWith(start, length, "Adobe")) {
          adobe = at(start + ADOBE_TRANSFORM);
        }
      } else if (isFrame(marker) && length > FRAME_COMPONENTS && components.isEmpty()) {
        int count = at(start + FRAME_COMPONENTS);
        for (int i = 0; i < count && FRAME_COMPONENTS + 1 + 3 * i < length; i++) {
          components.add(at(start + FRAME_COMPONENTS + 1 + 3 * i));
        }
      }
    }

    /** SOF0 to SOF15, of which DHT, JPG and DAC are not frames. */
    private static boolean isFrame(int marker) {
      return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private boolean startsWith(int start, int length, String text) {
      if (length < text.length()) {
        return false;
      }
      for (int i = 0; i < text.length(); i++) {
        if (at(start + i) != text.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    JpegColours colours() throws IOException {
      return switch (components.size()) {
        case 1 -> GREY;
        case 3 -> isRgb() ? RGB : YCBCR;
        case 4 -> adobe > 0 ? YCCK : CMYK;
        default ->
            throw new IOException(
                "a JPEG with %d channels, not 1, 3 or 4".formatted(components.size()));
      };
    }

    private boolean isRgb() {
      if (jfif) {
        return false;
      }
      return adobe >= 0 ? adobe == 0 : components.equals(List.of((int) 'R', (int) 'G', (int) 'B'));
    }
  }
}
