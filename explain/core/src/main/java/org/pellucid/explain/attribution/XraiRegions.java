package org.pellucid.explain.attribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * XRAI's overlapping regions of an image, and how they cover it one after another. Each region
 * knows the sum and the number of its pixels that are still to be covered, which change as others
 * cover them.
 */
final class XraiRegions {
  private final int height;
  private final int width;

  /** The pixels of each region. */
  private final List<int[]> regions = new ArrayList<>();

  XraiRegions(int height, int width) {
    this.height = height;
    this.width = width;
  }

  int count() {
    return regions.size();
  }

  /**
   * Adds the segments of one scale as regions.
   *
   * @param segments the number of each pixel's segment
   * @param reach pixels that a region reaches beyond its segment, in a circle
   */
  void add(int[] segments, int reach) {
    var members = new TreeMap<Integer, List<Integer>>();
    for (var pixel = 0; pixel < segments.length; pixel++) {
      members.computeIfAbsent(segments[pixel], _ -> new ArrayList<>()).add(pixel);
    }
    members.values().forEach(pixels -> regions.add(dilated(pixels, reach)));
  }

  private int[] dilated(List<Integer> pixels, int reach) {
    var inside = new boolean[height * width];
    for (var pixel : pixels) {
      for (var down = -reach; down <= reach; down++) {
        var row = pixel / width + down;
        var most = (int) Math.sqrt((double) reach * reach - down * down);
        if (row >= 0 && row < height) {
          var from = Math.max(pixel % width - most, 0);
          var to = Math.min(pixel % width + most, width - 1);
          Arrays.fill(inside, row * width + from, row * width + to + 1, true);
        }
      }
    }
    return IntStream.range(0, inside.length).filter(pixel -> inside[pixel]).toArray();
  }

  /**
   * Covers the image with regions.
   *
   * @param attribution of each pixel
   * @param least the pixels that a region must add
   * @return for each pixel the mean attribution of what its region added; of the rest for pixels
   *     that no region took
   */
  double[] grow(double[] attribution, Xrai.Growth growth, int least) {
    var cover = new Cover(attribution);
    if (growth == Xrai.Growth.FULL) {
      var left = new ArrayList<>(IntStream.range(0, regions.size()).boxed().toList());
      while (true) {
        left.removeIf(region -> cover.counts[region] < least);
        if (left.isEmpty()) {
          break;
        }
        var best = left.getFirst();
        for (var region : left) {
          best = cover.density(region) > cover.density(best) ? region : best;
        }
        cover.take(best);
        left.remove(best);
      }
    } else {
      IntStream.range(0, regions.size())
          .boxed()
          .sorted(Comparator.comparingDouble(region -> -cover.density(region)))
          .toList()
          .forEach(
              region -> {
                if (cover.counts[region] >= least) {
                  cover.take(region);
                }
              });
    }
    return cover.finished();
  }

  /** What is covered so far. */
  private final class Cover {
    private final double[] attribution;
    private final double[] map;
    private final boolean[] covered;
    private final double[] sums = new double[regions.size()];
    private final int[] counts = new int[regions.size()];
    private final int[][] regionsOf;

    Cover(double[] attribution) {
      this.attribution = attribution;
      this.map = new double[attribution.length];
      this.covered = new boolean[attribution.length];
      var sizes = new int[attribution.length];
      regions.forEach(region -> Arrays.stream(region).forEach(pixel -> sizes[pixel]++));
      regionsOf = new int[attribution.length][];
      Arrays.setAll(regionsOf, pixel -> new int[sizes[pixel]]);
      for (var region = 0; region < regions.size(); region++) {
        for (var pixel : regions.get(region)) {
          regionsOf[pixel][--sizes[pixel]] = region;
          sums[region] += attribution[pixel];
          counts[region]++;
        }
      }
    }

    double density(int region) {
      return sums[region] / counts[region];
    }

    void take(int region) {
      var added = Arrays.stream(regions.get(region)).filter(pixel -> !covered[pixel]).toArray();
      var mean = Arrays.stream(added).mapToDouble(pixel -> attribution[pixel]).sum() / added.length;
      for (var pixel : added) {
        covered[pixel] = true;
        map[pixel] = mean;
        for (var other : regionsOf[pixel]) {
          sums[other] -= attribution[pixel];
          counts[other]--;
        }
      }
    }

    double[] finished() {
      var rest = IntStream.range(0, map.length).filter(pixel -> !covered[pixel]).toArray();
      var mean = Arrays.stream(rest).mapToDouble(pixel -> attribution[pixel]).average().orElse(0);
      for (var pixel : rest) {
        map[pixel] = mean;
      }
      return map;
    }
  }
}
