package org.pellucid.models.vision;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * Decodes the first image of a file with {@code ImageIO} readers: the JDK's, and TwelveMonkeys' for
 * WebP.
 */
final class ImageIoDecoder {
  private ImageIoDecoder() {}

  /** What is done with a reader that is positioned on the file. */
  @FunctionalInterface
  interface Action<T> {
    T apply(ImageReader reader) throws IOException;
  }

  static Dimension size(ImageSource source, ImageFormat format) {
    return with(source, format, reader -> new Dimension(reader.getWidth(0), reader.getHeight(0)));
  }

  static BufferedImage decode(ImageSource source, ImageFormat format) {
    return with(source, format, reader -> reader.read(0));
  }

  /**
   * The library's reader is made here, since a class loader may hide it from ImageIO's registry.
   */
  private static ImageReader reader(ImageFormat format) {
    return format == ImageFormat.WEBP
        ? new WebPImageReaderSpi().createReaderInstance(null)
        : ImageIO.getImageReadersByFormatName(format.name()).next();
  }

  /** Opens the file, applies the action, and refuses what the reader warned about as lost data. */
  static <T> T with(ImageSource source, ImageFormat format, Action<T> action) {
    ImageReader reader = reader(format);
    List<String> losses = new ArrayList<>();
    T result;
    try (var input = new EndingStream(source.content())) {
      reader.setInput(input);
      reader.addIIOReadWarningListener(lossListener(losses));
      result = action.apply(reader);
    } catch (IOException | RuntimeException e) {
      throw source.damaged(ImageDecoder.reason(e), e);
    } finally {
      reader.dispose();
    }
    if (!losses.isEmpty()) {
      throw source.damaged(losses.getFirst(), null);
    }
    return result;
  }

  /**
   * Collects warnings that mean lost pixels. A truncated or corrupted JPEG file is only a warning
   * to the reader, which fills the rest with grey; an explanation of grey would mislead. Stray
   * bytes between markers and unusable colour profiles lose nothing.
   */
  private static IIOReadWarningListener lossListener(List<String> losses) {
    return (_, warning) -> {
      boolean harmless = warning.contains("extraneous bytes");
      if (!harmless && (warning.contains("remature end") || warning.contains("Corrupt JPEG"))) {
        losses.add(warning);
      }
    };
  }
}
