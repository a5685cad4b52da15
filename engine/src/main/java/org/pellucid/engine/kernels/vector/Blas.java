package org.pellucid.engine.kernels.vector;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.pellucid.engine.kernels.Workers;

/**
 * Matrix products by OpenBLAS on the calling thread, straight on native addresses in row-major
 * order.
 *
 * <p>OpenBLAS's own threads stay off: {@link VectorProducts} and {@link VectorAttention} cut the
 * work into pieces for {@link Workers}, so that no more threads compute than were asked for.
 */
final class Blas {
  private static final int ROW_MAJOR = 101;
  private static final int PLAIN = 111;
  private static final int TRANSPOSED = 112;

  /**
   * A matrix in memory: consecutive numbers in a row, rows {@code stride} numbers apart.
   *
   * @param transposed whether it is read with rows and columns exchanged
   */
  record Matrix(long address, long stride, boolean transposed) {
    static Matrix of(long address, long stride) {
      return new Matrix(address, stride, false);
    }

    static Matrix transposed(long address, long stride) {
      return new Matrix(address, stride, true);
    }
  }

  /** A pointer to memory that it doesn't own. */
  private static final class Address extends FloatPointer {
    Address(long address) {
      super((Pointer) null);
      this.address = address;
    }
  }

  private Blas() {}

  /**
   * Makes OpenBLAS compute on the calling thread; the setting is the process's, and costs a few
   * nanoseconds to look at.
   */
  static void useCallingThread() {
    if (openblas_nolapack.blas_get_num_threads() != 1) {
      openblas_nolapack.blas_set_num_threads(1);
    }
  }

  /**
   * {@code out = first · second + beta · out} with {@code [m, k]}, {@code [k, n]} and {@code [m,
   * n]}.
   */
  static void multiply(
      Matrix first, Matrix second, float beta, Matrix out, long m, long n, long k) {
    try (var a = new Address(first.address());
        var b = new Address(second.address());
        var c = new Address(out.address())) {
      openblas_nolapack.cblas_sgemm(
          ROW_MAJOR,
          first.transposed() ? TRANSPOSED : PLAIN,
          second.transposed() ? TRANSPOSED : PLAIN,
          (int) m,
          (int) n,
          (int) k,
          1,
          a,
          (int) first.stride(),
          b,
          (int) second.stride(),
          beta,
          c,
          (int) out.stride());
    }
  }
}
