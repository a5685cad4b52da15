package org.pellucid.explain.text;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.explain.embedding.AverageLinkage;
import org.pellucid.explain.text.WordDistances.Failure;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.weights.numpy.Npy;

/**
 * One word's vectors in several sentences compared by groups: those somebody gave, or those that
 * clustering by cosine distance finds.
 *
 * @param distances between all sentences
 * @param layer the layer at which groups are found and which is shown first
 * @param groups of the compared sentences
 * @param trees each layer's clustering of the compared sentences by cosine distance
 * @param means within and between the groups, by metric
 */
public record WordComparison(
    WordDistances distances,
    int layer,
    SentenceGroups groups,
    List<AverageLinkage> trees,
    Map<Metric, GroupMeans> means) {
  /** The most groups that are looked for. */
  private static final int MOST_GROUPS = 6;

  /** The content of {@code distances.json}. */
  private record Summary(
      String word,
      int layer,
      Metric metric,
      List<String> sentences,
      List<Failure> failed,
      List<String> groups,
      List<Integer> compared,
      int[] group,
      boolean groupsGiven,
      Map<String, GroupMeans> means) {}

  /**
   * Compares by groups.
   *
   * @param labels a label for each sentence, blank ones too; empty to find groups
   * @throws IllegalArgumentException if the model has no such layer, or there is another number of
   *     labels than of sentences
   */
  public static WordComparison of(
      WordDistances distances, Optional<List<String>> labels, int layer) {
    var layers = distances.cosine().length;
    check(
        layer >= 0 && layer < layers,
        "The layer is %d, but this model's layers are 0..%d",
        layer,
        layers - 1);
    var tables =
        IntStream.range(0, layers)
            .mapToObj(l -> cosineDistances(distances.kept(Metric.COSINE, l)))
            .toList();
    var trees = tables.stream().map(AverageLinkage::of).toList();
    var groups =
        labels
            .map(given -> SentenceGroups.given(given, distances))
            .orElseGet(
                () ->
                    SentenceGroups.found(
                        trees.get(layer).bestGroups(tables.get(layer), MOST_GROUPS)));
    var means = new EnumMap<Metric, GroupMeans>(Metric.class);
    for (var metric : Metric.values()) {
      var all =
          IntStream.range(0, layers)
              .mapToObj(l -> distances.kept(metric, l))
              .toArray(double[][][]::new);
      means.put(metric, GroupMeans.of(all, groups));
    }
    return new WordComparison(distances, layer, groups, trees, means);
  }

  private static double[][] cosineDistances(double[][] similarities) {
    return Arrays.stream(similarities)
        .map(row -> Arrays.stream(row).map(value -> 1 - value).toArray())
        .toArray(double[][]::new);
  }

  /**
   * Writes {@code distances.npy} {@code [sentences, sentences]}, the layer by one metric, {@code
   * distances-layers.npy} {@code [layers + 1, sentences, sentences]}, and {@code distances.json}
   * with the sentences, their groups, the groups' means at every layer, and which weights it is
   * from.
   *
   * @throws java.io.UncheckedIOException if {@code distances.json} can't be written
   * @throws org.pellucid.weights.WeightsException if an array can't be written
   */
  public void save(Path directory, Metric metric) {
    var tables = distances.tables(metric);
    var size = distances.sentences().size();
    var one = new double[][][] {tables[layer]};
    Npy.write(directory.resolve("distances.npy"), flat(one), size, size);
    Npy.write(directory.resolve("distances-layers.npy"), flat(tables), tables.length, size, size);
    var named = new LinkedHashMap<String, GroupMeans>();
    means.forEach((key, value) -> named.put(key.text(), value));
    JsonResult.write(
        directory.resolve("distances.json"),
        new Summary(
            distances.word(),
            layer,
            metric,
            distances.sentences(),
            distances.failures(),
            groups.names(),
            distances.rows(),
            groups.numbers(),
            groups.given(),
            named),
        distances.weights());
  }

  private static float[] flat(double[][][] tables) {
    var numbers = new ArrayList<double[]>();
    Arrays.stream(tables).forEach(table -> numbers.addAll(List.of(table)));
    var width = tables[0].length;
    var values = new float[numbers.size() * width];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) numbers.get(i / width)[i % width];
    }
    return values;
  }
}
