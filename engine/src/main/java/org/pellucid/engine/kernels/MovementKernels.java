package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** Copies elements to other positions, unchanged. */
public interface MovementKernels {

  /** {@code out = x}, of the same number of elements in the same order. */
  void copy(Tensor x, Tensor out);

  /** Reorders the axes: axis {@code i} of {@code out} is axis {@code axes[i]} of {@code x}. */
  void permute(Tensor x, int[] axes, Tensor out);

  /** {@code out = x[…, start : start + out.size(axis), …]} along one axis. */
  void slice(Tensor x, int axis, long start, Tensor out);

  /** {@code out[…, start : start + part.size(axis), …] = part} along one axis. */
  void place(Tensor part, int axis, long start, Tensor out);

  /**
   * {@code out = first} where {@code condition} is not 0, else {@code second}, all of one shape.
   *
   * @param condition {@code int32}
   */
  void select(Tensor condition, Tensor first, Tensor second, Tensor out);
}
