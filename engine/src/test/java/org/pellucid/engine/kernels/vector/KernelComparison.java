package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
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

  /** Makes tensors of the type that is being computed in. */
  record Precision(ElementType type) {
    Tensor of(float[] values, long... shape) {
      var tensor = empty(shape);
      tensor.set(values);
      return tensor;
    }

    Tensor empty(long... shape) {
      return Tensor.uninitialised(type, shape);
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
    var expected =
        computation.run(new PortableKernels(), new Precision(ElementType.FLOAT64)).toDoubles();
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
    return computation
        .run(new VectorKernels(threads), new Precision(ElementType.FLOAT32))
        .toFloats();
  }
}
