package org.pellucid.explain.perturbation;

import java.util.Map;

/**
 * Which superpixels LIME's image shows, and how, as the lime library's {@code get_image_and_mask}
 * has it. A superpixel without weight is never shown.
 *
 * @param positiveOnly whether those that speak for the label are shown as they are, and no others
 * @param negativeOnly whether those that speak against it are shown as they are, and no others
 * @param hideRest whether all else is black
 * @param features the most superpixels that are shown, strongest first, at least 1
 * @param minWeight the absolute coefficient below which a superpixel is not shown, from 0 on
 */
public record LimeDisplay(
    boolean positiveOnly, boolean negativeOnly, boolean hideRest, int features, double minWeight) {
  static final String POSITIVE_ONLY = "positive-only";
  static final String NEGATIVE_ONLY = "negative-only";
  static final String HIDE_REST = "hide-rest";
  static final String FEATURES = "num-features";
  static final String MIN_WEIGHT = "min-weight";

  /**
   * Checks the choice.
   *
   * @throws IllegalArgumentException if it contradicts itself or a number is out of its range
   */
  public LimeDisplay {
    if (positiveOnly && negativeOnly) {
      throw new IllegalArgumentException(
          "positive-only and negative-only can't both be true; with neither, both signs are"
              + " shown.");
    }
    if (features < 1 || !(minWeight >= 0)) {
      throw new IllegalArgumentException(
          "LIME's image needs at least 1 superpixel and a least weight from 0 on, not %d and %s."
              .formatted(features, minWeight));
    }
  }

  /** The ten strongest superpixels, tinted green and red. */
  public static LimeDisplay standard() {
    return new LimeDisplay(false, false, false, 10, 0);
  }

  /** The homework's: the eleven strongest with a coefficient of at least 0.05. */
  public static LimeDisplay homework() {
    return new LimeDisplay(false, false, false, 11, 0.05);
  }

  /** The display that an explanation's parameters name; the homework's where they name none. */
  static LimeDisplay of(Map<String, Object> parameters) {
    var otherwise = homework();
    return new LimeDisplay(
        Boolean.TRUE.equals(parameters.get(POSITIVE_ONLY)),
        Boolean.TRUE.equals(parameters.get(NEGATIVE_ONLY)),
        Boolean.TRUE.equals(parameters.get(HIDE_REST)),
        parameters.get(FEATURES) instanceof Number number
            ? number.intValue()
            : otherwise.features(),
        parameters.get(MIN_WEIGHT) instanceof Number number
            ? number.doubleValue()
            : otherwise.minWeight());
  }

  /** Whether one sign alone is shown. */
  boolean isOneSided() {
    return positiveOnly || negativeOnly;
  }

  /**
   * The sign by which each column is shown: 1 or -1, or 0 where it is not.
   *
   * @param coefficients by column
   */
  byte[] signs(double[] coefficients) {
    var signs = new byte[coefficients.length];
    var shown = 0;
    for (var column : LimeExplanation.strongest(coefficients)) {
      var weight = coefficients[column];
      if (shown == features || weight == 0) {
        break;
      }
      if (isOneSided()) {
        if (positiveOnly == weight > 0 && Math.abs(weight) > minWeight) {
          signs[column] = 1;
          shown++;
        }
      } else {
        shown++;
        signs[column] = (byte) (Math.abs(weight) < minWeight ? 0 : weight < 0 ? -1 : 1);
      }
    }
    return signs;
  }
}
