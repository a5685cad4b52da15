package org.pellucid.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.UnaryOperator;
import org.pellucid.bench.contender.Task;

/**
 * The backward step of one operation alone, which PyTorch takes only after a forward one: that runs
 * before each turn, unmeasured. What DJL's gradient collector would call is called directly, since
 * it takes no weights for the result's elements.
 */
final class BackwardTask implements Task {
  private final NDManager owner;
  private final NDArray variable;
  private final UnaryOperator<NDArray> operation;
  private final NDArray weights;
  private NDManager scope;
  private NDArray leaf;
  private NDArray result;

  /**
   * The gradient of {@code Σ weights · operation(variable)} with respect to the variable.
   *
   * @param owner of all arrays
   */
  BackwardTask(
      NDManager owner, NDArray variable, UnaryOperator<NDArray> operation, NDArray weights) {
    this.owner = owner;
    this.variable = variable;
    this.operation = operation;
    this.weights = weights;
    this.scope = owner.newSubManager();
  }

  @Override
  public void before() {
    scope.close();
    scope = owner.newSubManager();
    variable.tempAttach(scope);
    leaf = variable.duplicate();
    leaf.setRequiresGradient(true);
    try (var _ = Engine.getEngine("PyTorch").newGradientCollector()) {
      result = operation.apply(leaf);
    }
  }

  @Override
  public void run() {
    JniUtils.backward((PtNDArray) result, (PtNDArray) weights, false, false);
  }

  @Override
  public float[] answer() {
    before();
    run();
    return leaf.getGradient().toFloatArray();
  }

  @Override
  public void close() {
    owner.close();
  }
}
