package org.pellucid.engine.kernels.vector;

import java.util.Optional;
import org.pellucid.engine.kernels.ActivationKernels;
import org.pellucid.engine.kernels.ProductKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.Workspace;
import org.pellucid.engine.kernels.vector.Blas.Matrix;
import org.pellucid.engine.kernels.vector.RightMatrix.Reading;
import org.pellucid.engine.tensor.Tensor;

/**
 * Matrix products: those with weights through {@link PanelledProducts}, all others by BLAS.
 *
 * <p>For BLAS the result is cut into blocks by its shape alone, one call each. Since neither the
 * number of threads nor other callers move a block's borders, they don't change the result's bits.
 */
final class VectorProducts implements ProductKernels {
  private static final long BLOCK = 384;

  private final Workers workers;
  private final ActivationKernels activations;
  private final ProductKernels portable;
  private final PanelledProducts panelled;

  VectorProducts(Workers workers, ActivationKernels activations, ProductKernels portable) {
    this.workers = workers;
    this.activations = activations;
    this.portable = portable;
    this.panelled = new PanelledProducts(workers);
  }

  /** What stays with the weight of a linear layer once it was read in both directions. */
  @Override
  public Workspace workspace(Tensor weight) {
    var forward = panels(weight.size(0), weight.size(1));
    var backward = panels(weight.size(1), weight.size(0));
    return new Workspace((forward + backward) * Float.BYTES, 0);
  }

  /** Numbers in the panels of a right matrix. */
  private static long panels(long columns, long depth) {
    return RightMatrix.isKept(columns)
        ? depth * PanelProduct.panels((int) columns) * PanelProduct.WIDTH
        : 0;
  }

  private static boolean sharesSecond(Tensor first, Tensor second) {
    return second.rank() == 2 && first.rank() > 2;
  }

  @Override
  public void matmul(
      Tensor first, boolean transposeFirst, Tensor second, boolean transposeSecond, Tensor out) {
    if (out.elements() == 0 || transposeFirst && sharesSecond(first, second)) {
      portable.matmul(first, transposeFirst, second, transposeSecond, out);
      return;
    }
    var n = out.size(-1);
    var m = sharesSecond(first, second) ? out.elements() / n : out.size(-2);
    var k = first.size(transposeFirst ? -2 : -1);
    var a = VectorKernels.address(first);
    var b = VectorKernels.address(second);
    var c = VectorKernels.address(out);
    inBlocks(
        out.elements() / (m * n),
        m,
        n,
        (stack, block) ->
            Blas.multiply(
                part(a + stack * m * k * 4, transposeFirst, block.row(), 0, m, k),
                part(b + stack * k * n * 4, transposeSecond, 0, block.column(), k, n),
                0,
                part(c + stack * m * n * 4, false, block.row(), block.column(), m, n),
                block.rows(),
                block.columns(),
                k));
  }

  @Override
  public void linear(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor out) {
    if (out.elements() == 0) {
      portable.linear(x, weight, bias, out);
      return;
    }
    panelled.multiply(
        VectorKernels.address(x),
        out.elements() / weight.size(0),
        new RightMatrix(weight, Reading.TRANSPOSED),
        bias.map(VectorKernels::address).orElse(0L),
        VectorKernels.address(out));
  }

  @Override
  public void linearGelu(Tensor x, Tensor weight, Tensor bias, Optional<Tensor> sums, Tensor out) {
    linear(x, weight, Optional.of(bias), sums.orElse(out));
    activations.gelu(sums.orElse(out), out);
  }

  @Override
  public void linearInputGradient(Tensor gradient, Tensor weight, Tensor out) {
    if (out.elements() == 0) {
      portable.linearInputGradient(gradient, weight, out);
      return;
    }
    panelled.multiply(
        VectorKernels.address(gradient),
        out.elements() / weight.size(1),
        new RightMatrix(weight, Reading.PLAIN),
        0,
        VectorKernels.address(out));
  }

  /** A part of a result that one thread computes. */
  private record Block(long row, long column, long rows, long columns) {}

  @FunctionalInterface
  private interface BlockConsumer {
    void accept(long stack, Block block);
  }

  private void inBlocks(long stacks, long m, long n, BlockConsumer consumer) {
    Blas.useCallingThread();
    var down = (m + BLOCK - 1) / BLOCK;
    var across = (n + BLOCK - 1) / BLOCK;
    workers.run(
        Math.toIntExact(stacks * down * across),
        piece -> {
          var row = piece / across % down * BLOCK;
          var column = piece % across * BLOCK;
          var rows = Math.min(BLOCK, m - row);
          var columns = Math.min(BLOCK, n - column);
          consumer.accept(piece / (down * across), new Block(row, column, rows, columns));
        });
  }

  /** A dense {@code [height, width]} matrix from one of its elements on. */
  private static Matrix part(
      long address, boolean transposed, long row, long column, long height, long width) {
    return transposed
        ? Matrix.transposed(address + (column * height + row) * 4, height)
        : Matrix.of(address + (row * width + column) * 4, width);
  }
}
