package org.pellucid.engine.kernels.vector;

import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.engine.tensor.Tensor;

/**
 * Pixels of an image that lie a stride apart, and the part of a convolution's window by which they
 * meet its results.
 *
 * <p>Their rows and columns have the same remainders by the strides. They meet the gradient of the
 * results by the same positions of the window, and neighbours among them meet neighbours there.
 *
 * @param rowTaps positions of the window, one below the other; none where no result is met
 * @param rowOffset the line of the gradient that the first pixels meet first, also outside of it
 * @param columnOffset the same for columns
 * @param weights of these positions, laid out once
 */
record StridedPhase(
    int row,
    int column,
    int rowTaps,
    int columnTaps,
    int rowOffset,
    int columnOffset,
    Panels weights) {

  /** How the weights {@code [row taps][column taps][filters][channels]} of a phase are laid out. */
  interface Arrangement {
    Panels of(float[] weights, int depth, int channels);
  }

  /**
   * What weights are laid out for: the first tap of each direction, or −1, which the others follow
   * by the stride. A weight's channels decide how.
   */
  private record Layout(int rowTap, int columnTap, int strideHeight, int strideWidth) {
    static Layout of(WindowReach rows, WindowReach columns, int[] rowTaps, int[] columnTaps) {
      return new Layout(
          rowTaps.length == 0 ? -1 : rowTaps[0],
          columnTaps.length == 0 ? -1 : columnTaps[0],
          rows.stride(),
          columns.stride());
    }
  }

  /**
   * All phases of an image, row by row.
   *
   * @param rows backward, as {@code columns} are
   * @param weight {@code [window height, window width, channels, filters]}
   */
  static List<StridedPhase> all(
      WindowReach rows, WindowReach columns, Tensor weight, Arrangement arrangement) {
    return IntStream.range(0, rows.phases() * columns.phases())
        .mapToObj(
            i -> of(rows, columns, weight, i / columns.phases(), i % columns.phases(), arrangement))
        .toList();
  }

  private static StridedPhase of(
      WindowReach rows,
      WindowReach columns,
      Tensor weight,
      int row,
      int column,
      Arrangement arrangement) {
    var rowTaps = rows.tapsOf(row);
    var columnTaps = columns.tapsOf(column);
    var weights =
        weight.derived(
            Panels.class,
            Layout.of(rows, columns, rowTaps, columnTaps),
            () -> lay(weight, rowTaps, columnTaps, columns.taps(), arrangement));
    return new StridedPhase(
        row,
        column,
        rowTaps.length,
        columnTaps.length,
        rowTaps.length == 0 ? 0 : rows.offset(row, rowTaps[0]),
        columnTaps.length == 0 ? 0 : columns.offset(column, columnTaps[0]),
        weights);
  }

  private static Panels lay(
      Tensor weight, int[] rowTaps, int[] columnTaps, int width, Arrangement arrangement) {
    var channels = (int) weight.size(2);
    var filters = (int) weight.size(3);
    var depth = rowTaps.length * columnTaps.length * filters;
    var values = weight.toFloats();
    var part = new float[depth * channels];
    for (var at = 0; at < depth; at++) {
      var i = rowTaps[at / filters / columnTaps.length];
      var j = columnTaps[at / filters % columnTaps.length];
      for (var c = 0; c < channels; c++) {
        part[at * channels + c] = values[((i * width + j) * channels + c) * filters + at % filters];
      }
    }
    return arrangement.of(part, depth, channels);
  }

  /** Whether the pixels meet no result, so that their gradient is zero. */
  boolean isEmpty() {
    return rowTaps == 0 || columnTaps == 0;
  }
}
