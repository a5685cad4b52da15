package org.pellucid.bench.work;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.NoiseLevel;
import org.pellucid.explain.attribution.QuadratureRule;
import org.pellucid.explain.attribution.Saliency;
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
 * A whole explanation of built-in images by the homework's classifier.
 *
 * @param samples noisy copies, steps on the path or of gradient ascent, or images with hidden
 *     superpixels; 1 for saliency
 * @param images how many of the built-in images are explained; those methods that explain one at a
 *     time take 1
 */
public record ExplanationWork(Method method, int samples, int images) implements Workload {

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
    LIME,
    /** The largest channel of the gradient of the images' mean loss, which is one batch. */
    SALIENCY,
    /**
     * Steps of Adam on the images so that filter 0 of a layer responds more, for each of {@link
     * #FILTER_LAYERS}; the answer is the sum of its activation before each step and at the end.
     * Rivals end their passes at the layer too, which the notebook's don't.
     */
    FILTERS
  }

  /** The class that is explained, and the image's own. */
  public static final int TARGET = 3;

  /** The layers whose filters are shown, by their numbers in {@code cnn}. */
  public static final List<Integer> FILTER_LAYERS = List.of(6, 23);

  /** The size of a step of gradient ascent, in input units. */
  public static final double LEARNING_RATE = 0.1;

  private static final String FIRST = "3_5";

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are no samples, no such number of images, or more
   *     than one for a method that explains one at a time
   */
  public ExplanationWork {
    var available = SampleImages.names().size();
    check(samples > 0, "An explanation needs at least one sample, not %d", samples);
    check(images > 0 && images <= available, "There are 1..%d images, not %d", available, images);
    check(
        images == 1 || method == Method.SALIENCY || method == Method.FILTERS,
        "%s explains one image at a time",
        method);
  }

  /** The explanation of one image, the first. */
  public ExplanationWork(Method method, int samples) {
    this(method, samples, 1);
  }

  @Override
  public String name() {
    var name = method.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return "%s-%d%s".formatted(name, samples, images == 1 ? "" : "-b" + images);
  }

  /**
   * For SmoothGrad as for the gradients of {@link CnnWork}. The path of Integrated Gradients begins
   * at a black image, where every pooling sees equal values and rounding picks the winner, so one
   * step's gradients are anybody's. LIME's coefficients follow from logits alone. Adam's first
   * steps have the gradient's sign alone, so a value near 0 takes its step either way; the sum of
   * the activation feels little of that.
   */
  @Override
  public double tolerance() {
    return switch (method) {
      case SMOOTHGRAD -> 0.045;
      case INTEGRATED_GRADIENTS -> 0.2 / samples;
      case LIME -> 1e-3;
      case SALIENCY -> 0.045;
      case FILTERS -> 0.01;
    };
  }

  /** The first image {@code [3, 128, 128]}. */
  public float[] image() {
    return pixels(FIRST);
  }

  private static float[] pixels(String name) {
    var image = SampleImages.open(name).image();
    return Resize.bilinear(image, CnnWork.SIDE, CnnWork.SIDE).toFloats();
  }

  /** The images {@code [3, 128, 128]} in order. */
  public List<float[]> inputs() {
    return names().map(ExplanationWork::pixels).toList();
  }

  /** The images' own classes. */
  public int[] labels() {
    return names().mapToInt(name -> SampleImages.open(name).label()).toArray();
  }

  private Stream<String> names() {
    var others = SampleImages.names().stream().filter(name -> !name.equals(FIRST));
    return Stream.concat(Stream.of(FIRST), others).limit(images);
  }

  /**
   * The method with the homework's parameters but for the number of samples.
   *
   * @throws IllegalStateException for LIME, whose coefficients {@link #lime} gives, and for filters
   */
  public org.pellucid.explain.method.Method attribution() {
    return switch (method) {
      case SMOOTHGRAD -> SmoothGrad.homework().withSamples(samples);
      case INTEGRATED_GRADIENTS ->
          new IntegratedGradients(samples, QuadratureRule.LEFT, Baseline.BLACK, false);
      case SALIENCY -> Saliency.homework(images);
      case LIME, FILTERS ->
          throw new IllegalStateException(method + " is not an attribution by gradients.");
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
