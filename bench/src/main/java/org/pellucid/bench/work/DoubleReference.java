package org.pellucid.bench.work;

import java.util.SplittableRandom;

/** Convolutions by their definition in double precision, at positions picked at random. */
public final class DoubleReference {
  private static final int SAMPLES = 20_000;
  private static final long SEED = 18;

  private DoubleReference() {}

  /**
   * How far an answer is from double precision: {@code √(Σ error² / Σ truth²)} over 20 000 of its
   * elements, which determines it within a percent.
   *
   * @param answer in PyTorch's layout
   * @throws IllegalArgumentException for the gradient of the weights, whose every element is a sum
   *     over the whole image
   */
  public static double relativeError(ConvolutionWork work, float[] answer) {
    var exact =
        switch (work.pass()) {
          case FORWARD -> forward(work);
          case GRADIENT -> gradient(work);
          case WEIGHTS -> throw new IllegalArgumentException("Weights have no reference here.");
        };
    var random = new SplittableRandom(SEED);
    var error = 0.0;
    var norm = 0.0;
    for (var i = 0; i < SAMPLES; i++) {
      var index = random.nextInt(answer.length);
      var truth = exact.at(index);
      error += (answer[index] - truth) * (answer[index] - truth);
      norm += truth * truth;
    }
    return Math.sqrt(error / norm);
  }

  /** One element of the exact answer by its position in C order. */
  @FunctionalInterface
  private interface Element {
    double at(int index);
  }

  private static Element forward(ConvolutionWork work) {
    var input = work.input();
    var weight = work.weight();
    var bias = work.bias();
    var side = work.side();
    return index -> {
      var x = index % side;
      var y = index / side % side;
      var k = index / (side * side) % work.filters();
      var n = index / (side * side * work.filters());
      var sum = (double) bias[k];
      for (var c = 0; c < work.channels(); c++) {
        for (var i = 0; i < 3; i++) {
          for (var j = 0; j < 3; j++) {
            var image = n * work.channels() + c;
            var tap = (k * work.channels() + c) * 9 + i * 3 + j;
            sum += pixel(input, image, y + i - 1, x + j - 1, side) * weight[tap];
          }
        }
      }
      return sum;
    };
  }

  private static Element gradient(ConvolutionWork work) {
    var gradient = work.gradient();
    var weight = work.weight();
    var side = work.side();
    return index -> {
      var x = index % side;
      var y = index / side % side;
      var c = index / (side * side) % work.channels();
      var n = index / (side * side * work.channels());
      var sum = 0.0;
      for (var k = 0; k < work.filters(); k++) {
        for (var i = 0; i < 3; i++) {
          for (var j = 0; j < 3; j++) {
            var image = n * work.filters() + k;
            var tap = (k * work.channels() + c) * 9 + i * 3 + j;
            sum += pixel(gradient, image, y - i + 1, x - j + 1, side) * weight[tap];
          }
        }
      }
      return sum;
    };
  }

  private static double pixel(float[] images, int image, int y, int x, int side) {
    var inside = y >= 0 && y < side && x >= 0 && x < side;
    return inside ? images[(image * side + y) * side + x] : 0;
  }
}
