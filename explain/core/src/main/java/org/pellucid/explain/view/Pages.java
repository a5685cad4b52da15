package org.pellucid.explain.view;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pellucid.models.vision.PngWriter;
import org.pellucid.weights.AtomicFile;

/** Writes pages, images and texts as files that appear under their name only when complete. */
public final class Pages {
  private Pages() {}

  /**
   * Writes a page with all that it needs as one HTML file.
   *
   * @throws UncheckedIOException if the file can't be written
   */
  public static void write(Page page, Path file) {
    write(
        file,
        temporary -> {
          try (var writer = Files.newBufferedWriter(temporary)) {
            var html = new PageWriter(page, writer);
            html.begin();
            html.end();
          }
        });
  }

  /**
   * A page's HTML as a server sends it, with the way back to that server.
   *
   * @throws UncheckedIOException if its data can't be written
   */
  public static String html(Page page, LiveAccess live) {
    return html(page, writer -> writer.data("id", "live", live));
  }

  /**
   * A page's HTML, the same as in a file.
   *
   * @throws UncheckedIOException if its data can't be written
   */
  public static String html(Page page) {
    return html(page, _ -> {});
  }

  private interface Addition {
    void write(PageWriter writer) throws IOException;
  }

  private static String html(Page page, Addition more) {
    var text = new StringWriter();
    try {
      var html = new PageWriter(page, text);
      html.begin();
      more.write(html);
      html.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /**
   * A page's data alone, the JSON that {@link #html} holds.
   *
   * @throws UncheckedIOException if it can't be written
   */
  public static String json(Page page) {
    try {
      return PageWriter.json(page.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes an image as PNG.
   *
   * @throws org.pellucid.models.vision.ImageException if the file can't be written
   */
  public static void write(BufferedImage image, Path file) {
    PngWriter.writePng(image, file);
  }

  /**
   * Writes a text file.
   *
   * @throws UncheckedIOException if it can't be written
   */
  public static void writeText(Path file, String text) {
    write(file, temporary -> Files.writeString(temporary, text));
  }

  static void write(Path file, AtomicFile.Content content) {
    try {
      AtomicFile.write(file, content);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  static UncheckedIOException unwritable(Path file, IOException cause) {
    return new UncheckedIOException(
        "The file %s can't be written; choose another place.".formatted(file), cause);
  }
}
