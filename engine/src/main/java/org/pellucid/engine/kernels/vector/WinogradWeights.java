package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.Workers;

/**
 * The weights of Winograd's convolution, transformed once: {@code G g Gᵀ} in double precision, as
 * many windows at a time as a panel has columns.
 */
final class WinogradWeights {
  private WinogradWeights() {}

  /**
   * Weights {@code G g Gᵀ}, as panels for each position.
   *
   * @param weight {@code [3, 3, channels, filters]}
   * @param forInputGradient whether the window is turned by half a turn and channels and filters
   *     exchange their roles
   */
  static Panels transform(
      Workers workers,
      WinogradTile tile,
      float[] weight,
      int channels,
      int filters,
      boolean forInputGradient) {
    var depth = forInputGradient ? filters : channels;
    var columns = forInputGradient ? channels : filters;
    var panels = Panels.zeros(tile.positions(), depth, columns);
    var g = tile.weightTransform();
    workers.run(
        depth,
        row -> {
          var windows = new double[9 * PanelProduct.WIDTH];
          var half = new double[tile.patch() * 3 * PanelProduct.WIDTH];
          for (var first = 0; first < columns; first += PanelProduct.WIDTH) {
            for (var p = 0; p < 9; p++) {
              var from = p * channels * filters;
              if (forInputGradient) {
                from += first * filters + row;
                gather(weight, from, filters, windows, (8 - p) * PanelProduct.WIDTH);
              } else {
                from += row * filters + first;
                gather(weight, from, 1, windows, p * PanelProduct.WIDTH);
              }
            }
            transformColumns(g, windows, half);
            transformRows(g, half, panels, row, first / PanelProduct.WIDTH);
          }
        });
    return panels;
  }

  /** One number of the window for each column of a panel. */
  private static void gather(float[] weight, int from, int step, double[] windows, int to) {
    for (int column = 0; column < PanelProduct.WIDTH; column++) {
      windows[to + column] = weight[from + column * step];
    }
  }

  /** {@code half = G g}. */
  private static void transformColumns(double[][] g, double[] windows, double[] half) {
    for (int i = 0; i < g.length; i++) {
      double g0 = g[i][0];
      double g1 = g[i][1];
      double g2 = g[i][2];
      int row = 3 * PanelProduct.WIDTH;
      for (int n = 0; n < row; n++) {
        half[i * row + n] = g0 * windows[n] + g1 * windows[row + n] + g2 * windows[2 * row + n];
      }
    }
  }

  /** {@code half · Gᵀ}, one row of a panel for each position. */
  private static void transformRows(
      double[][] g, double[] half, Panels panels, int row, int panel) {
    int width = PanelProduct.WIDTH;
    var values = panels.values();
    for (int i = 0; i < g.length; i++) {
      for (int j = 0; j < g.length; j++) {
        double g0 = g[j][0];
        double g1 = g[j][1];
        double g2 = g[j][2];
        int from = i * 3 * width;
        int to = panels.at(i * g.length + j, panel) + row * width;
        for (int column = 0; column < width; column++) {
          int at = from + column;
          values[to + column] =
              (float) (half[at] * g0 + half[at + width] * g1 + half[at + 2 * width] * g2);
        }
      }
    }
  }
}
