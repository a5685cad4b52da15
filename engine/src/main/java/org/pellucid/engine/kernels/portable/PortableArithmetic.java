package org.pellucid.engine.kernels.portable;

import java.util.stream.IntStream;
import org.pellucid.engine.kernels.ArithmeticKernels;
import org.pellucid.engine.kernels.MovementKernels;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** Arithmetic on elements, and sums over axes. */
final class PortableArithmetic implements ArithmeticKernels {
  private final MovementKernels movement;

  PortableArithmetic(MovementKernels movement) {
    this.movement = movement;
  }

  @Override
  public void add(Tensor first, Tensor second, Tensor out) {
    Nd4jOperations.add(first.array(), second.array(), out.array());
  }

  @Override
  public void multiply(Tensor first, Tensor second, Tensor out) {
    Nd4jOperations.multiply(first.array(), second.array(), out.array());
  }

  @Override
  public void scale(Tensor x, double factor, Tensor out) {
    x.array().muli(factor, out.array());
  }

  @Override
  public void addScaled(Tensor x, double factor, Tensor accumulator) {
    if (factor == 1) {
      accumulator.array().addi(x.array());
      return;
    }
    try (var scaled = x.array().mul(factor)) {
      accumulator.array().addi(scaled);
    }
  }

  @Override
  public void fill(double value, Tensor out) {
    out.array().assign(value);
  }

  @Override
  public void sum(Tensor x, Tensor out) {
    var target = Shapes.padded(out.shape(), x.rank());
    var axes = IntStream.range(0, x.rank()).filter(a -> target[a] != x.size(a)).toArray();
    if (axes.length == 0) {
      movement.copy(x, out);
      return;
    }
    try (var sums = x.array().sum(true, axes);
        var flat = out.view(out.elements())) {
      flat.array().assign(sums.reshape('c', new long[] {out.elements()}));
    }
  }
}
