package org.pellucid.models.onnx;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.pellucid.engine.tensor.Shapes;

/** How a graph's parameters are distributed before training. Normalisations are the identity. */
public enum Initialisation {
  /** Weights and biases uniform in {@code ±1/√n} with {@code n} inputs to each output. */
  PYTORCH,
  /** Weights normal with a deviation of 0.02, biases 0. */
  BERT;

  private static final double DEVIATION = 0.02;

  /** What a parameter is to its layer. */
  enum Role {
    WEIGHT,
    BIAS,
    /** What a normalisation multiplies or divides by. */
    SCALE,
    /** What a normalisation adds or subtracts. */
    SHIFT
  }

  /**
   * A parameter's numbers, drawn anew each time that they are asked for, always the same ones.
   *
   * @param name by which they are drawn, so that they don't depend on which others are random
   * @param inputs to each output of the layer
   */
  NumericArray draw(NumericArray like, Role role, long inputs, String name, long seed) {
    var count = Math.toIntExact(Shapes.elements(like.shape()));
    return NumericArray.computed(
        like.type(), like.shape(), () -> numbers(role, inputs, count, 31 * seed + name.hashCode()));
  }

  private double[] numbers(Role role, long inputs, int count, long seed) {
    var numbers = new double[count];
    if (role == Role.SCALE) {
      Arrays.fill(numbers, 1);
    }
    if (role == Role.WEIGHT || role == Role.BIAS && this == PYTORCH) {
      var random = new SplittableRandom(seed);
      var bound = 1 / Math.sqrt(inputs);
      for (var i = 0; i < count; i++) {
        numbers[i] =
            (float)
                switch (this) {
                  case PYTORCH -> bound * (2 * random.nextDouble() - 1);
                  case BERT -> DEVIATION * random.nextGaussian();
                };
      }
    }
    return numbers;
  }
}
