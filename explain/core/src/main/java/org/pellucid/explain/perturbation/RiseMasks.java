package org.pellucid.explain.perturbation;

import java.util.SplittableRandom;

/**
 * RISE's masks: cells of a coarse grid that show or hide, enlarged bilinearly to a little more than
 * the image's size and cut out at a random place. Each is drawn by a generator of its own, whenever
 * it is asked for.
 */
final class RiseMasks {
  private final int grid;
  private final double probability;
  private final int height;
  private final int width;
  private final long[] seeds;
  private final Axis vertical;
  private final Axis horizontal;

  RiseMasks(Rise method, int height, int width, long seed) {
    this.grid = method.grid();
    this.probability = method.probability();
    this.height = height;
    this.width = width;
    this.seeds = new SplittableRandom(seed).longs(method.samples()).toArray();
    this.vertical = Axis.of(grid, height);
    this.horizontal = Axis.of(grid, width);
  }

  int pixels() {
    return height * width;
  }

  /** The mask of a number {@code [height, width]}, from 0 where hidden to 1 where shown. */
  float[] of(int number) {
    var random = new SplittableRandom(seeds[number]);
    var cells = new double[grid * grid];
    for (var i = 0; i < cells.length; i++) {
      cells[i] = random.nextDouble() < probability ? 1 : 0;
    }
    var top = random.nextInt(vertical.step);
    var left = random.nextInt(horizontal.step);
    var mask = new float[height * width];
    var line = new double[grid];
    for (var row = 0; row < height; row++) {
      var above = vertical.lower[top + row] * grid;
      var below = Math.min(vertical.lower[top + row] + 1, grid - 1) * grid;
      var share = vertical.shares[top + row];
      for (var cell = 0; cell < grid; cell++) {
        line[cell] = (1 - share) * cells[above + cell] + share * cells[below + cell];
      }
      for (var column = 0; column < width; column++) {
        var before = horizontal.lower[left + column];
        var after = Math.min(before + 1, grid - 1);
        var part = horizontal.shares[left + column];
        mask[row * width + column] = (float) ((1 - part) * line[before] + part * line[after]);
      }
    }
    return mask;
  }

  /**
   * How cells are enlarged along one axis, by one cell more than the image needs.
   *
   * @param step pixels of a cell, and how far a mask may be shifted
   * @param lower the cell before each place
   * @param shares how much of the cell after it counts
   */
  private record Axis(int step, int[] lower, double[] shares) {
    static Axis of(int cells, int pixels) {
      var step = (pixels + cells - 1) / cells;
      var length = (cells + 1) * step;
      var lower = new int[length];
      var shares = new double[length];
      for (var i = 0; i < length; i++) {
        var place = Math.clamp((i + 0.5) * cells / length - 0.5, 0, cells - 1);
        lower[i] = (int) place;
        shares[i] = place - lower[i];
      }
      return new Axis(step, lower, shares);
    }
  }
}
