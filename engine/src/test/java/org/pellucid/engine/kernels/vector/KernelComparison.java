package org.pellucid.engine.kernels.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * Compares a computation on the vector kernels in float with the same on the portable in double.
 */
final class KernelComparison {
  private final Random random = new Random(11);

  /**
   * Makes tensors of the type that is being computed in, and holds them until the end: a kernel
   * knows addresses only, which don't keep a tensor's memory from being collected.
   */
  record Precision(ElementType type, List<Tensor> tensors) implements AutoCloseable {
    Precision(ElementType type) {
      this(type, new ArrayList<>());
    }

    Tensor of(float[] values, long... shape) {
      var tensor = empty(shape);
      tensor.set(values);
      return tensor;
    }

    Tensor empty(long... shape) {
      var tensor = Tensor.uninitialised(type, shape);
      tensors.add(tensor);
      return tensor;
    }

    Tensor integers(int[] values) {
      var tensor = Tensor.of(values, values.length);
      tensors.add(tensor);
      return tensor;
    }

    Tensor zeros(long... shape) {
      var tensor = Tensor.zeros(type, shape);
      tensors.add(tensor);
      return tensor;
    }

    @Override
    public void close() {
      tensors.forEach(Tensor::close);
    }
  }

  /** Something computed by kernels from the same numbers in either precision. */
  @FunctionalInterface
  interface Computation {
    Tensor run(Kernels kernels, Precision in);
  }

  /** Normally distributed numbers. */
  float[] numbers(long... shape) {
    var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The norm of the difference over the norm of the exact result. */
  static double distance(Computation computation) {
    double[] expected;
    try (var in = new Precision(ElementType.FLOAT64)) {
      expected = computation.run(new PortableKernels(), in).toDoubles();
    }
    var actual = fast(2, computation);
    var difference = 0.0;
    var norm = 1e-300;
    for (var i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  /** What the vector kernels give with a number of threads. */
  static float[] fast(int threads, Computation computation) {
    try (var in = new Precision(ElementType.FLOAT32)) {
      return computation.run(new VectorKernels(threads), in).toFloats();
    }
  }
}
