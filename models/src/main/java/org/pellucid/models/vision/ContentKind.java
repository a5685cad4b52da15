package org.pellucid.models.vision;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a file holds by its first bytes, whatever its name ends in.
 *
 * @param name with its article, as a message says it: "a HEIC photograph"
 * @param format the format that is read; empty where it isn't
 * @param isImage whether it holds an image at all
 */
record ContentKind(String name, Optional<ImageFormat> format, boolean isImage) {
  /** Bytes of a file's beginning that are enough to tell. */
  static final int HEAD = 512;

  /** What can't be told. */
  static final ContentKind UNKNOWN = other("no image");

  private static final Set<String> HEIF_BRANDS =
      Set.of("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1");
  private static final Set<String> AVIF_BRANDS = Set.of("avif", "avis");

  private static final List<Signature> SIGNATURES =
      List.of(
          readable(0, "ffd8ff", ImageFormat.JPEG, "a JPEG image"),
          readable(0, "89504e470d0a1a0a", ImageFormat.PNG, "a PNG image"),
          readable(0, text("GIF87a"), ImageFormat.GIF, "a GIF image"),
          readable(0, text("GIF89a"), ImageFormat.GIF, "a GIF image"),
          readable(8, text("WEBP"), ImageFormat.WEBP, "a WebP image"),
          unread(0, "49492a0010000000435202", "a raw photograph (Canon CR2)"),
          readable(0, "49492a00", ImageFormat.TIFF, "a TIFF image"),
          readable(0, "4d4d002a", ImageFormat.TIFF, "a TIFF image"),
          unread(0, "49492b00", "a BigTIFF image"),
          unread(0, "4d4d002b", "a BigTIFF image"),
          unread(0, "ff0a", "a JPEG XL image"),
          unread(0, "0000000c4a584c20", "a JPEG XL image"),
          unread(0, "0000000c6a502020", "a JPEG 2000 image"),
          unread(0, "ff4fff51", "a JPEG 2000 image"),
          unread(0, text("8BPS"), "a Photoshop image (PSD)"),
          unread(0, "762f3101", "an OpenEXR image"),
          unread(0, text("#?RADIANCE"), "a Radiance HDR image"),
          unread(0, text("DDS "), "a DDS texture"),
          unread(0, text("qoif"), "a QOI image"),
          unread(0, "00000100", "an icon (ICO)"),
          unread(0, text("icns"), "an icon (ICNS)"),
          unread(0, text("SIMPLE  ="), "a FITS image"),
          unread(128, text("DICM"), "a DICOM image"),
          unread(0, "4949bc01", "a JPEG XR image"),
          unread(0, text("FUJIFILMCCD-RAW"), "a raw photograph (Fujifilm)"),
          kind(0, "00051607", "macOS metadata (a resource fork)"),
          kind(0, "00051600", "macOS metadata (a resource fork)"),
          kind(0, text("%PDF"), "a PDF document"),
          kind(0, text("%!PS"), "a PostScript document"),
          kind(0, "504b0304", "a ZIP archive"),
          kind(0, "1f8b", "a gzip archive"),
          kind(0, "89484446", "an HDF5 file"),
          kind(0, text("version https://git-lfs"), "a pointer of Git LFS, not the image itself"),
          kind(4, text("ftypqt"), "a video"),
          kind(4, text("ftypisom"), "a video"),
          kind(4, text("ftypmp4"), "a video"),
          kind(0, "1a45dfa3", "a video"));

  private record Signature(int at, byte[] bytes, ContentKind kind) {
    boolean fits(byte[] head) {
      if (head.length < at + bytes.length) {
        return false;
      }
      for (int i = 0; i < bytes.length; i++) {
        if (head[at + i] != bytes[i]) {
          return false;
        }
      }
      return true;
    }
  }

  /** What a file with these first bytes holds. */
  static ContentKind of(byte[] head) {
    return isBaseMedia(head)
        .or(() -> SIGNATURES.stream().filter(s -> s.fits(head)).findFirst().map(Signature::kind))
        .or(() -> byStructure(head))
        .orElse(UNKNOWN);
  }

  /** The bytes that begin every {@code .npy} file. */
  static boolean isNumpy(byte[] head) {
    return head.length > 6 && head[0] == (byte) 0x93 && startsWith(head, 1, "NUMPY");
  }

  /** ISO base media: the brand, then others that the file conforms to. */
  private static Optional<ContentKind> isBaseMedia(byte[] head) {
    if (!startsWith(head, 4, "ftyp")) {
      return Optional.empty();
    }
    int size = Math.min(head.length, Math.max(12, (head[2] & 0xff) << 8 | head[3] & 0xff));
    for (var brands : List.of(AVIF_BRANDS, HEIF_BRANDS)) {
      for (int at = 8; at + 4 <= size; at += 4) {
        if (brands.contains(new String(head, at, 4, StandardCharsets.ISO_8859_1))) {
          return Optional.of(
              unreadKind(brands == AVIF_BRANDS ? "an AVIF image" : "a HEIC photograph"));
        }
      }
    }
    return startsWith(head, 8, "crx ")
        ? Optional.of(unreadKind("a raw photograph (Canon CR3)"))
        : Optional.empty();
  }

  /** Kinds whose signature is too short to stand alone, and texts. */
  private static Optional<ContentKind> byStructure(byte[] head) {
    if (head.length > 2
        && head[0] == 'P'
        && head[1] >= '1'
        && head[1] <= '7'
        && Character.isWhitespace(head[2])) {
      return Optional.of(new ContentKind("a PNM image", Optional.of(ImageFormat.PNM), true));
    }
    if (head.length > 18 && startsWith(head, 0, "BM") && isBitmapHeader(head[14] & 0xff)) {
      return Optional.of(new ContentKind("a BMP image", Optional.of(ImageFormat.BMP), true));
    }
    return isText(head) ? Optional.of(text(head)) : Optional.empty();
  }

  /** Sizes of the headers that OS/2 and Windows wrote. */
  private static boolean isBitmapHeader(int size) {
    return size == 12 || size == 16 || size >= 40 && size <= 124;
  }

  private static boolean isText(byte[] head) {
    for (byte b : head) {
      if (b >= 0 && b < 0x20 && !Character.isWhitespace(b)) {
        return false;
      }
    }
    return head.length > 0;
  }

  private static ContentKind text(byte[] head) {
    var begin = new String(head, StandardCharsets.UTF_8).strip().toLowerCase(Locale.ROOT);
    if (begin.startsWith("\ufeff")) {
      begin = begin.substring(1).strip();
    }
    if (begin.contains("<svg")) {
      return unreadKind("an SVG drawing");
    }
    return other(
        begin.startsWith("<!doctype html") || begin.startsWith("<html") ? "a web page" : "a text");
  }

  private static boolean startsWith(byte[] head, int at, String text) {
    return new Signature(at, text.getBytes(StandardCharsets.ISO_8859_1), UNKNOWN).fits(head);
  }

  private static Signature readable(int at, String hex, ImageFormat format, String name) {
    return signature(at, hex, new ContentKind(name, Optional.of(format), true));
  }

  private static Signature unread(int at, String hex, String name) {
    return signature(at, hex, unreadKind(name));
  }

  private static Signature kind(int at, String hex, String name) {
    return signature(at, hex, other(name));
  }

  private static ContentKind unreadKind(String name) {
    return new ContentKind(name, Optional.empty(), true);
  }

  private static ContentKind other(String name) {
    return new ContentKind(name, Optional.empty(), false);
  }

  private static Signature signature(int at, String hex, ContentKind kind) {
    return new Signature(at, HexFormat.of().parseHex(hex), kind);
  }

  private static String text(String ascii) {
    return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }
}
