package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** The ND4J operations that the portable kernels share, each writing an array it is given. */
final class Arithmetic {
  private Arithmetic() {}

  static void add(INDArray first, INDArray second, INDArray out) {
    run("add", out, first, second);
  }

  static void subtract(INDArray first, INDArray second, INDArray out) {
    run("subtract", out, first, second);
  }

  static void multiply(INDArray first, INDArray second, INDArray out) {
    run("multiply", out, first, second);
  }

  /** Runs a native operation that has no arguments beyond its inputs. */
  static void run(String name, INDArray out, INDArray... inputs) {
    Nd4j.exec(DynamicCustomOp.builder(name).addInputs(inputs).addOutputs(out).build());
  }

  /** An array with the type and shape of {@code like}, undefined contents, to be closed. */
  static INDArray likeOf(INDArray like) {
    return Nd4j.createUninitialized(like.dataType(), like.shape(), 'c');
  }

  /** 1 where {@code condition} holds, else 0, in the type of {@code like}; closes the condition. */
  static INDArray indicator(INDArray condition, INDArray like) {
    try (condition) {
      return condition.castTo(like.dataType());
    }
  }
}
