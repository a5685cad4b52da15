package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
    out.array().assign(range(x, axis, start, out.size(axis)));
  }

  @Override
  public void place(Tensor part, int axis, long start, Tensor out) {
    range(out, axis, start, part.size(axis)).assign(part.array());
  }

  @Override
  public void select(Tensor condition, Tensor first, Tensor second, Tensor out) {
    if (out.elements() > 0) {
      try (var chosen = condition.array().castTo(DataType.BOOL)) {
        Nd4jOperations.run("select", out.array(), chosen, first.array(), second.array());
      }
    }
  }

  /** A view; ND4J's own of an array with sizes of 1 may come out empty. */
  private static INDArray range(Tensor tensor, int axis, long start, long length) {
    var array = tensor.array();
    var shape = tensor.shape();
    shape[axis] = length;
    var offset = array.offset() + start * array.stride(axis);
    return Nd4j.create(array.data(), shape, array.stride(), offset, 'c');
  }
}
