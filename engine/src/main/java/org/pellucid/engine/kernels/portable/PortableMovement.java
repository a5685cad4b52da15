package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.pellucid.engine.kernels.MovementKernels;
import org.pellucid.engine.tensor.Tensor;

/** Copies of elements to other positions. */
final class PortableMovement implements MovementKernels {

  @Override
  public void copy(Tensor x, Tensor out) {
    try (var source = x.view(x.elements());
        var target = out.view(out.elements())) {
      target.array().assign(source.array());
    }
  }

  @Override
  public void permute(Tensor x, int[] axes, Tensor out) {
    out.array().assign(x.array().permute(axes));
  }

  @Override
  public void slice(Tensor x, int axis, long start, Tensor out) {
    out.array().assign(x.array().get(range(x, axis, start, out.size(axis))));
  }

  @Override
  public void place(Tensor part, int axis, long start, Tensor out) {
    out.array().get(range(out, axis, start, part.size(axis))).assign(part.array());
  }

  private static INDArrayIndex[] range(Tensor x, int axis, long start, long length) {
    var indices = new INDArrayIndex[x.rank()];
    for (var a = 0; a < indices.length; a++) {
      indices[a] = a == axis ? NDArrayIndex.interval(start, start + length) : NDArrayIndex.all();
    }
    return indices;
  }
}
