package org.pellucid.explain.view;

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
        found.euclidean(),
        found.cosine());
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
