package org.pellucid.explain.perturbation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.pellucid.explain.evaluation.Progress;

/**
 * LIME for images: hides random superpixels, asks the classifier, and fits a linear model of its
 * answers whose coefficients say what each superpixel contributes.
 *
 * <p>Everything is as in the lime library, including the order of the random draws: a hidden
 * superpixel is painted in its mean colour, samples are weighted by their cosine distance to the
 * whole image, and a ridge regression with penalty 1 is fitted for each label. The same seed gives
 * the same bits.
 *
 * @see "M. T. Ribeiro, S. Singh and C. Guestrin: “Why should I trust you?” Explaining the
 *     predictions of any classifier, KDD 2016"
 */
public final class LimeSurrogate {
  private LimeSurrogate() {}

  /**
   * Explains an image with a new generator.
   *
   * @param image samples {@code [channels, height, width]}
   * @param superpixels its pieces; they give height and width
   * @param classifier the classifier, called with {@code batchSize} images at most
   * @param settings the parameters
   * @param progress told after each batch how many samples are classified
   * @return the linear model of each explained label
   * @throws IllegalArgumentException if the image has another size, a sample is not finite, or a
   *     label to explain does not exist
   * @throws IllegalStateException if the classifier returns something else than finite rows of one
   *     length
   * @throws CancellationException if the thread is interrupted
   */
  public static LimeExplanation explain(
      float[] image,
      Superpixels superpixels,
      BatchClassifier classifier,
      LimeSettings settings,
      Progress progress) {
    var generator = new MersenneTwister(settings.seed());
    return explain(image, superpixels, classifier, settings, generator, progress);
  }

  /**
   * Explains an image with a generator that goes on from earlier images, as in the homework, which
   * seeds once and explains ten images in turn.
   *
   * @param generator takes the place of the settings' seed
   * @see #explain(float[], Superpixels, BatchClassifier, LimeSettings, Progress)
   */
  public static LimeExplanation explain(
      float[] image,
      Superpixels superpixels,
      BatchClassifier classifier,
      LimeSettings settings,
      MersenneTwister generator,
      Progress progress) {
    ImageChecks.check(image, superpixels.height(), superpixels.width());
    Objects.requireNonNull(classifier, "classifier");
    Objects.requireNonNull(progress, "progress");
    var samples = LimeSamples.draw(generator, settings.samples(), superpixels.count());
    int labelOfColumn0 = settings.homeworkColumns() ? 0 : superpixels.firstLabel();
    var columns = superpixels.labels();
    Arrays.setAll(columns, pixel -> columns[pixel] - labelOfColumn0);
    var images = new MaskedImages(image, superpixels, columns);
    var logits = classify(images, image.length, samples, classifier, settings, progress);
    return regress(superpixels, labelOfColumn0, samples, logits, settings);
  }

  /** Fits the labels from samples and their logits. */
  static LimeExplanation regress(
      Superpixels superpixels,
      int labelOfColumn0,
      LimeSamples samples,
      double[][] logits,
      LimeSettings settings) {
    var weights = LimeSamples.weights(samples.distances(), settings.kernelWidth());
    var ridge = new WeightedRidge(samples.shown(), weights, settings.features());
    var labels =
        labels(logits[0], settings).stream()
            .map(
                label -> {
                  var fit =
                      ridge.fit(Arrays.stream(logits).mapToDouble(row -> row[label]).toArray());
                  return new LimeExplanation.Label(
                      label, fit.coefficients(), fit.intercept(), fit.prediction(), fit.score());
                })
            .toList();
    return new LimeExplanation(superpixels, labelOfColumn0, logits[0], labels);
  }

  private static double[][] classify(
      MaskedImages images,
      int size,
      LimeSamples samples,
      BatchClassifier classifier,
      LimeSettings settings,
      Progress progress) {
    int total = settings.samples();
    int batchSize = Math.min(settings.batchSize(), Integer.MAX_VALUE / size);
    var logits = new double[total][];
    progress.step(0, total);
    for (int start = 0; start < total; start += batchSize) {
      int count = Math.min(batchSize, total - start);
      var batch = new float[count * size];
      for (int i = 0; i < count; i++) {
        images.write(samples.shown()[start + i], batch, i * size);
      }
      var answers = classifier.logits(batch, count);
      checkAnswers(answers, count);
      for (int i = 0; i < count; i++) {
        logits[start + i] = answers[i].clone();
      }
      if (start == 0) {
        checkLabels(settings.labels(), logits[0].length);
      }
      checkLengths(logits, start, count);
      progress.step(start + count, total);
    }
    return logits;
  }

  private static void checkAnswers(double[][] answers, int count) {
    boolean fits =
        answers.length == count
            && Arrays.stream(answers)
                .allMatch(row -> row.length > 0 && Arrays.stream(row).allMatch(Double::isFinite));
    if (!fits) {
      throw new IllegalStateException(
          "The classifier must return a row of finite numbers for each of %d images."
              .formatted(count));
    }
  }

  private static void checkLengths(double[][] logits, int start, int count) {
    for (int row = start; row < start + count; row++) {
      if (logits[row].length != logits[0].length) {
        throw new IllegalStateException(
            "The classifier returned %d numbers for the first image and %d for sample %d."
                .formatted(logits[0].length, logits[row].length, row));
      }
    }
  }

  private static void checkLabels(List<Integer> labels, int count) {
    for (int label : labels) {
      if (label >= count) {
        throw new IllegalArgumentException(
            "Label %d cannot be explained: the classifier knows 0 to %d."
                .formatted(label, count - 1));
      }
    }
  }

  /** The best labels of the whole image, best first, then those asked for. */
  private static Set<Integer> labels(double[] logits, LimeSettings settings) {
    var labels = new LinkedHashSet<Integer>();
    IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble(label -> -logits[label]))
        .limit(settings.topLabels())
        .forEach(labels::add);
    labels.addAll(settings.labels());
    return labels;
  }
}
