package org.pellucid.models.vision;

import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Optional;
import org.apache.commons.imaging.ImageFormats;
import org.apache.commons.imaging.Imaging;
import org.apache.commons.imaging.bytesource.ByteSource;
import org.apache.commons.imaging.formats.jpeg.JpegImageParser;
import org.apache.commons.imaging.formats.png.PngImageMetadata;
import org.apache.commons.imaging.formats.tiff.TiffImageMetadata;
import org.apache.commons.imaging.formats.tiff.TiffImagingParameters;
import org.apache.commons.imaging.formats.tiff.constants.TiffTagConstants;

/**
 * Reads image files: recognises the format, looks at size and metadata, then hands the bytes to the
 * decoder that is right for the format.
 *
 * <p>Commons Imaging recognises, reads the metadata, and decodes TIFF and PNM. The JDK's {@code
 * ImageIO} decodes JPEG, whose pixels then equal Pillow's (Commons Imaging's chroma differs by up
 * to 29 levels); PNG, where Commons Imaging applies gamma and colour profiles and so changes the
 * stored samples; GIF, of which it decodes the first frame only; and BMP, where it knows top-down
 * files.
 */
final class ImageDecoder {
  private ImageDecoder() {}

  static Image read(ImageSource source) {
    ImageHeader info = inspect(source);
    Image stored =
        switch (info.format()) {
          case JPEG -> JpegDecoder.decode(source);
          case PNG, GIF, BMP -> Pixels.of(ImageIoDecoder.decode(source, info.format()));
          case TIFF, PNM -> Pixels.of(decodeWithCommonsImaging(source));
        };
    return info.orientation().apply(stored);
  }

  static ImageHeader inspect(ImageSource source) {
    ImageFormat format = recognise(source);
    Dimension size =
        switch (format) {
          case JPEG, PNG, GIF, BMP -> ImageIoDecoder.size(source, format);
          case TIFF, PNM -> sizeByCommonsImaging(source);
        };
    if (size.width < 1 || size.height < 1) {
      throw source.damaged("a size of %d x %d".formatted(size.width, size.height), null);
    }
    long pixels = (long) size.width * size.height;
    if (pixels > ImageHeader.MAXIMUM_PIXELS) {
      throw new ImageException(
          "%s is too large (%d x %d pixels, at most %d million are read); make it smaller first"
              .formatted(
                  source.name(), size.width, size.height, ImageHeader.MAXIMUM_PIXELS / 1_000_000));
    }
    return new ImageHeader(
        format, size.width, size.height, orientation(source, format), hasProfile(source, format));
  }

  private static ImageFormat recognise(ImageSource source) {
    // Without a file name, so that the content alone decides: a text file named x.jpg is not an
    // image.
    var bytes = ByteSource.array(source.content(), null);
    Optional<ImageFormat> format;
    try {
      format =
          Imaging.guessFormat(bytes) instanceof ImageFormats known
              ? formatOf(known)
              : Optional.empty();
    } catch (IOException | RuntimeException e) {
      format = Optional.empty();
    }
    return format.orElseThrow(
        () ->
            new ImageException(
                "%s is not an image that can be read; convert it to JPEG, PNG, GIF, BMP, TIFF or PNM"
                    .formatted(source.name())));
  }

  private static Optional<ImageFormat> formatOf(ImageFormats format) {
    return switch (format) {
      case JPEG -> Optional.of(ImageFormat.JPEG);
      case PNG -> Optional.of(ImageFormat.PNG);
      case GIF -> Optional.of(ImageFormat.GIF);
      case BMP -> Optional.of(ImageFormat.BMP);
      case TIFF -> Optional.of(ImageFormat.TIFF);
      case PBM, PGM, PPM, PAM, PNM -> Optional.of(ImageFormat.PNM);
      default -> Optional.empty();
    };
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
      case GIF, BMP, PNM -> Optional.empty();
    };
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
      case GIF, BMP, PNM -> false;
    };
  }
}
