package org.pellucid.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.function.UnaryOperator;
import org.pellucid.bench.work.ExplanationWork;

/** Steps of Adam on images so that a number grows, with the constants of PyTorch's optimiser. */
final class Ascent {
  private static final float FIRST_DECAY = 0.9f;
  private static final float SECOND_DECAY = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final NDManager scope;
  private final NDArray images;
  private final NDArray mean;
  private final NDArray square;

  /** Begins with the given images. */
  Ascent(NDManager scope, float[] images, Shape shape) {
    this.scope = scope;
    this.images = scope.create(images, shape);
    this.mean = scope.zeros(shape);
    this.square = scope.zeros(shape);
  }

  /**
   * Takes steps.
   *
   * @param objective the number that grows
   * @return it before each step and at the end
   */
  float[] of(int steps, UnaryOperator<NDArray> objective) {
    var objectives = new float[steps + 1];
    for (var step = 0; step < steps; step++) {
      try (var inner = scope.newSubManager()) {
        images.tempAttach(inner);
        mean.tempAttach(inner);
        square.tempAttach(inner);
        var x = images.duplicate();
        x.setRequiresGradient(true);
        try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
          var value = objective.apply(x);
          collector.backward(value.neg());
          objectives[step] = value.getFloat();
        }
        update(x.getGradient(), step + 1);
      }
    }
    try (var inner = scope.newSubManager()) {
      images.tempAttach(inner);
      objectives[steps] = objective.apply(images).getFloat();
    }
    return objectives;
  }

  private void update(NDArray gradient, int step) {
    mean.muli(FIRST_DECAY).addi(gradient.mul(1 - FIRST_DECAY));
    square.muli(SECOND_DECAY).addi(gradient.mul(gradient).muli(1 - SECOND_DECAY));
    var unbiased = square.div((float) (1 - Math.pow(SECOND_DECAY, step)));
    var size = ExplanationWork.LEARNING_RATE / (1 - Math.pow(FIRST_DECAY, step));
    images.subi(mean.mul((float) size).divi(unbiased.sqrt().addi(EPSILON)));
  }
}
