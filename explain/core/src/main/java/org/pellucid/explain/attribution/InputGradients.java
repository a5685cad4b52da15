package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Model;

/**
 * Gradients of an image model's output with respect to its input, and nothing else: no weight
 * gradient is computed.
 */
public final class InputGradients {
  /** The batch beyond which an image takes no less time; see decision 006. */
  private static final int FASTEST_BATCH = 8;

  /** Images to look at, numbered from 0. */
  @FunctionalInterface
  public interface Images {
    /**
     * Writes one image, {@code [3, height, width]}. Several threads call this at the same time.
     *
     * @param target where it goes, from {@code offset} on
     */
    void write(int number, float[] target, int offset);
  }

  /** Somebody who is given gradients. */
  @FunctionalInterface
  public interface Receiver {
    /**
     * Receives the gradient of one image, {@code [3, height, width]}: one after another in the
     * order of the images' numbers.
     *
     * @param source where it stands, from {@code offset} on, until this method returns
     */
    void accept(int number, double[] source, int offset);
  }

  private final Engine engine;
  private final Model model;
  private final ElementType type;

  /** Gradients of {@code model}, computed by {@code engine} in the type of the model's weights. */
  public InputGradients(Engine engine, Model model, ElementType type) {
    this.engine = engine;
    this.model = model;
    this.type = type;
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /** The number of values in one image. */
  public int imageSize() {
    return 3 * (int) model.inputShape()[1] * (int) model.inputShape()[2];
  }

  /** The engine. */
  public Engine engine() {
    return engine;
  }

  /**
   * A batch of images as a tensor {@code [batch, 3, height, width]} of the model's type, from the
   * engine's memory; the caller closes it.
   */
  public Tensor batch(float[] images) {
    var tensor =
        engine
            .memory()
            .allocate(
                type, count(images), 3, (int) model.inputShape()[1], (int) model.inputShape()[2]);
    tensor.set(images);
    return tensor;
  }

  private int count(float[] images) {
    check(
        images.length > 0 && images.length % imageSize() == 0,
        "%d values are no batch of images of %d",
        images.length,
        imageSize());
    return images.length / imageSize();
  }

  Tensor batchOn(Tape tape, float[] images, int count) {
    var tensor =
        tape.allocate(type, count, 3, (int) model.inputShape()[1], (int) model.inputShape()[2]);
    tensor.set(images, count * imageSize());
    return tensor;
  }

  /** Room for batches of up to {@code capacity} images. */
  public GradientBatch newBatch(int capacity) {
    return new GradientBatch(this, capacity);
  }

  /**
   * The logits of a batch.
   *
   * @param images {@code [batch, 3, height, width]}
   * @return {@code [batch, classes]}
   */
  public double[] logits(float[] images) {
    try (var tape = new Tape(engine)) {
      return model.forward(tape, batchOn(tape, images, count(images))).toDoubles();
    }
  }

  /**
   * The gradients of many images for one target, batch by batch. The batch's size changes speed and
   * memory, never what the receiver gets.
   *
   * @throws IllegalArgumentException if the target is no class of the model, or the engine's memory
   *     budget is too small for one image
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public void forEach(
      int count,
      Images images,
      Objective objective,
      int target,
      Attribution.Run run,
      Receiver receiver) {
    var size = imageSize();
    var batch = newBatch(Math.min(count, run.batchSize().orElseGet(() -> batchWithin(true))));
    for (var done = 0; done < count; ) {
      run.progress().step(done, count);
      var first = done;
      var targets = new int[Math.min(batch.capacity(), count - done)];
      Arrays.fill(targets, target);
      engine.parallel(targets.length, k -> images.write(first + k, batch.images(), k * size));
      batch.compute(objective, targets);
      for (var k = 0; k < targets.length; k++) {
        receiver.accept(first + k, batch.gradients(), k * size);
      }
      done += targets.length;
    }
    run.progress().step(count, count);
  }

  /**
   * The batch for many images: the fastest that the engine's memory budget has room for, by the
   * model's formula if it has one.
   *
   * @param withGradient whether gradients are computed, or logits only
   * @throws IllegalArgumentException if there is no room for one image
   */
  public int batchWithin(boolean withGradient) {
    var budget = engine.memoryBudget();
    return model
        .memory(engine.kernels())
        .map(
            memory -> {
              var image = memory.peak(1, withGradient) - memory.fixed();
              check(
                  memory.peak(1, withGradient) <= budget,
                  "One image needs %.1f MB, but the memory budget is %.1f MB; raise it",
                  memory.peak(1, withGradient) / 1e6,
                  budget / 1e6);
              return (int) Math.min(FASTEST_BATCH, (budget - memory.fixed()) / image);
            })
        .orElse(FASTEST_BATCH);
  }
}
