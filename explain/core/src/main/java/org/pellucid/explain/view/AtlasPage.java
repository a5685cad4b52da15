package org.pellucid.explain.view;

import java.util.List;
import java.util.Map;

/**
 * Filters of a network's layers as images that they respond to.
 *
 * @param subtitle below the title, for example which weights
 * @param settings how the images were made, by name
 * @param entries in the order shown; layers in the order of their first entry
 */
public record AtlasPage(
    String title, String subtitle, Map<String, String> settings, List<Entry> entries)
    implements Page {

  /** Copies the entries. */
  public AtlasPage {
    entries = List.copyOf(entries);
  }

  @Override
  public List<String> scripts() {
    return List.of("atlas.js");
  }

  @Override
  public List<String> styles() {
    return List.of("atlas.css");
  }

  /**
   * One filter.
   *
   * @param image a PNG file, relative to the page
   * @param data a file with its numbers, relative to the page
   * @param before the sum of the filter's activation before the first step
   * @param after the sum after the last step
   * @param strongest inputs that make it largest, the strongest first
   */
  public record Entry(
      String layer,
      int filter,
      String image,
      String data,
      double before,
      double after,
      List<Strong> strongest) {}

  /**
   * An input that makes a filter large.
   *
   * @param image a PNG file, relative to the page
   * @param value the filter's largest output
   * @param down the place of that output from the upper edge, as a share of the height
   * @param right the place from the left edge, as a share of the width
   */
  public record Strong(String name, String image, double value, double down, double right) {}
}
