package org.pellucid.explain.perturbation;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;

/**
 * An image in which the superpixels that speak for a label are tinted green and those that speak
 * against it red.
 *
 * @param samples the tinted image {@code [3, height, width]}
 * @param mask 1 for green pixels, -1 for red, 0 for untouched ones, {@code [height, width]}
 * @param green the number of coefficients drawn green, one without pixels included
 * @param red the number drawn red
 */
public record LimeImage(float[] samples, byte[] mask, int green, int red) {
  private static final int RED_GREEN_BLUE = 3;
  private static final int HOMEWORK_PIECES = 11;
  private static final double HOMEWORK_WEIGHT = 0.05;

  /**
   * Draws the homework's image: of the 11 strongest superpixels those with a coefficient of at
   * least 0.05.
   *
   * @param image the explained samples {@code [3, height, width]}
   * @param explanation what LIME found
   * @param label an explained label; the homework's is the true one
   * @throws IllegalArgumentException if the image has another size or the label was not explained
   * @see #of(float[], LimeExplanation, int, int, double)
   */
  public static LimeImage homework(float[] image, LimeExplanation explanation, int label) {
    return of(image, explanation, label, HOMEWORK_PIECES, HOMEWORK_WEIGHT);
  }

  /**
   * Draws the strongest superpixels: green (or, for a negative coefficient, red) samples are raised
   * to the image's largest sample.
   *
   * @param image the explained samples {@code [channels, height, width]}; one channel is drawn as
   *     grey
   * @param explanation what LIME found
   * @param label an explained label
   * @param pieces the number of superpixels that may be tinted, strongest first
   * @param smallestWeight absolute coefficient below which a superpixel stays as it is
   * @throws IllegalArgumentException if the image has another size or the label was not explained
   */
  public static LimeImage of(
      float[] image, LimeExplanation explanation, int label, int pieces, double smallestWeight) {
    var superpixels = explanation.superpixels();
    superpixels.checkImage(image);
    return of(
        image,
        explanation.columns(),
        explanation.label(label).coefficients(),
        pieces,
        smallestWeight);
  }

  /**
   * Draws the homework's image of an explanation by {@link Lime}.
   *
   * @param image the explained image
   * @param explanation with the details that {@link Lime} gives
   */
  public static LimeImage of(Values image, Explanation explanation) {
    var columns = explanation.details().get(Lime.COLUMNS).toArray();
    var coefficients = explanation.details().get(Lime.COEFFICIENTS).toArray();
    return of(
        image.toArray(),
        IntStream.range(0, columns.length).map(pixel -> (int) columns[pixel]).toArray(),
        IntStream.range(0, coefficients.length).mapToDouble(c -> coefficients[c]).toArray(),
        HOMEWORK_PIECES,
        HOMEWORK_WEIGHT);
  }

  private static LimeImage of(
      float[] image, int[] columns, double[] coefficients, int pieces, double smallestWeight) {
    var signs = new byte[coefficients.length];
    var green = 0;
    var red = 0;
    for (int column :
        Arrays.stream(LimeExplanation.strongest(coefficients)).limit(pieces).toArray()) {
      var weight = coefficients[column];
      if (Math.abs(weight) >= smallestWeight) {
        signs[column] = (byte) (weight < 0 ? -1 : 1);
        green += weight < 0 ? 0 : 1;
        red += weight < 0 ? 1 : 0;
      }
    }
    var brightest = Float.NEGATIVE_INFINITY;
    for (var sample : image) {
      brightest = Math.max(brightest, sample);
    }
    var samples = coloured(image, columns.length);
    var mask = new byte[columns.length];
    for (var pixel = 0; pixel < mask.length; pixel++) {
      var column = columns[pixel];
      mask[pixel] = column < signs.length ? signs[column] : 0;
      if (mask[pixel] != 0) {
        samples[(mask[pixel] < 0 ? 0 : mask.length) + pixel] = brightest;
      }
    }
    return new LimeImage(samples, mask, green, red);
  }

  /** Three channels as they are; the first of any other number of channels as grey. */
  private static float[] coloured(float[] image, int pixels) {
    if (image.length == RED_GREEN_BLUE * pixels) {
      return image.clone();
    }
    var samples = new float[RED_GREEN_BLUE * pixels];
    for (var channel = 0; channel < RED_GREEN_BLUE; channel++) {
      System.arraycopy(image, 0, samples, channel * pixels, pixels);
    }
    return samples;
  }
}
