package org.pellucid.explain;

import java.util.Map;
import org.pellucid.engine.tensor.Shapes;

/**
 * What an explanation method found: its values, unnormalised, with everything needed to understand
 * and repeat it.
 *
 * @param method the method's name, such as {@code integrated-gradients}
 * @param values in C order
 * @param shape of the values: {@code [3, height, width]}, or {@code [height, width]} for a map that
 *     has no channels
 * @param target the class that was explained
 * @param logits what the model said about the image, one number a class
 * @param parameters the method's parameters, by the names of the command line, in order
 * @param seed of the random numbers; methods without any ignore it
 * @param quality figures on how well the method did, such as {@code convergenceDelta}
 * @param seconds the time it took
 */
public record Explanation(
    String method,
    float[] values,
    long[] shape,
    int target,
    float[] logits,
    Map<String, Object> parameters,
    long seed,
    Map<String, Double> quality,
    double seconds) {

  /**
   * Checks that the values fill the shape.
   *
   * @throws IllegalArgumentException if they don't
   */
  public Explanation {
    Shapes.check(
        values.length == Shapes.elements(shape),
        "%d values don't fill the shape %s",
        values.length,
        Shapes.text(shape));
  }

  /** The class with the largest logit. */
  public int predicted() {
    return indexOfLargest(logits);
  }

  /** The position of the largest value, the first of several. */
  public static int indexOfLargest(float[] values) {
    var best = 0;
    for (var i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
