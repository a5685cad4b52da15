package org.pellucid.explain.segmentation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.stream.IntStream;

/**
 * The units of a text, which methods see as an image of one row and one channel: each pixel is a
 * superpixel of its own.
 *
 * @param singleTokens whether each token is a unit, or each word with all of its tokens
 */
public record Words(boolean singleTokens) implements Segmentation {

  @Override
  public Superpixels segment(float[] image, int height, int width, int seed) {
    ImageChecks.check(image, height, width);
    check(
        height == 1 && image.length == width,
        "Words and tokens are units of texts, but this input is an image of %d x %d pixels; choose"
            + " slic, quickshift, felzenszwalb or grid",
        height,
        width);
    return new Superpixels(IntStream.range(0, width).toArray(), height, width, width);
  }
}
