package org.pellucid.explain.metrics;

import java.util.Arrays;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;

/**
 * How alike two maps are: 1 for equal ones, which constant ones may be too; 0 where one says
 * nothing and the other does, since a constant has no order, no structure and no direction.
 */
public enum Similarity {
  /** Spearman's rank correlation; equal attributions have the mean of their ranks. */
  SPEARMAN,
  /**
   * The structural similarity of both over their largest magnitude, with windows of 7 × 7 pixels,
   * or what fits into the map (Wang et al., 2004).
   */
  SSIM,
  /** The cosine of the angle between both. */
  COSINE;

  static Parameter<Similarity> parameter() {
    return Parameter.of(
        "similarity",
        ParameterType.choice(Similarity.class),
        SPEARMAN,
        "How maps are compared: rank correlation, structural similarity, or cosine.");
  }

  /** The similarity of two maps {@code [height, width]}. */
  double of(double[] a, double[] b, int height, int width) {
    if (Arrays.equals(a, b)) {
      return 1;
    }
    var similarity =
        switch (this) {
          case SPEARMAN -> Correlation.spearman(a, b);
          case COSINE -> Correlation.cosine(a, b);
          case SSIM -> StructuralSimilarity.of(scaled(a), scaled(b), height, width);
        };
    return Double.isNaN(similarity) ? 0 : similarity;
  }

  private static double[] scaled(double[] map) {
    var largest = Arrays.stream(map).map(Math::abs).max().orElseThrow();
    return largest == 0 ? map : Arrays.stream(map).map(number -> number / largest).toArray();
  }
}
