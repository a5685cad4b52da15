package org.pellucid.explain.view;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.view.Lettering.Style;
import org.pellucid.models.vision.PngWriter;

/**
 * Several drawings on one sheet: images as rows, the image itself and its explanations as columns,
 * each with its scale. Where a system has no fonts, a sheet has no titles. Belongs to one thread at
 * a time.
 */
public final class ContactSheet {
  private static final int TILE = 176;
  private static final int GAP = 12;
  private static final int MARGIN = 24;
  private static final int HEAD = 40;
  private static final int NAMES = 132;
  private static final int FOOT = 26;
  private static final float SIZE = 12;
  private static final float SMALL = 10.5f;
  private static final int LINE = 15;
  private static final int GROUND = 0xfbfaf7;
  private static final int EMPTY = 0xe4e2dc;

  private final List<String> columns;
  private final Lettering lettering;
  private final List<Row> rows = new ArrayList<>();

  /** An image's row, its drawings already as large as tiles are. */
  private record Row(String name, String note, List<Optional<Tile>> tiles) {}

  /** A drawing in the size of its tile. */
  private record Tile(BufferedImage pixels, Legend legend) {}

  /**
   * An empty sheet.
   *
   * @param columns their titles
   */
  public ContactSheet(List<String> columns) {
    this(columns, Lettering.find());
  }

  ContactSheet(List<String> columns, Lettering lettering) {
    this.columns = List.copyOf(columns);
    this.lettering = lettering;
  }

  /**
   * Adds a row.
   *
   * @param name of the image
   * @param note below its name, such as the class; may be empty
   * @param drawings one for each column; empty where there is none
   * @throws IllegalArgumentException if there is another number of them than of columns
   */
  public void add(String name, String note, List<Optional<Drawing>> drawings) {
    Shapes.check(
        drawings.size() == columns.size(),
        "The row %s has %d drawings, but the sheet has %d columns",
        name,
        drawings.size(),
        columns.size());
    rows.add(
        new Row(
            name,
            note,
            drawings.stream()
                .map(d -> d.map(drawing -> new Tile(tile(drawing), drawing.legend())))
                .toList()));
  }

  /** The number of rows so far. */
  public int rows() {
    return rows.size();
  }

  /** A drawing that fits into a tile, with its proportions. */
  private static BufferedImage tile(Drawing drawing) {
    var pixels = drawing.pixels();
    return Thumbnails.fitted(pixels, TILE);
  }

  /** The sheet as it stands. */
  public BufferedImage pixels() {
    var width = 2 * MARGIN + NAMES + columns.size() * (TILE + GAP);
    var height = 2 * MARGIN + HEAD + rows.size() * (TILE + FOOT + GAP);
    var sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = sheet.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(new Color(GROUND));
    graphics.fillRect(0, 0, width, height);
    for (var column = 0; column < columns.size(); column++) {
      title(graphics, columns.get(column), left(column));
    }
    for (var row = 0; row < rows.size(); row++) {
      draw(graphics, rows.get(row), MARGIN + HEAD + row * (TILE + FOOT + GAP));
    }
    graphics.dispose();
    return sheet;
  }

  private static int left(int column) {
    return MARGIN + NAMES + column * (TILE + GAP);
  }

  /** A column's title, which ends just above its first tile. */
  private void title(Graphics2D graphics, String title, int x) {
    var lines = lettering.lines(title, SIZE, TILE, 2);
    for (var i = 0; i < lines.size(); i++) {
      var baseline = MARGIN + HEAD - 10 - (lines.size() - 1 - i) * LINE;
      lettering.draw(graphics, lines.get(i), x, baseline, SIZE, Style.ink().inBold());
    }
  }

  private void draw(Graphics2D graphics, Row row, int y) {
    var baseline = y + LINE;
    for (var line : lettering.lines(row.name(), SIZE, NAMES - 2.0 * GAP, 3)) {
      lettering.draw(graphics, line, MARGIN, baseline, SIZE, Style.ink().inBold());
      baseline += LINE;
    }
    for (var line : lettering.lines(row.note(), SMALL, NAMES - 2.0 * GAP, 4)) {
      lettering.draw(graphics, line, MARGIN, baseline, SMALL, Style.soft());
      baseline += LINE;
    }
    for (var column = 0; column < columns.size(); column++) {
      var x = left(column);
      row.tiles()
          .get(column)
          .ifPresentOrElse(tile -> draw(graphics, tile, x, y), () -> empty(graphics, x, y));
    }
  }

  private void draw(Graphics2D graphics, Tile tile, int x, int y) {
    var pixels = tile.pixels();
    graphics.drawImage(
        pixels, x + (TILE - pixels.getWidth()) / 2, y + (TILE - pixels.getHeight()) / 2, null);
    var legend = tile.legend();
    if (legend.colours().isPresent()) {
      var strip = new LegendStrip(lettering);
      strip.bar(graphics, legend, x + 1, y + TILE + 4, TILE - 2);
      strip.numbers(graphics, legend, x + 1, y + TILE + 24, TILE - 2);
    } else {
      var text = lettering.fitting(legend.sentence(), SMALL, TILE);
      lettering.draw(graphics, text, x, y + TILE + LINE, SMALL, Style.soft());
    }
  }

  private static void empty(Graphics2D graphics, int x, int y) {
    graphics.setColor(new Color(EMPTY));
    graphics.drawRoundRect(x, y, TILE - 1, TILE - 1, 8, 8);
  }

  /**
   * Writes the sheet as PNG.
   *
   * @throws org.pellucid.models.vision.ImageException if it can't be written
   */
  public void write(Path file) {
    PngWriter.writePng(pixels(), file);
  }
}
