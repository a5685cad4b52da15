package org.pellucid.engine.kernels.vector;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** Matrix products by OpenBLAS, called on native addresses in row-major order without a copy. */
final class Blas {
  private static final int ROW_MAJOR = 101;
  private static final int PLAIN = 111;
  private static final int TRANSPOSED = 112;

  /** A pointer to memory that somebody else owns. */
  private static final class Address extends FloatPointer {
    Address(long address) {
      super((Pointer) null);
      this.address = address;
    }
  }

  private Blas() {}

  /**
   * {@code out = first · second + beta · out} with {@code [m, k]}, {@code [k, n]} and {@code [m,
   * n]}; an operand that is read transposed lies in memory the other way round.
   */
  static void multiply(
      long first,
      boolean transposeFirst,
      long second,
      boolean transposeSecond,
      long out,
      long m,
      long n,
      long k,
      float beta) {
    try (var a = new Address(first);
        var b = new Address(second);
        var c = new Address(out)) {
      openblas_nolapack.cblas_sgemm(
          ROW_MAJOR,
          transposeFirst ? TRANSPOSED : PLAIN,
          transposeSecond ? TRANSPOSED : PLAIN,
          (int) m,
          (int) n,
          (int) k,
          1,
          a,
          (int) (transposeFirst ? m : k),
          b,
          (int) (transposeSecond ? k : n),
          beta,
          c,
          (int) n);
    }
  }
}
