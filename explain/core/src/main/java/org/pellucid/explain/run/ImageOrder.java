package org.pellucid.explain.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The images of a report in their order, in a file of its own beside it, from which each image's
 * page finds the ones before and after it. It is a script, since a page that is opened as a file
 * may read nothing else; a line is added with each image, so a run that ends early leaves it whole.
 */
final class ImageOrder {
  static final String FILE_NAME = "images.js";

  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;

  private record Entry(String name, String page) {}

  /**
   * Begins with no image; an existing file is replaced.
   *
   * @throws UncheckedIOException if the file can't be written
   */
  ImageOrder(Path directory) {
    file = directory.resolve(FILE_NAME);
    write("var pellucidImages = [];\n", StandardOpenOption.TRUNCATE_EXISTING);
  }

  /**
   * Adds an image.
   *
   * @param page the address of its page, relative to the report
   * @throws UncheckedIOException if it can't be written
   */
  void add(String name, String page) {
    try {
      var entry = JSON.writeValueAsString(new Entry(name, page));
      write("pellucidImages.push(" + entry + ");\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String text, StandardOpenOption option) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.WRITE, option);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The list of images %s can't be written: %s".formatted(file, e.getMessage()), e);
    }
  }
}
