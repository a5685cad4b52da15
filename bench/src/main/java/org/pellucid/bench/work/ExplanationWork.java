package org.pellucid.bench.work;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.NoiseLevel;
import org.pellucid.explain.attribution.QuadratureRule;
import org.pellucid.explain.attribution.SmoothGrad;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.perturbation.BatchClassifier;
import org.pellucid.explain.perturbation.LimeSettings;
import org.pellucid.explain.perturbation.LimeSurrogate;
import org.pellucid.explain.segmentation.Slic;
import org.pellucid.models.vision.Resize;
import org.pellucid.models.zoo.SampleImages;

/**
 * A whole explanation of one built-in image by the homework's classifier.
 *
 * @param samples noisy copies, steps on the path, or images with hidden superpixels
 */
public record ExplanationWork(Method method, int samples) implements Workload {

  /** The explanation method. */
  public enum Method {
    /**
     * The homework's definition. Rivals compute what its notebook computes: the gradients of all
     * parameters too, one sample at a time.
     */
    SMOOTHGRAD,
    /** The homework's definition; rivals take one step at a time, as the notebook does. */
    INTEGRATED_GRADIENTS,
    /** The homework's settings; all but the classifier is the same code for all contenders. */
    LIME
  }

  /** The class that is explained, and the image's own. */
  public static final int TARGET = 3;

  private static final String IMAGE = "3_5";

  @Override
  public String name() {
    return "%s-%d".formatted(method.name().toLowerCase(Locale.ROOT).replace('_', '-'), samples);
  }

  /**
   * For SmoothGrad as for the gradients of {@link CnnWork}. The path of Integrated Gradients begins
   * at a black image, where every pooling sees equal values and rounding picks the winner, so one
   * step's gradients are anybody's. LIME's coefficients follow from logits alone.
   */
  @Override
  public double tolerance() {
    return switch (method) {
      case SMOOTHGRAD -> 0.045;
      case INTEGRATED_GRADIENTS -> 0.2 / samples;
      case LIME -> 1e-3;
    };
  }

  /** The image {@code [3, 128, 128]}. */
  public float[] image() {
    var image = SampleImages.open(IMAGE).image();
    return Resize.bilinear(image, CnnWork.SIDE, CnnWork.SIDE).toFloats();
  }

  /**
   * The method with the homework's parameters but for the number of samples.
   *
   * @throws IllegalStateException for LIME, whose coefficients {@link #lime} gives
   */
  public org.pellucid.explain.method.Method attribution() {
    return switch (method) {
      case SMOOTHGRAD -> SmoothGrad.homework().withSamples(samples);
      case INTEGRATED_GRADIENTS ->
          new IntegratedGradients(samples, QuadratureRule.LEFT, Baseline.BLACK, false);
      case LIME -> throw new IllegalStateException("LIME is not an attribution by gradients.");
    };
  }

  /** The standard deviation of SmoothGrad's noise. */
  public double noise() {
    var image = image();
    return new NoiseLevel.Homework().deviation(Values.of(image, image.length));
  }

  /** LIME's coefficients for the target, from the classifier's outputs. */
  public float[] lime(float[] image, BatchClassifier classifier) {
    var settings = LimeSettings.homework().withSamples(samples).withLabels(List.of(TARGET));
    var pieces = Slic.homework().segment(image, CnnWork.SIDE, CnnWork.SIDE);
    var explanation = LimeSurrogate.explain(image, pieces, classifier, settings, Progress.NONE);
    var coefficients = explanation.label(TARGET).coefficients();
    var result = new float[coefficients.length];
    for (var i = 0; i < result.length; i++) {
      result[i] = (float) coefficients[i];
    }
    return result;
  }

  /** Logits that follow one another as rows of {@code classes}. */
  public static double[][] rows(double[] logits, int classes) {
    var rows = new double[logits.length / classes][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(logits, i * classes, (i + 1) * classes));
    return rows;
  }
}
