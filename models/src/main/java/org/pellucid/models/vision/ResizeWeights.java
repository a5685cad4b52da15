package org.pellucid.models.vision;

/**
 * The weights by which input pixels of one axis make up each output pixel: a filter that widens
 * with the reduction, so that every input pixel counts (antialiasing).
 *
 * <p>Output pixel {@code i} is the sum of {@code weights[i * taps + j] * input[first[i] + j]} for
 * {@code j < count[i]}. The formula, its order of operations included, is that of Pillow's {@code
 * precompute_coeffs}.
 *
 * @param taps places that each output pixel has in {@code weights}
 * @param first index of the first input pixel for each output pixel
 * @param count number of input pixels for each output pixel, at most {@code taps}
 * @param weights {@code [output size, taps]}, which sum to 1 for each output pixel
 */
record ResizeWeights(int taps, int[] first, int[] count, double[] weights) {
  /** Fractional bits of fixed-point weights: 32 less 8 for the sample and 2 for overflow. */
  static final int FRACTION_BITS = 22;

  static ResizeWeights of(int inputSize, int outputSize, Interpolation filter) {
    double scale = (double) inputSize / outputSize;
    if (filter == Interpolation.NEAREST) {
      return nearest(scale, inputSize, outputSize);
    }
    double widening = Math.max(scale, 1.0);
    double support = filter.support() * widening;
    double inverse = 1.0 / widening;
    int taps = (int) Math.ceil(support) * 2 + 1;
    var first = new int[outputSize];
    var count = new int[outputSize];
    var weights = new double[Math.multiplyExact(outputSize, taps)];
    for (int i = 0; i < outputSize; i++) {
      double center = (i + 0.5) * scale;
      first[i] = Math.max((int) (center - support + 0.5), 0);
      count[i] = Math.min((int) (center + support + 0.5), inputSize) - first[i];
      double sum = 0;
      for (int j = 0; j < count[i]; j++) {
        double weight = filter.weight((j + first[i] - center + 0.5) * inverse);
        weights[i * taps + j] = weight;
        sum += weight;
      }
      for (int j = 0; j < count[i]; j++) {
        weights[i * taps + j] /= sum;
      }
    }
    return new ResizeWeights(taps, first, count, weights);
  }

  private static ResizeWeights nearest(double scale, int inputSize, int outputSize) {
    var first = new int[outputSize];
    var count = new int[outputSize];
    var weights = new double[outputSize];
    for (int i = 0; i < outputSize; i++) {
      first[i] = Math.min((int) ((i + 0.5) * scale), inputSize - 1);
      count[i] = 1;
      weights[i] = 1;
    }
    return new ResizeWeights(1, first, count, weights);
  }

  /** The weights times 2^{@value #FRACTION_BITS}, rounded half away from zero. */
  int[] fixedPoint() {
    var fixed = new int[weights.length];
    for (int i = 0; i < fixed.length; i++) {
      fixed[i] = (int) (Math.copySign(0.5, weights[i]) + weights[i] * (1 << FRACTION_BITS));
    }
    return fixed;
  }
}
