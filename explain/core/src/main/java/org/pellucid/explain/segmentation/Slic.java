package org.pellucid.explain.segmentation;

import java.util.Arrays;

/**
 * SLIC superpixels: pieces of an image that are compact and alike in colour, found by k-means over
 * place and L*a*b* colour.
 *
 * <p>The pieces equal those of scikit-image 0.19.3's {@code slic} with the same parameters, pixel
 * for pixel on the images compared: the image is stretched to 0..1, converted, blurred, clustered
 * in ten rounds, and small fragments are merged.
 *
 * @param segments the number of superpixels to aim for, at least 1; the result usually has fewer
 * @param compactness weight of place against colour, above 0: the L*a*b* difference that counts as
 *     much as one grid step
 * @param sigma width of the Gaussian blur before clustering in pixels, 0 for none
 * @param startLabel number of the first piece, 0 or 1
 * @see "R. Achanta et al.: SLIC superpixels compared to state-of-the-art superpixel methods, IEEE
 *     TPAMI 34 (2012)"
 */
public record Slic(int segments, double compactness, double sigma, int startLabel)
    implements Segmentation {
  private static final double LARGEST_SIGMA = 1000;

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Slic {
    if (segments < 1) {
      throw new IllegalArgumentException("SLIC needs at least 1 segment, not " + segments + ".");
    }
    if (!(compactness > 0) || Double.isInfinite(compactness)) {
      throw new IllegalArgumentException(
          "SLIC's compactness must be a number above 0, not " + compactness + ".");
    }
    if (!(sigma >= 0 && sigma <= LARGEST_SIGMA)) {
      throw new IllegalArgumentException(
          "SLIC's sigma must be from 0 to " + LARGEST_SIGMA + " pixels, not " + sigma + ".");
    }
    if (startLabel != 0 && startLabel != 1) {
      throw new IllegalArgumentException(
          "SLIC's first label must be 0 or 1, not " + startLabel + ".");
    }
  }

  /**
   * The homework's parameters: 200 segments, compactness 1, sigma 1, labels from 1.
   *
   * @return the parameters
   */
  public static Slic homework() {
    return new Slic(200, 1, 1, 1);
  }

  /** These superpixels with the first numbered 0 or 1. */
  public Slic withStartLabel(int label) {
    return new Slic(segments, compactness, sigma, label);
  }

  @Override
  public Superpixels segment(float[] image, int height, int width, int seed) {
    ImageChecks.check(image, height, width);
    var clusters = clusters(smoothedLab(image, height, width), height, width);
    var grid = SlicGrid.of(height, width, segments);
    var size = (double) height * width / grid.centreRows().length;
    var pieces =
        new ConnectedPieces(clusters, height, width, (int) (0.5 * size), (int) (3 * size)).labels();
    var count = Arrays.stream(pieces).max().getAsInt();
    for (var pixel = 0; pixel < pieces.length; pixel++) {
      pieces[pixel] += startLabel - 1;
    }
    return new Superpixels(pieces, height, width, count);
  }

  double[][] smoothedLab(float[] image, int height, int width) {
    return LabImage.ofStretched(image, height, width).blurred(sigma).planes();
  }

  int[] clusters(double[][] smoothedLab, int height, int width) {
    var scaled = new double[smoothedLab.length][];
    for (var channel = 0; channel < scaled.length; channel++) {
      scaled[channel] =
          Arrays.stream(smoothedLab[channel]).map(value -> value * (1 / compactness)).toArray();
    }
    return new SlicClusters(scaled, SlicGrid.of(height, width, segments)).labels();
  }
}
