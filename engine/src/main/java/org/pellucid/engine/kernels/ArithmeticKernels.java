package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** Arithmetic on elements, broadcast where a method says so, and sums over axes. */
public interface ArithmeticKernels {

  /** {@code out = first + second}, broadcast by NumPy's rules; {@code out} may be either input. */
  void add(Tensor first, Tensor second, Tensor out);

  /** {@code out = first · second}, broadcast by NumPy's rules; {@code out} may be either input. */
  void multiply(Tensor first, Tensor second, Tensor out);

  /** {@code out = factor · x}; {@code out} may be {@code x}. */
  void scale(Tensor x, double factor, Tensor out);

  /** {@code accumulator = accumulator + factor · x}, of one shape. */
  void addScaled(Tensor x, double factor, Tensor accumulator);

  /** {@code out = value} everywhere. */
  void fill(double value, Tensor out);

  /** Sums {@code x} over the axes along which {@code out} would have to stretch to its shape. */
  void sum(Tensor x, Tensor out);
}
