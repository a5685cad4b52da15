package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * Room for a batch of images and their gradients, to be used over and over: what it computes takes
 * its memory from the engine's pool and writes its results into the same arrays, so that a long row
 * of batches allocates next to nothing. It belongs to one thread.
 */
public final class GradientBatch {
  private final InputGradients source;
  private final float[] images;
  private final double[] gradients;
  private final double[] logits;

  GradientBatch(InputGradients source, int capacity) {
    check(capacity > 0, "A batch has room for at least one image, not %d", capacity);
    this.source = source;
    this.images = new float[Math.multiplyExact(capacity, source.imageSize())];
    this.gradients = new double[images.length];
    this.logits = new double[Math.multiplyExact(capacity, source.model().outputs())];
  }

  /** The most images of a batch. */
  public int capacity() {
    return images.length / source.imageSize();
  }

  /** Where the images are written, {@code [capacity, 3, height, width]}. */
  public float[] images() {
    return images;
  }

  /** The last batch's gradients, {@code [capacity, 3, height, width]}; the next overwrites them. */
  public double[] gradients() {
    return gradients;
  }

  /** The last batch's logits, {@code [capacity, classes]}; the next overwrites them. */
  public double[] logits() {
    return logits;
  }

  /**
   * Computes the gradient of each image's objective with respect to that image.
   *
   * @param targets one class an image; their number is that of the images
   * @throws IllegalArgumentException if there are more than the capacity, or a target is no class
   *     of the model
   */
  public void compute(Objective objective, int... targets) {
    var count = targets.length;
    check(count > 0 && count <= capacity(), "A batch of %d has no room for %d", capacity(), count);
    for (var target : targets) {
      check(
          target >= 0 && target < source.model().outputs(),
          "The target %d is none of the model's %d classes",
          target,
          source.model().outputs());
    }
    try (var tape = new Tape(source.engine())) {
      var x = tape.watch(source.batchOn(tape, images, count));
      var answer = source.model().forward(tape, x);
      answer.copyTo(logits);
      gradient(tape, x, answer, objective, targets).copyTo(gradients);
    }
  }

  private static Tensor gradient(
      Tape tape, Tensor x, Tensor logits, Objective objective, int[] targets) {
    return switch (objective) {
      case SCORE -> {
        var weights = tape.allocate(logits.type(), logits.shape());
        weights.set(oneHot(targets, (int) logits.size(1)));
        yield tape.gradient(logits, weights, List.of(x)).of(x);
      }
      case LOSS -> {
        var classes = tape.allocate(ElementType.INT32, targets.length);
        classes.set(targets);
        yield tape.gradient(CrossEntropy.apply(tape, logits, classes), x).of(x);
      }
    };
  }

  private static float[] oneHot(int[] targets, int classes) {
    var rows = new float[targets.length * classes];
    for (var row = 0; row < targets.length; row++) {
      rows[row * classes + targets[row]] = 1;
    }
    return rows;
  }

  /** The gradient of one image of the last batch, a copy. */
  public double[] gradient(int index) {
    var size = source.imageSize();
    return Arrays.copyOfRange(gradients, index * size, (index + 1) * size);
  }
}
