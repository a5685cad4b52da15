package org.pellucid.explain.view;

import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The data of a report before its first image; a {@link ReportWriter} adds the images.
 *
 * @param images the number that is expected, for the report's progress; 0 if it isn't known
 * @param rows the image itself and the methods, in the order shown
 */
public record ReportPage(String title, String subtitle, int images, List<Row> rows)
    implements Page {
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
    return List.of("report.css", "report-viewer.css");
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
   * @param data a file with the numbers, relative to the page; empty if there is none
   * @param scale what the colours mean, in words
   * @param reach the magnitude at which the colours of the map's own scale end; 0 if it has none
   * @param quality figures by name
   */
  public record Figure(
      String image, String data, String scale, double reach, Map<String, Double> quality) {}

  /**
   * An image with its figures.
   *
   * @param name the image's name
   * @param page its own page, relative to the report; empty if there is none
   * @param thumbnails a PNG as {@link Thumbnails} writes it, with a square for each row
   * @param known the class that it is known to be of; empty if none is
   * @param predicted the class that the model takes it for
   * @param confidence the probability of that class
   * @param figures by the name of their row; rows without a figure say so
   */
  public record ImageEntry(
      String name,
      String page,
      String thumbnails,
      String known,
      String predicted,
      double confidence,
      Map<String, Figure> figures) {}

  /** A link to another page of the report. */
  public record Card(String title, String explanation, String page) {}
}
