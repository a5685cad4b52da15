package org.pellucid.explain.embedding;

import java.util.ArrayList;
import java.util.List;

/**
 * The vectors of several layers as places in two or three dimensions.
 *
 * @param places {@code [layers][vectors][dimensions]}
 * @param explained each dimension's share of a layer's variance {@code [layers][dimensions]}; empty
 *     for methods whose dimensions explain none
 */
public record Projection(double[][][] places, double[][] explained) {
  /**
   * The principal components of each layer by itself, with the signs of the layer before.
   *
   * @param components of each layer
   */
  static Projection ofEach(List<PrincipalComponents> components) {
    var aligned = new ArrayList<PrincipalComponents>();
    for (var own : components) {
      aligned.add(aligned.isEmpty() ? own : own.alignedTo(aligned.getLast()));
    }
    return new Projection(
        aligned.stream().map(PrincipalComponents::scores).toArray(double[][][]::new),
        aligned.stream().map(PrincipalComponents::explainedVarianceRatio).toArray(double[][]::new));
  }

  /**
   * The principal components of all layers' vectors together.
   *
   * @param layers {@code [count, width]} each
   */
  static Projection ofAll(List<float[]> layers, int count, int components) {
    var size = layers.getFirst().length;
    var all = new float[layers.size() * size];
    for (var layer = 0; layer < layers.size(); layer++) {
      System.arraycopy(layers.get(layer), 0, all, layer * size, size);
    }
    var found = PrincipalComponents.of(all, layers.size() * count, components);
    var places = new double[layers.size()][count][];
    var explained = new double[layers.size()][];
    for (var layer = 0; layer < layers.size(); layer++) {
      for (var i = 0; i < count; i++) {
        places[layer][i] = found.scores()[layer * count + i];
      }
      explained[layer] = shares(places[layer], scatter(layers.get(layer), count));
    }
    return new Projection(places, explained);
  }

  /** Places that are turned onto those of the layer before. */
  static Projection turned(List<double[][]> places) {
    var turned = new ArrayList<double[][]>();
    for (var own : places) {
      turned.add(turned.isEmpty() ? own : PlaneAlignment.onto(own, turned.getLast()));
    }
    return new Projection(turned.toArray(double[][][]::new), new double[0][]);
  }

  /** Each column's sum of squared deviations as a share of a whole. */
  private static double[] shares(double[][] places, double whole) {
    var shares = new double[places[0].length];
    for (var k = 0; k < shares.length; k++) {
      var mean = 0.0;
      for (var row : places) {
        mean += row[k] / places.length;
      }
      for (var row : places) {
        shares[k] += whole == 0 ? 0 : (row[k] - mean) * (row[k] - mean) / whole;
      }
    }
    return shares;
  }

  /** The sum of squared distances of vectors from their mean. */
  private static double scatter(float[] vectors, int count) {
    var width = vectors.length / count;
    var sum = 0.0;
    for (var k = 0; k < width; k++) {
      var mean = 0.0;
      for (var i = 0; i < count; i++) {
        mean += (double) vectors[i * width + k] / count;
      }
      for (var i = 0; i < count; i++) {
        var deviation = vectors[i * width + k] - mean;
        sum += deviation * deviation;
      }
    }
    return sum;
  }
}
