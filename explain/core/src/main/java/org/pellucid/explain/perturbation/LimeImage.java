package org.pellucid.explain.perturbation;

import java.util.stream.IntStream;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;

/**
 * An image that shows what LIME found: superpixels that speak for a label tinted green and those
 * that speak against it red, or those of one sign as they are.
 *
 * @param samples the image {@code [3, height, width]}
 * @param mask 1 for pixels that are shown, -1 for those tinted red, 0 for all others, {@code
 *     [height, width]}
 * @param green the number of coefficients that are shown with 1, one without pixels included
 * @param red the number that are tinted red
 */
public record LimeImage(float[] samples, byte[] mask, int green, int red) {
  private static final int RED_GREEN_BLUE = 3;

  /**
   * Draws the homework's image: of the 11 strongest superpixels those with a coefficient of at
   * least 0.05.
   *
   * @param image the explained samples {@code [3, height, width]}
   * @param explanation what LIME found
   * @param label an explained label; the homework's is the true one
   * @throws IllegalArgumentException if the image has another size or the label was not explained
   * @see #of(float[], LimeExplanation, int, LimeDisplay)
   */
  public static LimeImage homework(float[] image, LimeExplanation explanation, int label) {
    return of(image, explanation, label, LimeDisplay.homework());
  }

  /**
   * Draws superpixels: green (or, for a negative coefficient, red) samples are raised to the
   * image's largest sample where both signs are shown.
   *
   * @param image the explained samples {@code [channels, height, width]}; one channel is drawn as
   *     grey
   * @param explanation what LIME found
   * @param label an explained label
   * @throws IllegalArgumentException if the image has another size or the label was not explained
   */
  public static LimeImage of(
      float[] image, LimeExplanation explanation, int label, LimeDisplay display) {
    explanation.superpixels().checkImage(image);
    return of(image, explanation.columns(), explanation.label(label).coefficients(), display);
  }

  /**
   * Draws an explanation by {@link Lime} by its own parameters. Where superpixels of one sign lie
   * in the whole image, a yellow line runs around them.
   *
   * @param image the explained image
   * @param explanation with the details that {@link Lime} gives
   */
  public static LimeImage of(Values image, Explanation explanation) {
    var columns = explanation.details().get(Lime.COLUMNS).toArray();
    var coefficients = explanation.details().get(Lime.COEFFICIENTS).toArray();
    var display = LimeDisplay.of(explanation.parameters());
    var drawn =
        of(
            image.toArray(),
            IntStream.range(0, columns.length).map(pixel -> (int) columns[pixel]).toArray(),
            IntStream.range(0, coefficients.length).mapToDouble(c -> coefficients[c]).toArray(),
            display);
    return display.isOneSided() && !display.hideRest()
        ? drawn.outlined(image.size(-2), image.size(-1))
        : drawn;
  }

  private static LimeImage of(
      float[] image, int[] columns, double[] coefficients, LimeDisplay display) {
    var signs = display.signs(coefficients);
    var pixels = columns.length;
    var brightest = largest(image);
    var samples = coloured(image, pixels);
    var mask = new byte[pixels];
    for (var pixel = 0; pixel < pixels; pixel++) {
      mask[pixel] = columns[pixel] < signs.length ? signs[columns[pixel]] : 0;
      if (mask[pixel] == 0 && display.hideRest()) {
        for (var channel = 0; channel < RED_GREEN_BLUE; channel++) {
          samples[channel * pixels + pixel] = 0;
        }
      } else if (mask[pixel] != 0 && !display.isOneSided()) {
        samples[(mask[pixel] < 0 ? 0 : pixels) + pixel] = brightest;
      }
    }
    return new LimeImage(samples, mask, count(signs, 1), count(signs, -1));
  }

  private static int count(byte[] signs, int wanted) {
    return (int) IntStream.range(0, signs.length).filter(i -> signs[i] == wanted).count();
  }

  private static float largest(float[] image) {
    var largest = Float.NEGATIVE_INFINITY;
    for (var sample : image) {
      largest = Math.max(largest, sample);
    }
    return largest;
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

  private LimeImage outlined(int height, int width) {
    var lined = samples.clone();
    var brightest = largest(samples);
    for (var pixel = 0; pixel < mask.length; pixel++) {
      if (mask[pixel] != 0 && isAtBorder(pixel, height, width)) {
        lined[pixel] = brightest;
        lined[mask.length + pixel] = brightest;
        lined[2 * mask.length + pixel] = 0;
      }
    }
    return new LimeImage(lined, mask, green, red);
  }

  /** Whether one of the four neighbours is not shown. */
  private boolean isAtBorder(int pixel, int height, int width) {
    var row = pixel / width;
    var column = pixel % width;
    return row > 0 && mask[pixel - width] == 0
        || row < height - 1 && mask[pixel + width] == 0
        || column > 0 && mask[pixel - 1] == 0
        || column < width - 1 && mask[pixel + 1] == 0;
  }
}
