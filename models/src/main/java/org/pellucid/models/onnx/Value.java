package org.pellucid.models.onnx;

import java.util.Arrays;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** A value while a graph runs. */
sealed interface Value {

  /** The sizes along the axes, in the graph's order. */
  long[] shape();

  default int rank() {
    return shape().length;
  }

  /** Numbers that are known on the heap: constants, shapes, positions, conditions. */
  record Known(NumericArray array) implements Value {
    @Override
    public long[] shape() {
      return array.shape();
    }
  }

  /**
   * Numbers on the engine, through which gradients can flow.
   *
   * @param channelsLast whether axis 1 of the graph's order, that of channels, is stored last, as
   *     the engine's image operations take it
   */
  record Real(Tensor tensor, boolean channelsLast) implements Value {
    @Override
    public long[] shape() {
      return channelsLast ? logical(tensor.shape()) : tensor.shape();
    }

    /** Where an axis of the graph's order is stored. */
    int stored(int axis) {
      if (!channelsLast || axis == 0) {
        return axis;
      }
      return axis == 1 ? tensor.rank() - 1 : axis - 1;
    }

    /** The same layout around another tensor. */
    Real with(Tensor other) {
      return new Real(other, channelsLast);
    }
  }

  /** The graph's order of sizes that are stored with the channels last. */
  static long[] logical(long[] stored) {
    var result = stored.clone();
    result[1] = stored[stored.length - 1];
    System.arraycopy(stored, 1, result, 2, stored.length - 2);
    return result;
  }

  /** The sizes of the graph's order as they are stored with the channels last. */
  static long[] channelsLast(long[] logical) {
    var result = logical.clone();
    System.arraycopy(logical, 2, result, 1, logical.length - 2);
    result[logical.length - 1] = logical[1];
    return result;
  }

  /** For each axis with the channels last, the axis of the graph's order. */
  static int[] toChannelsLast(int rank) {
    var axes = new int[rank];
    Arrays.setAll(axes, axis -> axis == 0 ? 0 : axis == rank - 1 ? 1 : axis + 1);
    return axes;
  }

  /** For each axis of the graph's order, the axis with the channels last. */
  static int[] fromChannelsLast(int rank) {
    var axes = new int[rank];
    Arrays.setAll(axes, axis -> axis == 0 ? 0 : axis == 1 ? rank - 1 : axis - 1);
    return axes;
  }

  /** An axis counted from 0, where negative ones count from the end. */
  static int axis(long given, int rank) {
    Shapes.check(
        given >= -rank && given < Math.max(rank, 1), "There is no axis %d among %d", given, rank);
    return (int) (given < 0 ? given + rank : given);
  }
}
