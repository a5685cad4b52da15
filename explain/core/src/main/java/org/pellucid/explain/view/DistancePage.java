package org.pellucid.explain.view;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.explain.embedding.AverageLinkage;
import org.pellucid.explain.text.GroupMeans;
import org.pellucid.explain.text.WordComparison;
import org.pellucid.explain.text.WordDistances.Metric;

/**
 * One word's vectors in several sentences compared at every layer, by groups.
 *
 * @param model the model's name
 * @param word the word compared; empty if each sentence has a span of its own
 * @param layer the layer shown first
 * @param metric the metric shown first
 * @param sentences those that have a vector
 * @param groups their names
 * @param groupsGiven whether somebody gave the groups; otherwise clustering found them
 * @param layers their number with the embeddings
 * @param products scalar products of the vectors, of each layer the lower triangle with its
 *     diagonal, row by row; distances and cosines follow from them
 * @param trees each layer's clustering, {@code [layers][merges][first, second, distance]}
 * @param orders each layer's order of sentences in which no branches of its tree cross
 * @param means within and between groups by the metrics' names
 * @param failures sentences that can't be compared, each in a sentence
 */
public record DistancePage(
    String title,
    String model,
    String word,
    int layer,
    Metric metric,
    List<Sentence> sentences,
    List<String> groups,
    boolean groupsGiven,
    int layers,
    @JsonSerialize(using = LittleEndian.Doubles.class) double[] products,
    double[][][] trees,
    int[][] orders,
    Map<String, GroupMeans> means,
    List<String> failures)
    implements Page {
  private static final String TITLE = "Word embeddings compared";

  /**
   * A compared sentence.
   *
   * @param number its line, from 1
   * @param start first UTF-16 index of the word in it
   * @param end UTF-16 index after the word
   * @param group the number of its group
   */
  public record Sentence(int number, String text, int start, int end, int group) {}

  /**
   * Checks that the parts fit each other.
   *
   * @throws IllegalArgumentException if a part doesn't fit the number of sentences or layers
   */
  public DistancePage {
    sentences = List.copyOf(sentences);
    groups = List.copyOf(groups);
    failures = List.copyOf(failures);
    var count = sentences.size();
    PageParts.check(layer >= 0 && layer < layers, "layer");
    PageParts.check(products.length == layers * count * (count + 1) / 2, "products");
    PageParts.check(trees.length == layers && orders.length == layers, "trees");
    for (var order : orders) {
      PageParts.check(order.length == count, "orders");
    }
    for (var sentence : sentences) {
      PageParts.check(sentence.group() < groups.size(), "groups");
    }
  }

  /** The comparison as it was found, by the metric shown first. */
  public static DistancePage of(String model, WordComparison found, Metric metric) {
    var distances = found.distances();
    var rows = distances.rows();
    var sentences =
        IntStream.range(0, rows.size())
            .mapToObj(
                i ->
                    new Sentence(
                        rows.get(i) + 1,
                        distances.sentences().get(rows.get(i)),
                        distances.spans().get(i).start(),
                        distances.spans().get(i).end(),
                        found.groups().numbers()[i]))
            .toList();
    var means = new LinkedHashMap<String, GroupMeans>();
    found.means().forEach((key, value) -> means.put(key.text(), value));
    return new DistancePage(
        TITLE,
        model,
        distances.word(),
        found.layer(),
        metric,
        sentences,
        found.groups().names(),
        found.groups().given(),
        distances.dot().length,
        triangles(distances.dot(), rows),
        found.trees().stream().map(DistancePage::merges).toArray(double[][][]::new),
        found.trees().stream().map(AverageLinkage::leafOrder).toArray(int[][]::new),
        means,
        distances.failures().stream().map(failure -> failure.text()).toList());
  }

  private static double[] triangles(double[][][] tables, List<Integer> rows) {
    var count = rows.size();
    var all = new double[tables.length * count * (count + 1) / 2];
    var at = 0;
    for (var table : tables) {
      for (var i = 0; i < count; i++) {
        for (var j = 0; j <= i; j++) {
          all[at++] = table[rows.get(i)][rows.get(j)];
        }
      }
    }
    return all;
  }

  private static double[][] merges(AverageLinkage tree) {
    return tree.merges().stream()
        .map(merge -> new double[] {merge.first(), merge.second(), merge.distance()})
        .toArray(double[][]::new);
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
