package org.pellucid.explain.perturbation;

import java.util.List;

/**
 * The parameters of LIME for images.
 *
 * @param samples the number of masked images that are classified, at least 2; the first is the
 *     whole image
 * @param batchSize images per call of the classifier, at least 1; changes only speed and memory
 * @param kernelWidth distance at which a sample's weight has fallen to {@code exp(-1/2)}, above 0
 * @param distance of a changed image from the whole one
 * @param hideColour what hidden superpixels show
 * @param seed seed of the samples
 * @param topLabels the number of the whole image's best labels that are explained, at least 0
 * @param labels labels that are explained besides those, each at least 0
 * @param selection how the superpixels are chosen that an explanation keeps
 * @param features the most superpixels that an explanation keeps, at least 1
 * @param homeworkColumns whether column c of the samples hides the pixels labelled c even if labels
 *     start at 1, as in the homework: column 0 then hides nothing and the last piece is never
 *     hidden
 */
public record LimeSettings(
    int samples,
    int batchSize,
    double kernelWidth,
    LimeDistance distance,
    HideColour hideColour,
    int seed,
    int topLabels,
    List<Integer> labels,
    FeatureSelection selection,
    int features,
    boolean homeworkColumns) {
  /**
   * Checks and copies the parameters.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public LimeSettings {
    labels = List.copyOf(labels);
    atLeast(2, samples, "samples");
    atLeast(1, batchSize, "batch size");
    atLeast(0, topLabels, "number of top labels");
    atLeast(1, features, "number of features");
    labels.forEach(label -> atLeast(0, label, "label"));
    if (!(kernelWidth > 0) || Double.isInfinite(kernelWidth)) {
      throw new IllegalArgumentException(
          "LIME's kernel width must be a number above 0, not " + kernelWidth + ".");
    }
  }

  private static void atLeast(int smallest, int value, String name) {
    if (value < smallest) {
      throw new IllegalArgumentException(
          "LIME's %s must be at least %d, not %d.".formatted(name, smallest, value));
    }
  }

  /**
   * The lime library's defaults: 1000 samples in batches of 10, kernel width 0.25, seed 0, the five
   * best labels, every superpixel.
   */
  public static LimeSettings defaults() {
    return new LimeSettings(
        1000,
        10,
        0.25,
        LimeDistance.COSINE,
        HideColour.SUPERPIXEL,
        0,
        5,
        List.of(),
        FeatureSelection.AUTO,
        Integer.MAX_VALUE,
        false);
  }

  /** The homework's settings: the defaults with seed 16 and its columns. */
  public static LimeSettings homework() {
    return defaults().withSeed(16).withHomeworkColumns(true);
  }

  /**
   * These settings with another number of samples.
   *
   * @param samples at least 2
   * @throws IllegalArgumentException if it is too small
   */
  public LimeSettings withSamples(int samples) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /**
   * These settings with another batch size.
   *
   * @param batchSize at least 1
   * @throws IllegalArgumentException if it is too small
   */
  public LimeSettings withBatchSize(int batchSize) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /**
   * These settings with another kernel width.
   *
   * @param kernelWidth above 0
   * @throws IllegalArgumentException if it is not a number above 0
   */
  public LimeSettings withKernelWidth(double kernelWidth) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /** These settings with another distance. */
  public LimeSettings withDistance(LimeDistance distance) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /** These settings with something else in place of hidden superpixels. */
  public LimeSettings withHideColour(HideColour hideColour) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /** These settings with another seed. */
  public LimeSettings withSeed(int seed) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /**
   * These settings with another number of best labels to explain.
   *
   * @param topLabels at least 0
   * @throws IllegalArgumentException if it is negative
   */
  public LimeSettings withTopLabels(int topLabels) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /**
   * These settings with other labels to explain besides the best ones.
   *
   * @param labels each at least 0
   * @throws IllegalArgumentException if one is negative
   */
  public LimeSettings withLabels(List<Integer> labels) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /** These settings with another way to choose superpixels. */
  public LimeSettings withSelection(FeatureSelection selection) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /**
   * These settings with another limit of superpixels.
   *
   * @param features at least 1
   * @throws IllegalArgumentException if it is too small
   */
  public LimeSettings withFeatures(int features) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }

  /** These settings with or without the homework's columns. */
  public LimeSettings withHomeworkColumns(boolean homeworkColumns) {
    return new LimeSettings(
        samples,
        batchSize,
        kernelWidth,
        distance,
        hideColour,
        seed,
        topLabels,
        labels,
        selection,
        features,
        homeworkColumns);
  }
}
