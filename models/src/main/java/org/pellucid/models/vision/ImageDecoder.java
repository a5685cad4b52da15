package org.pellucid.models.vision;

import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Optional;
import org.apache.commons.imaging.Imaging;
import org.apache.commons.imaging.bytesource.ByteSource;
import org.apache.commons.imaging.formats.jpeg.JpegImageParser;
import org.apache.commons.imaging.formats.png.PngImageMetadata;
import org.apache.commons.imaging.formats.tiff.TiffImageMetadata;
import org.apache.commons.imaging.formats.tiff.TiffImageParser;
import org.apache.commons.imaging.formats.tiff.TiffImagingParameters;
import org.apache.commons.imaging.formats.tiff.constants.TiffTagConstants;

/**
 * Reads image files: recognises the format, looks at size and metadata, then hands the bytes to the
 * decoder that is right for the format.
 *
 * <p>Commons Imaging reads the metadata and decodes TIFF and PNM, TwelveMonkeys decodes WebP. The
 * JDK's {@code ImageIO} decodes JPEG, whose pixels then equal Pillow's (Commons Imaging's chroma
 * differs by up to 29 levels); PNG, where Commons Imaging applies gamma and colour profiles and so
 * changes the stored samples; GIF, of which it decodes the first frame only; and BMP, where it
 * knows top-down files.
 */
final class ImageDecoder {
  private ImageDecoder() {}

  static Image read(ImageSource source) {
    return read(source, inspect(source), true);
  }

  /** Decodes an image whose header was read, upright or as it is stored. */
  static Image read(ImageSource source, ImageHeader header, boolean upright) {
    var stored = decode(source, header.format());
    return upright ? header.orientation().apply(stored) : stored;
  }

  private static Image decode(ImageSource source, ImageFormat format) {
    return switch (format) {
      case JPEG -> JpegDecoder.decode(source);
      case PNG, GIF, BMP, WEBP -> Pixels.of(ImageIoDecoder.decode(source, format));
      case TIFF, PNM -> Pixels.of(decodeWithCommonsImaging(source));
    };
  }

  static ImageHeader inspect(ImageSource source) {
    ImageFormat format = recognise(source);
    Dimension size =
        switch (format) {
          case JPEG, PNG, GIF, BMP, WEBP -> ImageIoDecoder.size(source, format);
          case TIFF, PNM -> sizeByCommonsImaging(source);
        };
    if (size.width < 1 || size.height < 1) {
      throw source.damaged("a size of %d x %d".formatted(size.width, size.height), null);
    }
    if (format == ImageFormat.WEBP && !RiffChunks.firstFrameFits(source.content())) {
      throw source.damaged("a frame larger than the image", null);
    }
    long pixels = (long) size.width * size.height;
    if (pixels > ImageHeader.MAXIMUM_PIXELS) {
      throw new ImageException(
          "%s is too large (%d x %d pixels, at most %d million are read); make it smaller first"
              .formatted(
                  source.name(), size.width, size.height, ImageHeader.MAXIMUM_PIXELS / 1_000_000));
    }
    return new ImageHeader(
        format,
        size.width,
        size.height,
        orientation(source, format),
        hasProfile(source, format),
        Frames.areSeveral(source.content(), format));
  }

  private static ImageFormat recognise(ImageSource source) {
    var kind = ContentKind.of(source.head());
    return kind.format().orElseThrow(() -> unreadable(source.name(), kind));
  }

  private static ImageException unreadable(String name, ContentKind kind) {
    if (kind.isImage()) {
      return new ImageException(
          "%s holds %s, which is not read; convert it to %s"
              .formatted(name, kind.name(), ImageFormat.READABLE));
    }
    return new ImageException(
        kind.equals(ContentKind.UNKNOWN)
            ? "%s is not an image that can be read; convert it to %s"
                .formatted(name, ImageFormat.READABLE)
            : "%s is not an image but %s; give %s"
                .formatted(name, kind.name(), ImageFormat.READABLE));
  }

  private static Dimension sizeByCommonsImaging(ImageSource source) {
    try {
      return Imaging.getImageSize(source.content());
    } catch (IOException | RuntimeException e) {
      throw source.damaged("no readable header", e);
    }
  }

  private static BufferedImage decodeWithCommonsImaging(ImageSource source) {
    try {
      return Imaging.getBufferedImage(source.content());
    } catch (IOException | RuntimeException e) {
      throw source.damaged(reason(e), e);
    }
  }

  /** A library's reason in a few words, without line breaks; its class where it gives none. */
  static String reason(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.strip().replaceAll("\\s+", " ");
  }

  private static Orientation orientation(ImageSource source, ImageFormat format) {
    // Damaged metadata must not hide a good image: then it counts as upright.
    try {
      return exif(source, format)
          .map(ImageDecoder::orientationTag)
          .map(Orientation::ofTag)
          .orElse(Orientation.UPRIGHT);
    } catch (IOException | RuntimeException _) {
      return Orientation.UPRIGHT;
    }
  }

  private static Optional<TiffImageMetadata> exif(ImageSource source, ImageFormat format)
      throws IOException {
    return switch (format) {
      case JPEG ->
          Optional.ofNullable(
              new JpegImageParser()
                  .getExifMetadata(
                      ByteSource.array(source.content()), new TiffImagingParameters()));
      case PNG ->
          Imaging.getMetadata(source.content()) instanceof PngImageMetadata metadata
              ? Optional.ofNullable(metadata.getExif())
              : Optional.empty();
      case TIFF ->
          Imaging.getMetadata(source.content()) instanceof TiffImageMetadata metadata
              ? Optional.of(metadata)
              : Optional.empty();
      case WEBP -> RiffChunks.exif(source.content()).map(exif -> metadata(exif));
      case GIF, BMP, PNM -> Optional.empty();
    };
  }

  private static TiffImageMetadata metadata(byte[] exif) {
    try {
      return new TiffImageParser().getMetadata(ByteSource.array(exif), new TiffImagingParameters())
              instanceof TiffImageMetadata metadata
          ? metadata
          : null;
    } catch (IOException _) {
      return null;
    }
  }

  private static Integer orientationTag(TiffImageMetadata metadata) {
    try {
      var field = metadata.findField(TiffTagConstants.TIFF_TAG_ORIENTATION);
      return field == null ? 1 : field.getIntValue();
    } catch (IOException _) {
      return 1;
    }
  }

  private static boolean hasProfile(ImageSource source, ImageFormat format) {
    return switch (format) {
      case JPEG, PNG, TIFF -> {
        try {
          yield Imaging.getIccProfileBytes(source.content()) != null;
        } catch (IOException | RuntimeException _) {
          yield false;
        }
      }
      case GIF, BMP, PNM, WEBP -> false;
    };
  }
}
