package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.factory.Nd4j;

/** Reading and writing rows by their numbers, and the loss that picks one entry of each row. */
final class Lookups {
  private Lookups() {}

  static void gather(INDArray table, INDArray ids, INDArray out) {
    var flat = out.reshape('c', new long[] {ids.length(), table.size(1)});
    Nd4j.exec(
        DynamicCustomOp.builder("gather")
            .addInputs(table, ids.reshape('c', new long[] {ids.length()}))
            .addIntegerArguments(0)
            .addOutputs(flat)
            .build());
  }

  /**
   * One row after another: rows of one number must add up, which parallel scatters don't ensure.
   */
  static void scatterAdd(INDArray gradient, INDArray ids, INDArray out) {
    out.assign(0);
    var rows = ids.reshape('c', new long[] {ids.length()}).toIntVector();
    for (var i = 0; i < rows.length; i++) {
      out.getRow(rows[i]).addi(gradient.getRow(i));
    }
  }

  static void negativeLogLikelihood(INDArray logProbabilities, INDArray targets, INDArray out) {
    try (var chosen = oneHot(logProbabilities, targets)) {
      try (var picked = chosen.muli(logProbabilities).sum(1)) {
        out.assign(picked.negi());
      }
    }
  }

  static void crossEntropyGradient(
      INDArray logProbabilities, INDArray targets, INDArray gradient, INDArray out) {
    try (var wide = logProbabilities.castTo(DataType.DOUBLE).dup('c');
        var chosen = oneHot(wide, targets);
        var atTarget = wide.dup('c')) {
      Arithmetic.expm1(atTarget);
      atTarget.muli(chosen);
      Nd4j.exec(new Exp(wide, wide));
      out.assign(wide.muli(chosen.rsubi(1.0)).addi(atTarget));
    }
    Arithmetic.multiply(out, gradient.reshape('c', new long[] {gradient.length(), 1}), out);
  }

  private static INDArray oneHot(INDArray like, INDArray targets) {
    var chosen = Arithmetic.likeOf(like).assign(0);
    var columns = targets.toIntVector();
    for (var row = 0; row < columns.length; row++) {
      chosen.putScalar(row, columns[row], 1);
    }
    return chosen;
  }
}
