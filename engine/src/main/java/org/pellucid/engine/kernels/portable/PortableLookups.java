package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.LookupKernels;
import org.pellucid.engine.tensor.Tensor;

/** Rows of a table by their numbers. */
final class PortableLookups implements LookupKernels {

  @Override
  public void gather(Tensor table, Tensor ids, Tensor out) {
    gather(table.array(), ids.array(), out.array());
  }

  @Override
  public void scatterAdd(Tensor gradient, Tensor ids, Tensor out) {
    scatterAdd(Nd4jOperations.rows(gradient.array()), ids.array(), out.array());
  }

  private static void gather(INDArray table, INDArray ids, INDArray out) {
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
  private static void scatterAdd(INDArray gradient, INDArray ids, INDArray out) {
    out.assign(0);
    var rows = ids.reshape('c', new long[] {ids.length()}).toIntVector();
    for (var i = 0; i < rows.length; i++) {
      out.getRow(rows[i]).addi(gradient.getRow(i));
    }
  }
}
