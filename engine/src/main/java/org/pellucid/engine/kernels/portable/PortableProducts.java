package org.pellucid.engine.kernels.portable;

import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.engine.kernels.ActivationKernels;
import org.pellucid.engine.kernels.ProductKernels;
import org.pellucid.engine.tensor.Tensor;

/** Matrix products, with stacks of matrices in one call. */
final class PortableProducts implements ProductKernels {
  private final ActivationKernels activations;

  PortableProducts(ActivationKernels activations) {
    this.activations = activations;
  }

  @Override
  public void matmul(
      Tensor first, boolean transposeFirst, Tensor second, boolean transposeSecond, Tensor out) {
    var sharedSecond = second.rank() == 2 && first.rank() > 2;
    if (sharedSecond && transposeFirst) {
      try (var dense = first.array().permute(lastTwoSwapped(first.rank())).dup('c')) {
        Nd4jOperations.product(
            Nd4jOperations.rows(dense),
            false,
            second.array(),
            transposeSecond,
            Nd4jOperations.rows(out.array()));
      }
    } else if (sharedSecond) {
      Nd4jOperations.product(
          Nd4jOperations.rows(first.array()),
          false,
          second.array(),
          transposeSecond,
          Nd4jOperations.rows(out.array()));
    } else {
      Nd4jOperations.product(
          stack(first), transposeFirst, stack(second), transposeSecond, stack(out));
    }
  }

  private static int[] lastTwoSwapped(int rank) {
    var axes = IntStream.range(0, rank).toArray();
    axes[rank - 2] = rank - 1;
    axes[rank - 1] = rank - 2;
    return axes;
  }

  private static INDArray stack(Tensor x) {
    if (x.rank() <= 3) {
      return x.array();
    }
    var height = x.size(-2);
    var width = x.size(-1);
    return x.array().reshape('c', new long[] {x.elements() / (height * width), height, width});
  }

  @Override
  public void linear(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor out) {
    Nd4jOperations.product(
        Nd4jOperations.rows(x.array()),
        false,
        weight.array(),
        true,
        Nd4jOperations.rows(out.array()));
    bias.ifPresent(b -> Nd4jOperations.add(out.array(), b.array(), out.array()));
  }

  @Override
  public void linearGelu(Tensor x, Tensor weight, Tensor bias, Optional<Tensor> sums, Tensor out) {
    if (sums.isPresent()) {
      linear(x, weight, Optional.of(bias), sums.get());
      activations.gelu(sums.get(), out);
      return;
    }
    try (var own = Tensor.uninitialised(out.type(), out.shape())) {
      linear(x, weight, Optional.of(bias), own);
      activations.gelu(own, out);
    }
  }

  @Override
  public void linearInputGradient(Tensor gradient, Tensor weight, Tensor out) {
    matmul(gradient, false, weight, false, out);
  }
}
