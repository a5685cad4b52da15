package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.factory.Nd4j;

/** The ND4J operations that the portable kernels share, each writing an array it is given. */
final class Nd4jOperations {
  /** exp of anything smaller differs from 0 by less than a double can hold beside 1. */
  private static final double LEAST_EXPONENT = -700;

  private Nd4jOperations() {}

  static void add(INDArray first, INDArray second, INDArray out) {
    run("add", out, first, second);
  }

  static void subtract(INDArray first, INDArray second, INDArray out) {
    run("subtract", out, first, second);
  }

  static void multiply(INDArray first, INDArray second, INDArray out) {
    run("multiply", out, first, second);
  }

  static void relu(INDArray x, INDArray out) {
    Nd4j.exec(new ScalarMax(x, null, out, 0.0));
  }

  /** {@code out = x} where {@code sign > 0}, else 0; {@code out} may be {@code x}. */
  static void passWherePositive(INDArray sign, INDArray x, INDArray out) {
    try (var positive = likeOf(sign)) {
      Nd4j.exec(new Step(sign, positive, 0.0));
      x.muli(positive, out);
    }
  }

  /** The array as a matrix: its last axis stays, all others become rows. */
  static INDArray rows(INDArray array) {
    var width = array.size(-1);
    return array.reshape('c', new long[] {array.length() / width, width});
  }

  /**
   * {@code out = first · second}, either operand optionally read transposed. ND4J refuses operands
   * without elements, whose products are zeros.
   */
  static void product(
      INDArray first,
      boolean transposeFirst,
      INDArray second,
      boolean transposeSecond,
      INDArray out) {
    if (out.isEmpty()) {
      return;
    }
    if (first.isEmpty()) {
      out.assign(0);
      return;
    }
    var transpose =
        MMulTranspose.builder().transposeA(transposeFirst).transposeB(transposeSecond).build();
    Nd4j.exec(new Mmul(first, second, out, transpose));
  }

  /** Runs a native operation that has no arguments beyond its inputs. */
  static void run(String name, INDArray out, INDArray... inputs) {
    Nd4j.exec(DynamicCustomOp.builder(name).addInputs(inputs).addOutputs(out).build());
  }

  /** An array with the type and shape of {@code like}, undefined contents, to be closed. */
  static INDArray likeOf(INDArray like) {
    return likeOf(like, like.shape());
  }

  /** An array with the type of {@code like} and the given shape, undefined contents. */
  static INDArray likeOf(INDArray like, long... shape) {
    return Nd4j.createUninitialized(like.dataType(), shape, 'c');
  }

  /** 1 where {@code condition} holds, else 0, in the type of {@code like}; closes the condition. */
  static INDArray indicator(INDArray condition, INDArray like) {
    try (condition) {
      return condition.castTo(like.dataType());
    }
  }

  /**
   * {@code x = log(1 + x)} in place for {@code x ≥ 0}, accurate near 0, where ND4J's own operation
   * of that name loses all digits. Uses {@code x · log(u) / (u − 1)} with {@code u = 1 + x} rounded
   * (Kahan), whose two errors cancel.
   */
  static void log1p(INDArray x) {
    try (var logarithm = x.add(1);
        var difference = logarithm.sub(1);
        var tiny = indicator(difference.eq(0), x)) {
      Nd4j.exec(new Log(logarithm, logarithm));
      x.muli(logarithm.addi(tiny)).divi(difference.addi(tiny));
    }
  }

  /** {@code x = exp(x) − 1} in place for {@code x ≤ 0}, accurate near 0, by the same device. */
  static void expm1(INDArray x) {
    Nd4j.exec(new ScalarMax(x, null, x, LEAST_EXPONENT));
    try (var exponential = x.dup('c')) {
      Nd4j.exec(new Exp(exponential, exponential));
      try (var logarithm = exponential.dup('c')) {
        Nd4j.exec(new Log(logarithm, logarithm));
        try (var tiny = indicator(logarithm.eq(0), x)) {
          x.muli(exponential.subi(1).addi(tiny)).divi(logarithm.addi(tiny));
        }
      }
    }
  }
}
