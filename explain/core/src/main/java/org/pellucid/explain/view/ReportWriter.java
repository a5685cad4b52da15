package org.pellucid.explain.view;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pellucid.explain.view.ReportPage.Card;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportPage.Row;

/**
 * Writes a report image by image in constant memory and time.
 *
 * <p>The report can be read from the beginning on: what is added is appended at once, and a browser
 * shows a page that ends early with what it holds. It says how far it is, that it is finished, or
 * that it ended early. Belongs to one thread at a time.
 */
public final class ReportWriter implements AutoCloseable {
  private final Path file;
  private final Set<String> rows;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private final Writer writer = new OutputStreamWriter(waiting, StandardCharsets.UTF_8);
  private final PageWriter html;
  private final OutputStream output;
  private boolean isOpen = true;

  private record Failure(String name, String reason) {}

  /** How a report ended. */
  private record Summary(boolean finished, String subtitle, List<Card> cards, String footer) {}

  /**
   * Begins a report, which appears at once and without images.
   *
   * @param file where it appears; missing directories are made, an existing file is replaced
   * @throws UncheckedIOException if nothing can be written there
   */
  public ReportWriter(Path file, ReportPage page) {
    this.file = file.toAbsolutePath();
    rows = page.rows().stream().map(Row::name).collect(Collectors.toCollection(TreeSet::new));
    html = new PageWriter(page, writer);
    try {
      html.begin();
      writer.flush();
      Pages.write(this.file, temporary -> Files.write(temporary, waiting.toByteArray()));
      waiting.reset();
      output = Files.newOutputStream(this.file, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw Pages.unwritable(file, e);
    }
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
   * Completes the report and closes the writer.
   *
   * @throws UncheckedIOException if it can't be written
   */
  public void finish(String subtitle, List<Card> cards, String footer) {
    end(new Summary(true, subtitle, cards, footer));
  }

  private void end(Summary summary) {
    write(
        () -> {
          html.data("id", "summary", summary);
          html.end();
        });
    isOpen = false;
    try {
      output.close();
    } catch (IOException e) {
      throw Pages.unwritable(file, e);
    }
  }

  /** Lets a report that isn't finished say that it ended early. */
  @Override
  public void close() {
    if (isOpen) {
      end(new Summary(false, "", List.of(), ""));
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  /** Appends what a step writes by one call, so that a process that is killed leaves it whole. */
  private void write(Step step) {
    if (!isOpen) {
      throw new IllegalStateException("The report %s is finished or closed.".formatted(file));
    }
    try {
      waiting.reset();
      step.run();
      writer.flush();
      waiting.writeTo(output);
    } catch (IOException e) {
      isOpen = false;
      var unwritable = Pages.unwritable(file, e);
      try {
        output.close();
      } catch (IOException more) {
        unwritable.addSuppressed(more);
      }
      throw unwritable;
    }
  }
}
