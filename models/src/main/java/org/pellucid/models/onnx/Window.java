package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Pad;
import org.pellucid.engine.tensor.Tensor;

/**
 * How a node's window moves along depth, rows and columns. A signal is an image of one row, an
 * image a volume of one slice; the axes that aren't there have windows of one position.
 *
 * @param begins the padding before each axis
 * @param ends the padding behind each axis
 * @param ceiling whether a last step that leaves the padded input counts, as long as its window
 *     begins before the padding behind
 */
record Window(
    int[] size, int[] strides, int[] dilations, int[] begins, int[] ends, boolean ceiling) {
  static final int DEPTH = 0;
  static final int ROWS = 1;
  static final int COLUMNS = 2;
  private static final int AXES = 3;

  /**
   * The window of a node.
   *
   * @param kernel its size along the axes that are there
   */
  static Window of(NodeCall call, Volume input, long[] kernel) {
    var spatial = input.spatial();
    check(kernel.length == spatial, "%s has a window of %d axes", call, kernel.length);
    var pads = call.wholes("pads", 2 * spatial, 0);
    var window =
        new Window(
            ofAxes(kernel, 1),
            ofAxes(call.wholes("strides", spatial, 1), 1),
            ofAxes(call.wholes("dilations", spatial, 1), 1),
            ofAxes(Arrays.copyOf(pads, spatial), 0),
            ofAxes(Arrays.copyOfRange(pads, spatial, 2 * spatial), 0),
            call.whole("ceil_mode", 0) != 0);
    for (var axis = 0; axis < AXES; axis++) {
      check(
          window.size[axis] > 0 && window.strides[axis] > 0 && window.dilations[axis] > 0,
          "A window of %s has a size, a stride and a dilation of %d, %d and %d",
          call,
          window.size[axis],
          window.strides[axis],
          window.dilations[axis]);
      Math.addExact(1, Math.multiplyExact(window.size[axis] - 1, window.dilations[axis]));
    }
    return window.padded(call, input);
  }

  /** Numbers for all axes; those that aren't there have another one. */
  static int[] ofAxes(long[] given, int otherwise) {
    var all = new int[AXES];
    Arrays.fill(all, otherwise);
    for (var i = 0; i < given.length; i++) {
      all[AXES - given.length + i] = Math.toIntExact(given[i]);
    }
    return all;
  }

  private Window padded(NodeCall call, Volume input) {
    var mode = call.text("auto_pad", "NOTSET");
    if (mode.equals("NOTSET") || mode.isEmpty()) {
      return this;
    }
    var before = new int[AXES];
    var after = new int[AXES];
    if (!mode.equals("VALID")) {
      for (var axis = 0; axis < AXES; axis++) {
        var steps = Math.ceilDiv(input.length(axis), strides[axis]);
        var needed = Math.max(0, (steps - 1) * strides[axis] + span(axis) - input.length(axis));
        var first = mode.equals("SAME_LOWER") ? Math.ceilDiv(needed, 2) : needed / 2;
        before[axis] = (int) first;
        after[axis] = (int) (needed - first);
      }
    }
    return new Window(size, strides, dilations, before, after, ceiling);
  }

  /** From the first position to the last. */
  int span(int axis) {
    return (size[axis] - 1) * dilations[axis] + 1;
  }

  /** The steps along an axis of some length. */
  int steps(int axis, long length) {
    var free = length + begins[axis] + ends[axis] - span(axis);
    check(
        free >= 0,
        "A window of %d positions doesn't fit into %d with a padding of %d and %d",
        span(axis),
        length,
        begins[axis],
        ends[axis]);
    var last = ceiling ? Math.ceilDiv(free, strides[axis]) : free / strides[axis];
    var leaves = ceiling && last * strides[axis] >= length + begins[axis];
    return Math.toIntExact(leaves ? last : last + 1);
  }

  /** Checks that the memory holds what windows give. */
  void checkRoom(NodeCall call, Volume input, long channels) {
    var shape = new long[] {input.batch(), 0, 0, 0, channels};
    for (var axis = 0; axis < AXES; axis++) {
      shape[axis + 1] = steps(axis, input.length(axis));
    }
    call.checkRoom(shape);
  }

  /** How many positions of a window's step lie in an axis that is {@code border} longer. */
  long inside(int axis, int step, long length, boolean withPadding) {
    var from = withPadding ? -begins[axis] : 0L;
    var to = length + (withPadding ? ends[axis] : 0);
    var start = (long) step * strides[axis] - begins[axis];
    return IntStream.range(0, size[axis])
        .mapToLong(i -> start + (long) i * dilations[axis])
        .filter(at -> at >= from && at < to)
        .count();
  }

  /** Whether rows and columns are padded alike on both sides and the window has no gaps. */
  boolean isPlain() {
    return begins[ROWS] == ends[ROWS]
        && begins[COLUMNS] == ends[COLUMNS]
        && dilations[ROWS] == 1
        && dilations[COLUMNS] == 1;
  }

  /** The window in a slice, with the padding before rows and columns on both sides. */
  SlidingWindow inSlice() {
    return slice(begins[ROWS], begins[COLUMNS], ceiling);
  }

  /** The window in a slice that has its padding already. */
  SlidingWindow inPaddedSlice() {
    return slice(0, 0, false);
  }

  private SlidingWindow slice(int rows, int columns, boolean roundedUp) {
    return new SlidingWindow(
        size[ROWS],
        size[COLUMNS],
        strides[ROWS],
        strides[COLUMNS],
        rows,
        columns,
        dilations[ROWS],
        dilations[COLUMNS],
        roundedUp);
  }

  /**
   * Slices with the padding as pixels of their own, as far as windows reach.
   *
   * @param slices {@code [slices, rows, columns, channels]}
   */
  Tensor padded(NodeCall call, Tensor slices, double value) {
    var x = slices;
    for (var axis = ROWS; axis <= COLUMNS; axis++) {
      x = padded(call, x, axis, axis, value);
    }
    return x;
  }

  /** The padding along one axis of a tensor. */
  Tensor padded(NodeCall call, Tensor x, int tensorAxis, int axis, double value) {
    var length = x.size(tensorAxis);
    var reached = (long) (steps(axis, length) - 1) * strides[axis] + span(axis);
    var after = Math.max(ends[axis], reached - length - begins[axis]);
    if (begins[axis] == 0 && after == 0) {
      return x;
    }
    check(begins[axis] >= 0 && ends[axis] >= 0, "%s has a negative padding", call);
    var shape = x.shape();
    shape[tensorAxis] += begins[axis] + after;
    ShapeOperators.checkedElements(call, shape);
    return call.use(Pad.apply(call.tape(), x, tensorAxis, begins[axis], after, value));
  }

  /** The window along depth alone, as one of rows over columns of slices. */
  Window ofDepth() {
    return new Window(
        new int[] {1, size[DEPTH], 1},
        new int[] {1, strides[DEPTH], 1},
        new int[] {1, dilations[DEPTH], 1},
        new int[] {0, begins[DEPTH], 0},
        new int[] {0, ends[DEPTH], 0},
        ceiling);
  }
}
