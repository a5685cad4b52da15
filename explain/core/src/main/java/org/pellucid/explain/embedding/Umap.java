package org.pellucid.explain.embedding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Uniform manifold approximation and projection: places in the plane with the vectors' graph of
 * nearest neighbours. Far distances in it mean little.
 *
 * <p>Neighbours are exact, and the places start at the first two principal components; random are
 * the pairs that push each other apart. The curve that closeness follows in the plane is that of a
 * minimal distance of 0.1.
 *
 * @param neighbours of each vector, itself not counted; at most all others are used
 * @param epochs rounds over the graph
 * @param seed the same seed gives the same places, bit for bit
 * @see "L. McInnes, J. Healy and J. Melville: UMAP, arXiv:1802.03426 (2018)"
 */
public record Umap(int neighbours, int epochs, long seed) {
  /** 15 neighbours, 500 epochs, seed 0. */
  public static final Umap STANDARD = new Umap(15, 500, 0);

  /** 1 / (1 + A d^2B) is closest to 1 up to the minimal distance 0.1 and exp(0.1 − d) beyond. */
  static final double A = 1.5769434603;

  static final double B = 0.8950608780;

  /** Half the width of the square in which the places start. */
  private static final double START = 10;

  private static final int PUSHES = 5;
  private static final double LARGEST_STEP = 4;
  private static final int SEARCH_STEPS = 64;

  /** A directed connection and how often it pulls. */
  private record Edge(int from, int to, double interval) {}

  /**
   * The places {@code [count, 2]}.
   *
   * @param distances between the vectors {@code [count, count]}
   * @param start where the places start up to their scale, {@code [count, at least 2]}
   */
  public double[][] places(double[][] distances, double[][] start) {
    var places = scaled(start);
    var edges = edges(graph(distances));
    var next = edges.stream().mapToDouble(Edge::interval).toArray();
    var random = new Random(seed);
    for (var epoch = 1; epoch <= epochs; epoch++) {
      var rate = 1 - (epoch - 1.0) / epochs;
      for (var e = 0; e < next.length; e++) {
        if (next[e] <= epoch) {
          next[e] += edges.get(e).interval();
          move(places, edges.get(e), rate, random);
        }
      }
    }
    return places;
  }

  private static double[][] scaled(double[][] start) {
    var largest = 0.0;
    for (var row : start) {
      largest = Math.max(largest, Math.max(Math.abs(row[0]), Math.abs(row[1])));
    }
    var factor = largest == 0 ? 0 : START / largest;
    return Arrays.stream(start)
        .map(row -> new double[] {row[0] * factor, row[1] * factor})
        .toArray(double[][]::new);
  }

  /** The strength of each connection {@code [count, count]}, in 0..1 and symmetric. */
  double[][] graph(double[][] distances) {
    var count = distances.length;
    var nearest = NearestNeighbours.of(distances, Math.min(neighbours, count - 1));
    var directed = new double[count][count];
    for (var i = 0; i < count; i++) {
      var strengths = strengths(nearest.distances()[i]);
      for (var k = 0; k < strengths.length; k++) {
        directed[i][nearest.indices()[i][k]] = strengths[k];
      }
    }
    var graph = new double[count][count];
    for (var i = 0; i < count; i++) {
      for (var j = 0; j < count; j++) {
        var a = directed[i][j];
        var b = directed[j][i];
        graph[i][j] = a + b - a * b;
      }
    }
    return graph;
  }

  /** exp(−(d − nearest) / width), with the width that makes their sum log₂(neighbours). */
  static double[] strengths(double... distances) {
    var nearest = distances.length == 0 ? 0 : distances[0];
    var wanted = Math.log(distances.length) / Math.log(2);
    var low = 0.0;
    var high = Double.POSITIVE_INFINITY;
    var width = 1.0;
    var strengths = new double[distances.length];
    for (var step = 0; step < SEARCH_STEPS; step++) {
      var sum = 0.0;
      for (var k = 0; k < distances.length; k++) {
        strengths[k] = Math.exp((nearest - distances[k]) / width);
        sum += strengths[k];
      }
      if (sum > wanted) {
        high = width;
        width = Math.max((low + high) / 2, Double.MIN_NORMAL);
      } else {
        low = width;
        width = Double.isInfinite(high) ? width * 2 : (low + high) / 2;
      }
    }
    return strengths;
  }

  /** Connections so weak that they would never pull are left out. */
  private List<Edge> edges(double[][] graph) {
    var strongest = Arrays.stream(graph).flatMapToDouble(Arrays::stream).max().orElse(0);
    var edges = new ArrayList<Edge>();
    for (var i = 0; i < graph.length; i++) {
      for (var j = 0; j < graph.length; j++) {
        if (graph[i][j] > 0 && graph[i][j] >= strongest / epochs) {
          edges.add(new Edge(i, j, strongest / graph[i][j]));
        }
      }
    }
    return edges;
  }

  private static void move(double[][] places, Edge edge, double rate, Random random) {
    var from = places[edge.from()];
    var to = places[edge.to()];
    var square = square(from, to);
    if (square > 0) {
      var power = Math.pow(square, B);
      var factor = -2 * A * B * power / square / (1 + A * power);
      for (var k = 0; k < 2; k++) {
        var pull = rate * clipped(factor * (from[k] - to[k]));
        from[k] += pull;
        to[k] -= pull;
      }
    }
    for (var push = 0; push < PUSHES; push++) {
      var other = places[random.nextInt(places.length)];
      square = square(from, other);
      if (square > 0) {
        var factor = 2 * B / ((0.001 + square) * (1 + A * Math.pow(square, B)));
        for (var k = 0; k < 2; k++) {
          from[k] += rate * clipped(factor * (from[k] - other[k]));
        }
      }
    }
  }

  private static double square(double[] a, double[] b) {
    var x = a[0] - b[0];
    var y = a[1] - b[1];
    return x * x + y * y;
  }

  private static double clipped(double step) {
    return Math.clamp(step, -LARGEST_STEP, LARGEST_STEP);
  }
}
