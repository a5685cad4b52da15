package org.pellucid.explain.perturbation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.segmentation.MersenneTwister;
import org.pellucid.explain.segmentation.Superpixels;

/**
 * LIME for images: hides random superpixels, classifies the results, and fits a linear model of the
 * outputs, whose coefficients say what each superpixel contributes.
 *
 * <p>Everything is as in the lime library, including the order of the random draws: samples are
 * weighted by their distance to the whole image, superpixels are selected, and a ridge regression
 * with penalty 1 is fitted for each label. The same seed gives the same bits.
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
   * @param superpixels of the image; they give height and width
   * @param classifier called with {@code batchSize} images at most
   * @param progress receives the number of classified samples after each batch
   * @throws IllegalArgumentException if the image has another size, a sample is not finite, or a
   *     label to be explained doesn't exist
   * @throws IllegalStateException if the classifier doesn't return finite rows of one length
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
   * Explains an image with a generator that has served earlier images, as in the homework, which
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
    superpixels.checkImage(image);
    if (settings.topLabels() == 0 && settings.labels().isEmpty()) {
      throw new IllegalArgumentException("LIME needs a label to explain.");
    }
    LimeSamples.drawSeed(generator);
    var samples = LimeSamples.draw(generator, settings.samples(), superpixels.count());
    var labelOfColumn0 = labelOfColumn0(superpixels, settings);
    var columns = MaskedImages.columns(superpixels, labelOfColumn0);
    var images = new MaskedImages(image, superpixels, columns, settings.hideColour());
    var logits = classify(images, image.length, samples, classifier, settings, progress);
    var ridge = ridge(samples, settings);
    var labels =
        labels(logits[0], settings).stream()
            .map(
                label -> {
                  var column = Arrays.stream(logits).mapToDouble(row -> row[label]).toArray();
                  return fitted(label, ridge.fit(column));
                })
            .toList();
    return new LimeExplanation(superpixels, labelOfColumn0, logits[0], labels);
  }

  /** The superpixel that the first column hides. */
  static int labelOfColumn0(Superpixels superpixels, LimeSettings settings) {
    return settings.homeworkColumns() ? 0 : superpixels.firstLabel();
  }

  /** The regression that all labels of a set of samples share. */
  static WeightedRidge ridge(LimeSamples samples, LimeSettings settings) {
    var distances = samples.distances(settings.distance());
    return new WeightedRidge(
        samples.shown(),
        LimeSamples.weights(distances, settings.kernelWidth()),
        settings.selection(),
        settings.features());
  }

  static LimeExplanation.Label fitted(int label, WeightedRidge.Fit fit) {
    return new LimeExplanation.Label(
        label, fit.coefficients(), fit.intercept(), fit.prediction(), fit.score());
  }

  private static double[][] classify(
      MaskedImages images,
      int size,
      LimeSamples samples,
      BatchClassifier classifier,
      LimeSettings settings,
      Progress progress) {
    var total = settings.samples();
    var batchSize = Math.min(settings.batchSize(), Integer.MAX_VALUE / size);
    var logits = new double[total][];
    progress.step(0, total);
    for (var start = 0; start < total; start += batchSize) {
      var count = Math.min(batchSize, total - start);
      var batch = new float[count * size];
      for (var i = 0; i < count; i++) {
        images.write(samples.shown(), start + i, batch, i * size);
      }
      var rows = classifier.logits(batch, count);
      checkRows(rows, count);
      for (var i = 0; i < count; i++) {
        logits[start + i] = rows[i].clone();
      }
      if (start == 0) {
        checkLabels(settings.labels(), logits[0].length);
      }
      checkLengths(logits, start, count);
      progress.step(start + count, total);
    }
    return logits;
  }

  private static void checkRows(double[][] rows, int count) {
    var fits =
        rows.length == count
            && Arrays.stream(rows)
                .allMatch(row -> row.length > 0 && Arrays.stream(row).allMatch(Double::isFinite));
    if (!fits) {
      throw new IllegalStateException(
          "The classifier must return a row of finite numbers for each of %d images."
              .formatted(count));
    }
  }

  private static void checkLengths(double[][] logits, int start, int count) {
    for (var row = start; row < start + count; row++) {
      if (logits[row].length != logits[0].length) {
        throw new IllegalStateException(
            "The classifier returned %d numbers for the first image and %d for sample %d."
                .formatted(logits[0].length, logits[row].length, row));
      }
    }
  }

  static void checkLabels(List<Integer> labels, int count) {
    for (int label : labels) {
      if (label >= count) {
        throw new IllegalArgumentException(
            "Label %d can't be explained: the classifier's labels are 0 to %d."
                .formatted(label, count - 1));
      }
    }
  }

  /** The best labels of the whole image, best first, then the requested ones. */
  static Set<Integer> labels(double[] logits, LimeSettings settings) {
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
