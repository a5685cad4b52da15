package org.pellucid.explain.view;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.pellucid.explain.view.ReportPage.Card;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportPage.Row;

/**
 * Writes a report image by image in constant memory.
 *
 * <p>The report appears under its name at {@link #finish}; without it, closing deletes what was
 * written. Belongs to one thread at a time.
 */
public final class ReportWriter implements AutoCloseable {
  private final Path file;
  private final Set<String> rows;
  private final Path unfinished;
  private final BufferedWriter writer;
  private final PageWriter html;
  private boolean isOpen = true;

  private record Failure(String name, String reason) {}

  private record Summary(String subtitle, List<Card> cards, String footer) {}

  /**
   * Begins a report.
   *
   * @param file where it appears; missing directories are made, an existing file is replaced
   * @throws UncheckedIOException if nothing can be written there
   */
  public ReportWriter(Path file, ReportPage page) {
    this.file = file.toAbsolutePath();
    rows = page.rows().stream().map(Row::name).collect(Collectors.toCollection(TreeSet::new));
    try {
      var directory = Files.createDirectories(this.file.getParent());
      var name = ".pellucid-%s.tmp".formatted(UUID.randomUUID());
      unfinished = Files.createFile(directory.resolve(name));
      writer = Files.newBufferedWriter(unfinished);
    } catch (IOException e) {
      throw Pages.unwritable(file, e);
    }
    html = new PageWriter(page, writer);
    write(html::begin);
  }

  /**
   * Adds an image.
   *
   * @throws IllegalArgumentException if a figure's row is not one of the report's
   * @throws UncheckedIOException if it can't be written
   */
  public void add(ImageEntry image) {
    for (var name : image.figures().keySet()) {
      if (!rows.contains(name)) {
        throw new IllegalArgumentException(
            "The figure \"%s\" of %s belongs to no row; the rows are %s."
                .formatted(name, image.name(), rows));
      }
    }
    write(() -> html.data("class", "image", image));
  }

  /**
   * Names an image that could not be explained.
   *
   * @throws UncheckedIOException if it can't be written
   */
  public void fail(String name, String reason) {
    write(() -> html.data("class", "failure", new Failure(name, reason)));
  }

  /**
   * Completes the report, moves it to its name and closes the writer.
   *
   * @throws UncheckedIOException if it can't be written
   */
  public void finish(String subtitle, List<Card> cards, String footer) {
    write(
        () -> {
          html.data("id", "summary", new Summary(subtitle, cards, footer));
          html.end();
          writer.close();
        });
    isOpen = false;
    try {
      Pages.write(
          file,
          temporary -> Files.move(unfinished, temporary, StandardCopyOption.REPLACE_EXISTING));
    } finally {
      delete();
    }
  }

  /** Deletes a report that isn't finished. */
  @Override
  public void close() {
    if (isOpen) {
      isOpen = false;
      try (writer) {
        // The text still in the buffer is deleted with the file.
      } catch (IOException _) {
        // A report that is given up need not be complete.
      }
      delete();
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private void write(Step step) {
    if (!isOpen) {
      throw new IllegalStateException("The report %s is finished or closed.".formatted(file));
    }
    try {
      step.run();
    } catch (IOException e) {
      close();
      throw Pages.unwritable(file, e);
    }
  }

  private void delete() {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      throw Pages.unwritable(file, e);
    }
  }
}
