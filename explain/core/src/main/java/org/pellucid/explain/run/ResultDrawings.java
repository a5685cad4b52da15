package org.pellucid.explain.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.view.ContactSheet;
import org.pellucid.explain.view.Drawing;
import org.pellucid.explain.view.DrawingStyle;
import org.pellucid.explain.view.Scale;
import org.pellucid.explain.view.Thumbnails;

/**
 * Writes a run's drawings: a PNG for each result, the thumbnails of each image, and contact sheets.
 *
 * <p>A scale that all images share is known at the end only. Until then maps are drawn on their own
 * scale; then everything is drawn again from the files, one image after another.
 */
final class ResultDrawings {
  static final String IMAGE = "image.png";
  static final String THUMBNAILS = "thumbnails.png";

  private static final int ROWS_OF_SHEET = 12;

  private final Path directory;
  private final List<Method> methods;
  private final ReportOptions options;
  private final Map<String, Double> reaches = new LinkedHashMap<>();
  private final Map<String, Integer> maps = new LinkedHashMap<>();
  private final List<Drawn> drawn = new ArrayList<>();
  private final Sheets sheets = new Sheets();

  /** What is needed to draw an image again. */
  private record Drawn(String name, String note, int height, int width) {}

  ResultDrawings(Path directory, List<Method> methods, ReportOptions options) {
    this.directory = directory;
    this.methods = methods;
    this.options = options;
  }

  /**
   * Writes the drawings of an image.
   *
   * @param note what the model takes it for
   * @return the drawings of its explanations by method
   */
  Map<String, Drawing> write(ExplainedInput input, String note) {
    var image = Drawing.of(input.input());
    image.write(folder(input.name()).resolve(IMAGE));
    if (options.isShared()) {
      for (var explanation : input.explanations()) {
        reaches.merge(explanation.method(), options.style().reach(explanation), Math::max);
        maps.merge(explanation.method(), 1, Integer::sum);
      }
      drawn.add(new Drawn(input.name(), note, input.input().size(-2), input.input().size(-1)));
    }
    var drawings = new LinkedHashMap<String, Drawing>();
    for (var explanation : input.explanations()) {
      drawings.put(explanation.method(), Drawing.of(explanation, input.input(), options.style()));
    }
    write(input.name(), image, drawings);
    if (!options.isShared()) {
      sheets.add(input.name(), note, image, drawings);
    }
    return drawings;
  }

  private Path folder(String name) {
    return directory.resolve(name);
  }

  private void write(String name, Drawing image, Map<String, Drawing> drawings) {
    drawings.forEach(
        (method, drawing) -> drawing.withLegend().write(folder(name).resolve(method + ".png")));
    Thumbnails.write(row(image, drawings), folder(name).resolve(THUMBNAILS));
  }

  private List<Optional<Drawing>> row(Drawing image, Map<String, Drawing> drawings) {
    var row = new ArrayList<Optional<Drawing>>();
    row.add(Optional.of(image));
    methods.forEach(method -> row.add(Optional.ofNullable(drawings.get(method.name()))));
    return row;
  }

  /**
   * Draws what shares a scale, and writes what remains of the contact sheets.
   *
   * @throws CancellationException if the thread is interrupted
   */
  void finish() {
    for (var one : drawn) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("interrupted while drawing " + one.name());
      }
      var input = image(one);
      var drawings = new LinkedHashMap<String, Drawing>();
      for (var method : methods) {
        var explanation = Explanation.load(folder(one.name()), method.name());
        drawings.put(method.name(), Drawing.of(explanation, input, style(method.name())));
      }
      var image = Drawing.of(input);
      write(one.name(), image, drawings);
      sheets.add(one.name(), one.note(), image, drawings);
    }
    sheets.write();
    sheets.deleteFurther();
  }

  private DrawingStyle style(String method) {
    return options
        .style()
        .withScale(
            new Scale.Shared(reaches.getOrDefault(method, 0.0), maps.getOrDefault(method, 0)));
  }

  /** An image as it was drawn, in the size that the model takes. */
  private Values image(Drawn one) {
    var file = folder(one.name()).resolve(IMAGE);
    try {
      var pixels = ImageIO.read(file.toFile());
      var scale = pixels.getWidth() / one.width();
      var plane = one.height() * one.width();
      var numbers = new float[3 * plane];
      for (var i = 0; i < plane; i++) {
        var rgb = pixels.getRGB(i % one.width() * scale, i / one.width() * scale);
        for (var channel = 0; channel < 3; channel++) {
          numbers[channel * plane + i] = (rgb >> 16 - 8 * channel & 0xff) / 255f;
        }
      }
      return Values.of(numbers, 3, one.height(), one.width());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The image %s can't be read back; explain again.".formatted(file), e);
    }
  }

  /** Contact sheets of so many images each. */
  private final class Sheets {
    private Optional<ContactSheet> open = Optional.empty();
    private int written;

    void add(String name, String note, Drawing image, Map<String, Drawing> drawings) {
      if (!options.hasSheets()) {
        return;
      }
      if (open.isEmpty()) {
        var columns = new ArrayList<String>();
        columns.add("Image");
        methods.forEach(method -> columns.add(method.title()));
        open = Optional.of(new ContactSheet(columns));
      }
      open.get().add(name, note, row(image, drawings));
      if (open.get().rows() == ROWS_OF_SHEET) {
        write();
      }
    }

    void write() {
      open.ifPresent(
          sheet -> {
            written++;
            sheet.write(file(written));
          });
      open = Optional.empty();
    }

    private Path file(int number) {
      return directory.resolve("sheet-%d.png".formatted(number));
    }

    /** An earlier run of more images left more sheets, which this run's don't continue in. */
    void deleteFurther() {
      try {
        var next = written + 1;
        while (options.hasSheets() && Files.deleteIfExists(file(next))) {
          next++;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "The sheet %s can't be deleted; choose another folder.".formatted(file(written + 1)),
            e);
      }
    }
  }
}
