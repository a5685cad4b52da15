package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.nn.PictureModel;

/**
 * Gradients of a picture model's output with respect to its input, and nothing else: no weight
 * gradient is computed.
 */
public final class InputGradients {

  /**
   * The answer for a batch.
   *
   * @param gradients {@code [batch, 3, height, width]}
   * @param logits {@code [batch, classes]}
   */
  public record Result(double[] gradients, double[] logits) {}

  private final Engine engine;
  private final PictureModel model;
  private final ElementType type;

  /** Gradients of {@code model}, computed by {@code engine} in the type of the model's weights. */
  public InputGradients(Engine engine, PictureModel model, ElementType type) {
    this.engine = engine;
    this.model = model;
    this.type = type;
  }

  /** The model. */
  public PictureModel model() {
    return model;
  }

  /** The number of values in one picture. */
  public int pictureSize() {
    return 3 * model.inputHeight() * model.inputWidth();
  }

  /** The engine. */
  public Engine engine() {
    return engine;
  }

  /** A batch of pictures as a tensor {@code [batch, 3, height, width]} of the model's type. */
  public Tensor batch(float[] pictures) {
    check(
        pictures.length > 0 && pictures.length % pictureSize() == 0,
        "%d values are no batch of pictures of %d",
        pictures.length,
        pictureSize());
    var tensor =
        Tensor.uninitialised(
            type, pictures.length / pictureSize(), 3, model.inputHeight(), model.inputWidth());
    tensor.set(pictures);
    return tensor;
  }

  /**
   * The logits of a batch.
   *
   * @param pictures {@code [batch, 3, height, width]}
   * @return {@code [batch, classes]}
   */
  public double[] logits(float[] pictures) {
    try (var x = batch(pictures);
        var tape = new Tape(engine)) {
      return model.forward(tape, x).toDoubles();
    }
  }

  /**
   * The gradient of each picture's objective with respect to that picture.
   *
   * @param pictures {@code [batch, 3, height, width]}
   * @param targets one class a picture
   * @throws IllegalArgumentException if a target is no class of the model
   */
  public Result of(float[] pictures, int[] targets, Objective objective) {
    for (var target : targets) {
      check(
          target >= 0 && target < model.classes(),
          "The target %d is none of the model's %d classes",
          target,
          model.classes());
    }
    try (var x = batch(pictures);
        var tape = new Tape(engine)) {
      tape.watch(x);
      var logits = model.forward(tape, x);
      var gradients =
          switch (objective) {
            case SCORE -> scoreGradient(tape, x, logits, targets);
            case LOSS -> lossGradient(tape, x, logits, targets);
          };
      return new Result(gradients, logits.toDoubles());
    }
  }

  private static double[] scoreGradient(Tape tape, Tensor x, Tensor logits, int[] targets) {
    var oneHot = new double[(int) logits.elements()];
    for (var i = 0; i < targets.length; i++) {
      oneHot[i * (int) logits.size(1) + targets[i]] = 1;
    }
    try (var weights = Tensor.uninitialised(logits.type(), logits.shape())) {
      weights.set(oneHot);
      return tape.gradient(logits, weights, List.of(x)).of(x).toDoubles();
    }
  }

  private static double[] lossGradient(Tape tape, Tensor x, Tensor logits, int[] targets) {
    try (var classes = Tensor.of(targets, targets.length)) {
      var losses = CrossEntropy.apply(tape, logits, classes);
      return tape.gradient(losses, x).of(x).toDoubles();
    }
  }
}
