package org.pellucid.explain.embedding;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * The hidden vectors of all layers, seen in the plane and by their distances.
 *
 * @param projections by every method
 * @param cosine each layer's neighbours by cosine distance, 1 − cosine, in 0..2
 * @param euclidean each layer's neighbours by Euclidean distance
 * @param toFirst each vector's cosine with itself at layer 0, {@code [layers][vectors]}
 * @param toBefore each vector's cosine with itself a layer before; 1 at layer 0
 * @param measures what was measured of each layer's tables
 */
public record LayerEmbeddings(
    Map<ProjectionMethod, Projection> projections,
    List<NearestNeighbours> cosine,
    List<NearestNeighbours> euclidean,
    double[][] toFirst,
    double[][] toBefore,
    List<double[]> measures) {
  /** The neighbours that are kept of each vector. */
  public static final int NEIGHBOURS = 10;

  private static final int COMPONENTS = 3;

  /** Figures of one layer's tables, the same ones at every layer. */
  @FunctionalInterface
  public interface Measure {
    /**
     * Measures a layer.
     *
     * @param euclidean distances {@code [count, count]}
     * @param cosine similarities {@code [count, count]}
     */
    double[] of(double[][] euclidean, double[][] cosine);
  }

  /** What one layer's vectors give by themselves. */
  private record Layer(
      PrincipalComponents components,
      double[][] tsne,
      double[][] umap,
      NearestNeighbours cosine,
      NearestNeighbours euclidean,
      double[] measures) {}

  /**
   * Computes all of it, layers side by side.
   *
   * @param layers the vectors of each layer, {@code [count, width]}
   * @param count the number of vectors
   * @param seed of UMAP
   * @throws IllegalArgumentException if there is no layer, or one can't be divided so
   * @throws CancellationException if the thread is interrupted
   */
  public static LayerEmbeddings of(List<float[]> layers, int count, Measure measure, long seed) {
    check(!layers.isEmpty(), "There is no layer to look at");
    var all =
        layers.stream().parallel().map(vectors -> layer(vectors, count, measure, seed)).toList();
    var projections = new EnumMap<ProjectionMethod, Projection>(ProjectionMethod.class);
    projections.put(
        ProjectionMethod.PCA, Projection.ofEach(all.stream().map(Layer::components).toList()));
    projections.put(ProjectionMethod.PCA_SHARED, Projection.ofAll(layers, count, COMPONENTS));
    projections.put(
        ProjectionMethod.TSNE, Projection.turned(all.stream().map(Layer::tsne).toList()));
    projections.put(
        ProjectionMethod.UMAP, Projection.turned(all.stream().map(Layer::umap).toList()));
    return new LayerEmbeddings(
        projections,
        all.stream().map(Layer::cosine).toList(),
        all.stream().map(Layer::euclidean).toList(),
        IntStream.range(0, layers.size())
            .mapToObj(layer -> cosines(layers.get(layer), layers.getFirst(), count))
            .toArray(double[][]::new),
        IntStream.range(0, layers.size())
            .mapToObj(
                layer -> cosines(layers.get(layer), layers.get(Math.max(layer - 1, 0)), count))
            .toArray(double[][]::new),
        all.stream().map(Layer::measures).toList());
  }

  private static Layer layer(float[] vectors, int count, Measure measure, long seed) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("The layers were not all looked at.");
    }
    var euclidean = Distances.euclidean(vectors, count);
    var similarity = Distances.cosineSimilarity(vectors, count);
    var components = PrincipalComponents.of(vectors, count, COMPONENTS);
    return new Layer(
        components,
        TSne.STANDARD.places(euclidean, components.scores()),
        new Umap(Umap.STANDARD.neighbours(), Umap.STANDARD.epochs(), seed)
            .places(euclidean, components.scores()),
        NearestNeighbours.of(Distances.cosine(vectors, count), NEIGHBOURS),
        NearestNeighbours.of(euclidean, NEIGHBOURS),
        measure.of(euclidean, similarity));
  }

  /** The cosine of each vector with the one of its number. */
  private static double[] cosines(float[] vectors, float[] others, int count) {
    var width = vectors.length / count;
    var result = new double[count];
    for (var i = 0; i < count; i++) {
      var product = 0.0;
      var first = 0.0;
      var second = 0.0;
      for (var k = i * width; k < (i + 1) * width; k++) {
        product += (double) vectors[k] * others[k];
        first += (double) vectors[k] * vectors[k];
        second += (double) others[k] * others[k];
      }
      var lengths = Math.sqrt(first * second);
      result[i] = lengths == 0 ? 0 : Math.clamp(product / lengths, -1.0, 1.0);
    }
    return result;
  }
}
