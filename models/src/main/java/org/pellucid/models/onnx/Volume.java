package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Take;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Real;

/**
 * What windows move over: signals {@code [batch, length, channels]}, images {@code [batch, rows,
 * columns, channels]} or volumes {@code [batch, depth, rows, columns, channels]}, all seen as
 * volumes.
 */
record Volume(NodeCall call, Tensor tensor) {

  /** A node's input. */
  static Volume of(NodeCall call) {
    return of(call, call.image(0).tensor());
  }

  /** A tensor with its channels last. */
  static Volume of(NodeCall call, Tensor x) {
    check(x.rank() <= 5, "%s takes signals, images and volumes, not %d axes", call, x.rank());
    check(x.elements() > 0, "%s takes no input without elements", call);
    return new Volume(call, x);
  }

  /** The number of axes beside batch and channels. */
  int spatial() {
    return tensor.rank() - 2;
  }

  boolean isDeep() {
    return spatial() == 3;
  }

  /** The length of depth, rows or columns. */
  long length(int axis) {
    var own = axis - 3 + spatial();
    return own < 0 ? 1 : tensor.size(own + 1);
  }

  long batch() {
    return tensor.size(0);
  }

  long channels() {
    return tensor.size(-1);
  }

  /** All slices one after the other: {@code [batch · depth, rows, columns, channels]}. */
  Tensor slices() {
    return switch (spatial()) {
      case 1 -> shaped(tensor, batch(), 1, length(Window.COLUMNS), channels());
      case 2 -> tensor;
      default ->
          shaped(
              tensor,
              batch() * length(Window.DEPTH),
              length(Window.ROWS),
              length(Window.COLUMNS),
              channels());
    };
  }

  /** The graph's value of slices. */
  Value result(Tensor slices) {
    return new Real(
        switch (spatial()) {
          case 1 -> shaped(call.use(slices), batch(), slices.size(2), slices.size(3));
          case 2 -> slices;
          default ->
              shaped(
                  call.use(slices),
                  batch(),
                  slices.size(0) / batch(),
                  slices.size(1),
                  slices.size(2),
                  slices.size(3));
        },
        true);
  }

  private Tensor shaped(Tensor x, long... shape) {
    return call.use(Reshape.apply(call.tape(), x, shape));
  }

  /**
   * Slices chosen by their depth, the same in each example.
   *
   * @param slices {@code [batch · depth, rows, columns, channels]}
   * @param depths the chosen ones
   */
  Tensor slicesAt(Tensor slices, int... depths) {
    var depth = (int) (slices.size(0) / batch());
    var rows = new int[(int) batch() * depths.length];
    for (var i = 0; i < rows.length; i++) {
      rows[i] = i / depths.length * depth + depths[i % depths.length];
    }
    var shape = slices.shape();
    shape[0] = rows.length;
    var width = shape[1] * shape[2] * shape[3];
    return call.use(Take.apply(call.tape(), slices, rows, width, shape));
  }
}
