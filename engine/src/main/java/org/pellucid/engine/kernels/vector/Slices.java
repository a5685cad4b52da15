package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/** Ranges along one axis, copied run by run in any type. */
final class Slices {
  private static final long PIECE_BYTES = 1 << 17;

  private final Workers workers;

  Slices(Workers workers) {
    this.workers = workers;
  }

  void slice(Tensor x, int axis, long start, Tensor out) {
    copy(x, start, out, 0, axis, out.size(axis));
  }

  void place(Tensor part, int axis, long start, Tensor out) {
    copy(part, 0, out, start, axis, part.size(axis));
  }

  private void copy(Tensor from, long fromStart, Tensor to, long toStart, int axis, long length) {
    var inner = (long) from.type().bytes();
    for (var a = axis + 1; a < from.rank(); a++) {
      inner *= from.size(a);
    }
    var run = length * inner;
    var fromStride = from.size(axis) * inner;
    var toStride = to.size(axis) * inner;
    var source = VectorKernels.address(from) + fromStart * inner;
    var target = VectorKernels.address(to) + toStart * inner;
    if (run == 0 || from.elements() == 0) {
      return;
    }
    workers.ranges(
        from.elements() * from.type().bytes() / fromStride,
        Math.max(1, PIECE_BYTES / run),
        (first, last) -> {
          for (var i = first; i < last; i++) {
            Lanes.copy(source + i * fromStride, target + i * toStride, run);
          }
        });
  }
}
