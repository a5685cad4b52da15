package org.pellucid.explain.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.explain.embedding.LayerEmbeddings;
import org.pellucid.explain.embedding.NearestNeighbours;
import org.pellucid.explain.embedding.Projection;
import org.pellucid.explain.embedding.ProjectionMethod;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.zoo.WeightsOrigin;
import org.pellucid.weights.numpy.Npy;

/**
 * The tokens of a question with its context at every layer: in the plane, with their neighbours,
 * and measured.
 *
 * @param answer its words within the context; empty if there is none
 * @param inspection the tokens and their hidden states
 * @param roles for each token
 * @param layers projections, neighbours and drift
 * @param measures of the layers; those that the text gives no pairs for are absent
 * @param weights which weights it is from, if that is known
 */
public record TextEmbedding(
    String answer,
    TextInspection inspection,
    List<TokenRole> roles,
    LayerEmbeddings layers,
    List<EmbeddingMeasure> measures,
    Optional<WeightsOrigin> weights) {

  /** The content of {@code embedding.json}. */
  private record Summary(
      String question,
      String answer,
      List<String> tokens,
      List<TokenRole> roles,
      double[][] explained,
      double[][] explainedShared,
      List<Figure> measures) {}

  private record Figure(String name, int strongest, int from, int to, double[] values) {}

  static TextEmbedding of(
      TextInspection inspection, String answer, long seed, Optional<WeightsOrigin> weights) {
    var tokens = inspection.tokens();
    var roles = TokenRoles.of(tokens, answer);
    var layers =
        LayerEmbeddings.of(
            inspection.hiddenStates(), tokens.size(), new EmbeddingMeasures(tokens, roles), seed);
    var measures = EmbeddingMeasures.collected(layers.measures());
    return new TextEmbedding(answer, inspection, roles, layers, measures, weights);
  }

  /** Question and context as the model sees them. */
  public Tokens tokens() {
    return inspection.tokens();
  }

  /** The question. */
  public String question() {
    return tokens().first();
  }

  /** The places by a method. */
  public Projection projection(ProjectionMethod method) {
    return layers.projections().get(method);
  }

  /**
   * Writes the arrays and {@code embedding.json} with the tokens, their roles, the answer, the
   * measures, and which weights it is from.
   *
   * <p>{@code pca.npy [layers + 1, tokens, 2]} and {@code pca-3d.npy} with three components, {@code
   * pca-shared.npy [layers + 1, tokens, 3]}, {@code tsne.npy} and {@code umap.npy [layers + 1,
   * tokens, 2]}; {@code neighbours-cosine.npy} and {@code neighbours-euclidean.npy [layers + 1,
   * tokens, neighbours, 2]} with the neighbour's position and its distance; {@code drift.npy [2,
   * layers + 1, tokens]}, the cosines to layer 0 and to the layer before.
   *
   * @throws java.io.UncheckedIOException if {@code embedding.json} can't be written
   * @throws org.pellucid.weights.WeightsException if an array can't be written
   */
  public void save(Path directory) {
    write(directory.resolve("pca.npy"), projection(ProjectionMethod.PCA).places(), 2);
    write(directory.resolve("pca-3d.npy"), projection(ProjectionMethod.PCA).places(), 3);
    for (var method :
        List.of(ProjectionMethod.PCA_SHARED, ProjectionMethod.TSNE, ProjectionMethod.UMAP)) {
      var file = directory.resolve(method.text() + ".npy");
      write(file, projection(method).places(), method.dimensions());
    }
    write(directory.resolve("neighbours-cosine.npy"), layers.cosine());
    write(directory.resolve("neighbours-euclidean.npy"), layers.euclidean());
    write(
        directory.resolve("drift.npy"),
        new double[][][] {layers.toFirst(), layers.toBefore()},
        tokens().size());
    JsonResult.write(
        directory.resolve("embedding.json"),
        new Summary(
            question(),
            answer,
            tokens().pieces(),
            roles,
            firstTwo(projection(ProjectionMethod.PCA).explained()),
            projection(ProjectionMethod.PCA_SHARED).explained(),
            measures.stream()
                .map(m -> new Figure(m.kind().text(), m.strongest(), m.from(), m.to(), m.values()))
                .toList()),
        weights);
  }

  private static double[][] firstTwo(double[][] explained) {
    var result = new double[explained.length][];
    for (var layer = 0; layer < result.length; layer++) {
      result[layer] = new double[] {explained[layer][0], explained[layer][1]};
    }
    return result;
  }

  private static void write(Path file, double[][][] places, int columns) {
    var rows = places[0].length;
    var values = new float[places.length * rows * columns];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) places[i / columns / rows][i / columns % rows][i % columns];
    }
    Npy.write(file, values, places.length, rows, columns);
  }

  private static void write(Path file, List<NearestNeighbours> layers) {
    var numbers = new ArrayList<Float>();
    for (var layer : layers) {
      for (var i = 0; i < layer.indices().length; i++) {
        for (var k = 0; k < layer.indices()[i].length; k++) {
          numbers.add((float) layer.indices()[i][k]);
          numbers.add((float) layer.distances()[i][k]);
        }
      }
    }
    var values = new float[numbers.size()];
    for (var i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    var tokens = layers.getFirst().indices().length;
    Npy.write(file, values, layers.size(), tokens, values.length / layers.size() / tokens / 2, 2);
  }
}
