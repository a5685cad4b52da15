package org.pellucid.explain.segmentation;

import java.util.Arrays;

/**
 * The k-means step of SLIC: clusters of pixels that are near in place and colour, each looked for
 * only in a window of twice the grid step around its centre.
 */
final class SlicClusters {
  private static final int ITERATIONS = 10;

  private final double[][] colours;
  private final int height;
  private final int width;
  private final int step;
  private final int count;
  private final double[] centreY;
  private final double[] centreX;
  private final double[][] centreColours;
  private final boolean[] empty;
  private final int[] labels;
  private final double[] distances;

  /**
   * Puts the centres on the grid.
   *
   * @param colours planes {@code [height, width]}, in the unit in which one grid step counts as 1
   */
  SlicClusters(double[][] colours, SlicGrid grid) {
    this.colours = colours;
    this.height = grid.height();
    this.width = grid.width();
    this.step = grid.step();
    this.centreY = grid.centreRows();
    this.centreX = grid.centreColumns();
    this.count = centreY.length;
    this.centreColours = new double[colours.length][count];
    this.empty = new boolean[count];
    this.labels = new int[height * width];
    this.distances = new double[height * width];
  }

  /** The cluster of each pixel from 1 after ten rounds, 0 where no window reached. */
  int[] labels() {
    for (var round = 0; round < ITERATIONS; round++) {
      Arrays.fill(distances, Double.POSITIVE_INFINITY);
      for (var cluster = 0; cluster < count; cluster++) {
        if (!empty[cluster]) {
          claim(cluster);
        }
      }
      moveCentres();
    }
    return labels.clone();
  }

  private void claim(int cluster) {
    var y = centreY[cluster];
    var x = centreX[cluster];
    var top = (int) Math.max(y - 2 * step, 0);
    var bottom = (int) Math.min(y + 2 * step + 1, height);
    var left = (int) Math.max(x - 2 * step, 0);
    var right = (int) Math.min(x + 2 * step + 1, width);
    var spatialWeight = 1.0 / ((double) step * step);
    for (var row = top; row < bottom; row++) {
      var vertical = (y - row) * (y - row);
      for (var column = left; column < right; column++) {
        var pixel = row * width + column;
        var distance =
            (vertical + (x - column) * (x - column)) * spatialWeight
                + colourDistance(cluster, pixel);
        if (distance < distances[pixel]) {
          distances[pixel] = distance;
          labels[pixel] = cluster + 1;
        }
      }
    }
  }

  private double colourDistance(int cluster, int pixel) {
    var sum = 0.0;
    for (var channel = 0; channel < colours.length; channel++) {
      var difference = colours[channel][pixel] - centreColours[channel][cluster];
      sum += difference * difference;
    }
    return sum;
  }

  private void moveCentres() {
    var sizes = new int[count];
    Arrays.fill(centreY, 0);
    Arrays.fill(centreX, 0);
    for (var plane : centreColours) {
      Arrays.fill(plane, 0);
    }
    for (var pixel = 0; pixel < labels.length; pixel++) {
      var cluster = labels[pixel] - 1;
      if (cluster >= 0) {
        sizes[cluster]++;
        centreY[cluster] += pixel / width;
        centreX[cluster] += pixel % width;
        for (var channel = 0; channel < colours.length; channel++) {
          centreColours[channel][cluster] += colours[channel][pixel];
        }
      }
    }
    for (var cluster = 0; cluster < count; cluster++) {
      empty[cluster] = sizes[cluster] == 0;
      if (!empty[cluster]) {
        centreY[cluster] /= sizes[cluster];
        centreX[cluster] /= sizes[cluster];
        for (var channel = 0; channel < colours.length; channel++) {
          centreColours[channel][cluster] /= sizes[cluster];
        }
      }
    }
  }
}
