package org.pellucid.explain.segmentation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Felzenszwalb and Huttenlocher's graph-based segments: neighbouring pixels, then pieces, are
 * joined from the most alike on, while the border between two is weaker than what is inside of
 * them. Segments follow edges and are of very different sizes.
 *
 * <p>The segments equal those of scikit-image 0.19.3's {@code felzenszwalb} with the same
 * parameters, as long as no two differences are equal, whose order that leaves to its sort.
 *
 * @param scale the larger, the larger the segments, above 0
 * @param sigma width of the Gaussian blur before in pixels, 0 for none
 * @param smallest pixels that a segment has at least, at least 1
 * @see "P. F. Felzenszwalb and D. P. Huttenlocher: Efficient graph-based image segmentation, IJCV
 *     59 (2004)"
 */
public record Felzenszwalb(double scale, double sigma, int smallest) implements Segmentation {
  private static final double LARGEST_SIGMA = 1000;
  private static final double BYTE_RANGE = 255;

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Felzenszwalb {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException(
          "Felzenszwalb's scale must be a number above 0, not " + scale + ".");
    }
    if (!(sigma >= 0 && sigma <= LARGEST_SIGMA)) {
      throw new IllegalArgumentException(
          "Felzenszwalb's sigma must be from 0 to 1000 pixels, not " + sigma + ".");
    }
    if (smallest < 1) {
      throw new IllegalArgumentException(
          "Felzenszwalb's smallest segment must have at least 1 pixel, not " + smallest + ".");
    }
  }

  @Override
  public Superpixels segment(float[] image, int height, int width, int seed) {
    return ofScales(image, height, width, List.of(scale)).getFirst();
  }

  /**
   * Divides an image by several scales, for little more than the cost of one.
   *
   * @param image samples {@code [channels, height, width]}
   * @param scales that take the place of this one's
   * @return for each scale what {@link #segment} gives
   * @throws IllegalArgumentException as {@link #segment}, or if a scale is not above 0
   */
  public List<Superpixels> ofScales(float[] image, int height, int width, List<Double> scales) {
    ImageChecks.check(image, height, width);
    var planes = LabImage.samples(image, height, width).blurred(sigma).planes();
    var edges = Edges.sorted(planes, height, width);
    return scales.stream()
        .map(other -> new Felzenszwalb(other, sigma, smallest).joined(edges, height, width))
        .toList();
  }

  private Superpixels joined(Edges edges, int height, int width) {
    var forest = new Forest(height * width);
    for (var i = 0; i < edges.count(); i++) {
      var first = forest.root(edges.from(i));
      var second = forest.root(edges.to(i));
      if (first != second
          && edges.cost(i) < Math.min(resistance(forest, first), resistance(forest, second))) {
        forest.join(first, second, edges.cost(i));
      }
    }
    for (var i = 0; i < edges.count(); i++) {
      var first = forest.root(edges.from(i));
      var second = forest.root(edges.to(i));
      if (first != second && (forest.size[first] < smallest || forest.size[second] < smallest)) {
        forest.join(first, second, 0);
      }
    }
    var roots = IntStream.range(0, height * width).map(forest::root).toArray();
    return Quickshift.numbered(roots, height, width);
  }

  /** The difference that a segment accepts at its border; small segments accept more. */
  private double resistance(Forest forest, int root) {
    return forest.inside[root] + scale / BYTE_RANGE / forest.size[root];
  }

  /** Trees of pixels, each with its smallest pixel as root. */
  private static final class Forest {
    private final int[] parents;
    private final int[] size;
    private final double[] inside;

    Forest(int pixels) {
      parents = IntStream.range(0, pixels).toArray();
      size = new int[pixels];
      Arrays.fill(size, 1);
      inside = new double[pixels];
    }

    int root(int pixel) {
      var root = pixel;
      while (parents[root] != root) {
        parents[root] = parents[parents[root]];
        root = parents[root];
      }
      return root;
    }

    void join(int first, int second, double cost) {
      var root = Math.min(first, second);
      var other = Math.max(first, second);
      parents[other] = root;
      size[root] += size[other];
      inside[root] = cost;
    }
  }

  /** The pairs of the eight neighbours, the most alike first. */
  private record Edges(int[] order, double[] costs, int[] starts, int[] ends) {

    static Edges sorted(double[][] planes, int height, int width) {
      var most = 4 * height * width;
      var starts = new int[most];
      var ends = new int[most];
      var count = 0;
      int[][] steps = {{0, 1}, {1, 0}, {1, 1}, {-1, 1}};
      for (var step : steps) {
        for (var pixel = 0; pixel < height * width; pixel++) {
          var row = pixel / width + step[0];
          var column = pixel % width + step[1];
          if (row >= 0 && row < height && column < width) {
            starts[count] = pixel;
            ends[count++] = row * width + column;
          }
        }
      }
      var costs = new double[count];
      for (var i = 0; i < count; i++) {
        var sum = 0.0;
        for (var plane : planes) {
          var difference = plane[ends[i]] - plane[starts[i]];
          sum += difference * difference;
        }
        costs[i] = Math.sqrt(sum);
      }
      return new Edges(order(costs), costs, starts, ends);
    }

    /** Positions by rising cost, sorted by merging; among equal ones the first comes first. */
    private static int[] order(double[] costs) {
      var order = IntStream.range(0, costs.length).toArray();
      var merged = new int[costs.length];
      for (var length = 1L; length < costs.length; length *= 2) {
        for (var start = 0L; start < costs.length; start += 2 * length) {
          var middle = (int) Math.min(start + length, costs.length);
          var end = (int) Math.min(start + 2 * length, costs.length);
          merge(costs, order, merged, (int) start, middle, end);
        }
        var sorted = merged;
        merged = order;
        order = sorted;
      }
      return order;
    }

    private static void merge(
        double[] costs, int[] from, int[] to, int start, int middle, int end) {
      var left = start;
      var right = middle;
      for (var at = start; at < end; at++) {
        var takesLeft = right == end || left < middle && costs[from[left]] <= costs[from[right]];
        to[at] = takesLeft ? from[left++] : from[right++];
      }
    }

    int count() {
      return order.length;
    }

    double cost(int i) {
      return costs[order[i]];
    }

    int from(int i) {
      return starts[order[i]];
    }

    int to(int i) {
      return ends[order[i]];
    }
  }
}
