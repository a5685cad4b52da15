package org.pellucid.explain.perturbation;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.explain.segmentation.Superpixels;

/**
 * What LIME found: for each explained label a linear model of the classifier around one image.
 *
 * @param superpixels the superpixels that were hidden and shown
 * @param labelOfColumn0 the superpixel whose coefficient is the first; the others follow. With the
 *     homework's columns this is 0 even where labels start at 1
 * @param logits the classifier's outputs for the whole image
 * @param labels the explained labels, the best first, then the requested ones
 */
public record LimeExplanation(
    Superpixels superpixels, int labelOfColumn0, double[] logits, List<Label> labels) {

  /** Copies the labels. */
  public LimeExplanation {
    labels = List.copyOf(labels);
  }

  /**
   * The linear model of one label.
   *
   * @param label the label
   * @param coefficients what showing each superpixel adds to the logit, one for each column
   * @param intercept the model's logit with every superpixel hidden
   * @param localPrediction the model's logit of the whole image
   * @param score weighted R squared of the fit, 1 at best
   */
  public record Label(
      int label, double[] coefficients, double intercept, double localPrediction, double score) {
    /** The columns in falling order of the absolute coefficient. */
    public int[] strongest() {
      return LimeExplanation.strongest(coefficients);
    }
  }

  static int[] strongest(double[] coefficients) {
    return IntStream.range(0, coefficients.length)
        .boxed()
        .sorted(Comparator.comparingDouble(column -> -Math.abs(coefficients[column])))
        .mapToInt(column -> column)
        .toArray();
  }

  /** The column of the samples that hides each pixel, {@code [height, width]}. */
  int[] columns() {
    return MaskedImages.columns(superpixels, labelOfColumn0);
  }

  /**
   * The linear model of a label.
   *
   * @throws IllegalArgumentException if it was not explained
   */
  public Label label(int label) {
    return labels.stream()
        .filter(model -> model.label() == label)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Label %d was not explained, only %s."
                        .formatted(label, labels.stream().map(Label::label).toList())));
  }

  /**
   * The coefficient of each pixel's superpixel, {@code [height, width]}; 0 for pixels that were
   * never hidden.
   *
   * @throws IllegalArgumentException if the label was not explained
   */
  public float[] map(int label) {
    return map(columns(), label(label).coefficients());
  }

  static float[] map(int[] columns, double[] coefficients) {
    var map = new float[columns.length];
    for (var pixel = 0; pixel < map.length; pixel++) {
      map[pixel] = columns[pixel] < coefficients.length ? (float) coefficients[columns[pixel]] : 0;
    }
    return map;
  }
}
