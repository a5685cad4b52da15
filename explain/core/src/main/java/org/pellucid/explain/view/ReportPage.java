package org.pellucid.explain.view;

import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The data of a report before its first image; a {@link ReportWriter} adds the images.
 *
 * @param rows the image itself and the methods, in the order shown
 */
public record ReportPage(String title, List<Row> rows) implements Page {
  /** The name of the row that shows the images themselves. */
  public static final String IMAGE = "image";

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException if two rows have one name
   */
  public ReportPage {
    rows = List.copyOf(rows);
    var names = new HashSet<String>();
    for (var row : rows) {
      PageParts.check(names.add(row.name()), "rows (two are named " + row.name() + ")");
    }
  }

  @Override
  public List<String> scripts() {
    return List.of("report.js");
  }

  @Override
  public List<String> styles() {
    return List.of("report.css");
  }

  /**
   * A method, or the images themselves.
   *
   * @param name by which images' figures refer to the row
   * @param sentence what the row shows
   * @param parameters the method's parameters as they are shown, by name
   */
  public record Row(String name, String title, String sentence, Map<String, String> parameters) {}

  /**
   * What one row shows of one image.
   *
   * @param image the PNG file, relative to the page
   * @param caption under the image
   * @param numbers what the dialog lists, by name
   * @param data a file with the numbers, relative to the page; empty if there is none
   */
  public record Figure(String image, String caption, Map<String, String> numbers, String data) {}

  /**
   * An image with its figures.
   *
   * @param name the image's name
   * @param figures by the name of their row; rows without a figure say so
   */
  public record ImageEntry(String name, Map<String, Figure> figures) {}

  /** A link to another page of the report. */
  public record Card(String title, String explanation, String page) {}
}
