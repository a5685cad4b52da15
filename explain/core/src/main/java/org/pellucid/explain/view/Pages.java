package org.pellucid.explain.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.pellucid.models.vision.PngWriter;
import org.pellucid.weights.AtomicFile;

/**
 * Writes pages that work from a file without a network: template, style, script and data in one
 * HTML file. A page appears under its name only when it is whole.
 */
public final class Pages {
  private static final JsonMapper JSON = new JsonMapper();

  private Pages() {}

  /** Writes the overview of a report. */
  public static void write(Views.Report view, Path file) {
    write("report", view.title(), view, file);
  }

  /** Writes an attention page. */
  public static void write(Views.Attention view, Path file) {
    write("attention", view.title(), view, file);
  }

  /** Writes an embedding page. */
  public static void write(Views.Embedding view, Path file) {
    write("embedding", view.title(), view, file);
  }

  /** Writes a distance page. */
  public static void write(Views.Distances view, Path file) {
    write("distances", view.title(), view, file);
  }

  /** Writes an image as PNG. */
  public static void write(BufferedImage image, Path file) {
    PngWriter.writePng(image, file);
  }

  private static void write(String kind, String title, Object data, Path file) {
    var parts =
        Map.of(
            "title", escaped(title),
            "style", resource("page.css"),
            "data", json(data),
            "common", resource("common.js"),
            "script", resource(kind + ".js"));
    var page = new StringBuilder();
    var template = resource("page.html");
    var at = 0;
    for (var open = template.indexOf("{{"); open >= 0; open = template.indexOf("{{", at)) {
      var close = template.indexOf("}}", open);
      page.append(template, at, open).append(parts.get(template.substring(open + 2, close)));
      at = close + 2;
    }
    page.append(template.substring(at));
    writeText(file, page.toString());
  }

  /** Writes a text file; it appears under its name only when it is whole. */
  public static void writeText(Path file, String text) {
    try {
      AtomicFile.write(file, temporary -> Files.writeString(temporary, text));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file %s can't be written; choose another place.".formatted(file), e);
    }
  }

  /** Inside a script element only the sequence that would end it needs care. */
  private static String json(Object data) {
    try {
      return JSON.writeValueAsString(data).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A view is plain data.", e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static String resource(String name) {
    try (var stream = Pages.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("The resource " + name + " is missing.");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
