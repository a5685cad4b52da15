package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.pellucid.explain.Explanation;
import org.pellucid.explain.Progress;

/** A method that explains one image by gradients of the model. */
public sealed interface Attribution permits Saliency, SmoothGrad, IntegratedGradients {

  /**
   * Parameters of a run that every method has: none of them changes the answer but the seed.
   *
   * @param batchSize images at a time, at least 1; where it is empty the engine's memory budget
   *     decides
   */
  record Run(OptionalInt batchSize, long seed, Progress progress) {

    /**
     * Checks the batch size.
     *
     * @throws IllegalArgumentException if it isn't positive
     */
    public Run {
      check(batchSize.orElse(1) > 0, "A batch has room for at least one image");
    }

    /** A run in batches of the given size. */
    public Run(int batchSize, long seed, Progress progress) {
      this(OptionalInt.of(batchSize), seed, progress);
    }

    /** Batches as the memory budget allows, seed 0, no progress. */
    public static Run standard() {
      return new Run(OptionalInt.empty(), 0, Progress.NONE);
    }
  }

  /** The method's name on the command line. */
  String method();

  /** The method's parameters by their names on the command line, in order. */
  Map<String, Object> parameters();

  /**
   * Explains one image.
   *
   * @param gradients of the model to be explained
   * @param image {@code [3, height, width]}
   * @param target the class to explain
   * @throws IllegalArgumentException if the image or the target doesn't fit the model
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  Explanation explain(InputGradients gradients, float[] image, int target, Run run);

  /** Puts a result together. */
  static Explanation result(
      Attribution method,
      double[] values,
      long[] shape,
      int target,
      float[] logits,
      Run run,
      Map<String, Double> quality,
      long startNanos) {
    return new Explanation(
        method.method(),
        toFloats(values),
        shape,
        target,
        logits,
        new LinkedHashMap<>(method.parameters()),
        run.seed(),
        quality,
        (System.nanoTime() - startNanos) / 1e9);
  }

  /**
   * The image itself.
   *
   * @throws IllegalArgumentException if it hasn't the size that the model takes
   */
  static float[] checked(InputGradients gradients, float[] image) {
    check(
        image.length == gradients.imageSize(),
        "An image has %d values where the model takes %d",
        image.length,
        gradients.imageSize());
    return image;
  }

  /** The values rounded to single precision. */
  static float[] toFloats(double[] values) {
    var result = new float[values.length];
    for (var i = 0; i < values.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }
}
