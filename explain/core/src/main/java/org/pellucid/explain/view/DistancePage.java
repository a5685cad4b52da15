package org.pellucid.explain.view;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.text.WordDistances;
import org.pellucid.explain.text.WordDistances.Metric;

/**
 * One word's vectors in several sentences compared.
 *
 * @param model the model's name
 * @param word the word compared
 * @param layer the layer shown first
 * @param metric the metric shown first
 * @param sentences one for each row; blank ones are left out of the page, and the others keep their
 *     numbers
 * @param euclidean distances {@code [layer][sentence][sentence]}
 * @param cosine similarities {@code [layer][sentence][sentence]}
 */
public record DistancePage(
    String title,
    String model,
    String word,
    List<String> sentences,
    int layer,
    Metric metric,
    double[][][] euclidean,
    double[][][] cosine)
    implements Page {
  /**
   * Checks that the parts fit each other.
   *
   * @throws IllegalArgumentException if a part doesn't fit the number of sentences or layers
   */
  public DistancePage {
    PageParts.check(euclidean.length == cosine.length, "cosine");
    PageParts.check(layer >= 0 && layer < euclidean.length, "layer");
    for (var i = 0; i < euclidean.length; i++) {
      PageParts.check(euclidean[i].length == sentences.size(), "euclidean");
      PageParts.check(cosine[i].length == sentences.size(), "cosine");
    }
  }

  /**
   * The distances as they were found.
   *
   * @throws IllegalArgumentException if the model has no such layer
   */
  public static DistancePage of(
      String title, String model, WordDistances found, int layer, Metric metric) {
    return new DistancePage(
        title,
        model,
        found.word(),
        found.sentences(),
        layer,
        metric,
        shown(found.euclidean()),
        shown(found.cosine()));
  }

  /** The tables with 0 in place of what a blank line doesn't have, since JSON has no NaN. */
  private static double[][][] shown(double[][][] tables) {
    return Arrays.stream(tables)
        .map(
            table ->
                Arrays.stream(table)
                    .map(
                        row ->
                            Arrays.stream(row)
                                .map(value -> Double.isNaN(value) ? 0 : value)
                                .toArray())
                    .toArray(double[][]::new))
        .toArray(double[][][]::new);
  }

  @Override
  public List<String> scripts() {
    return List.of("distances.js");
  }

  @Override
  public List<String> styles() {
    return List.of("distances.css");
  }
}
