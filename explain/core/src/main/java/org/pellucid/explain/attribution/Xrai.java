package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.segmentation.Felzenszwalb;
import org.pellucid.explain.segmentation.Superpixels;
import org.pellucid.models.vision.Resize;

/**
 * XRAI (Kapishnikov et al., 2019): Integrated Gradients from black and from white, summed over
 * regions. Segments of several scales overlap, and the region with the highest mean attribution
 * over what is not yet covered is taken next, until the image is covered. The map {@code [height,
 * width]} has each region's mean attribution; its highest places, to any share of the area, are
 * whole regions.
 *
 * <p>As in its authors' code, segments are Felzenszwalb's at 224 x 224 pixels, and regions reach a
 * little beyond them. Sizes are for images of 224 pixels and scaled to others.
 *
 * @param steps of Integrated Gradients from each baseline, at least 1
 * @param growth whether regions are weighed anew after each that is taken
 * @param largestChannel whether a pixel's attribution is its largest channel's, as in the authors'
 *     code, or the sum of its channels, which keeps the sum equal to the score's difference
 * @param dilation pixels that a region reaches beyond its segment, from 0 on
 * @param minPixels pixels that a region must add, at least 1
 */
public record Xrai(int steps, Growth growth, boolean largestChannel, int dilation, int minPixels)
    implements Method {
  private static final int SIDE = 224;
  private static final double SIGMA = 0.8;
  private static final int SMALLEST_SEGMENT = 150;
  private static final List<Double> SCALES = List.of(50.0, 100.0, 150.0, 250.0, 500.0, 1200.0);

  /** How regions are chosen. */
  public enum Growth {
    /** The best of all that are left, weighed by what it would add. */
    FULL,
    /** In the order of their whole mean attribution. */
    FAST
  }

  private static final Parameter<Integer> STEPS =
      Parameter.of(
          "steps",
          ParameterType.wholeNumber(1, 100_000),
          50,
          "The number of positions on the line from each of the two baselines.");
  private static final Parameter<Growth> GROWTH =
      Parameter.of(
          "growth",
          ParameterType.choice(Growth.class),
          Growth.FULL,
          "Whether regions are weighed anew after each that is taken, or once.");
  private static final Parameter<Boolean> LARGEST_CHANNEL =
      Parameter.of(
          "largest-channel",
          ParameterType.trueOrFalse(),
          true,
          "Whether a pixel counts by its largest channel, or by the sum of its channels.");
  private static final Parameter<Integer> DILATION =
      Parameter.of(
          "dilation",
          ParameterType.wholeNumber(0, SIDE),
          5,
          "How far regions reach beyond their segments, in pixels of an image of 224.");
  private static final Parameter<Integer> MIN_PIXELS =
      Parameter.of(
          "min-pixels",
          ParameterType.wholeNumber(1, SIDE * SIDE),
          50,
          "The pixels that a region must add, of an image of 224 x 224.");

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "xrai",
          "XRAI",
          "Integrated Gradients summed over regions of the image: the regions that speak most for"
              + " the class are highest.",
          "A. Kapishnikov et al.: XRAI, better attributions through regions, 2019",
          new Guidance(
              "Which regions of the image speak most for the class?",
              "A forward and a backward pass for each of the steps, twice.",
              "It sees no parts within a region, and its borders are the segments', not the"
                  + " network's."),
          List.of(STEPS, GROWTH, LARGEST_CHANNEL, DILATION, MIN_PIXELS),
          (values, model) ->
              List.of(
                  new Xrai(
                      values.get(STEPS),
                      values.get(GROWTH),
                      values.get(LARGEST_CHANNEL),
                      values.get(DILATION),
                      values.get(MIN_PIXELS))));

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Xrai {
    check(steps > 0, "XRAI needs at least one step, not %d", steps);
    check(dilation >= 0, "XRAI's regions can't reach %d pixels beyond their segments", dilation);
    check(minPixels > 0, "XRAI's regions must add at least one pixel, not %d", minPixels);
  }

  /** The authors' choices, with 50 steps. */
  public static Xrai standard() {
    return new Xrai(50, Growth.FULL, true, 5, 50);
  }

  /** This method with another growth. */
  public Xrai withGrowth(Growth other) {
    return new Xrai(steps, other, largestChannel, dilation, minPixels);
  }

  /** This method counting pixels by their largest channel or the sum of their channels. */
  public Xrai withLargestChannel(boolean largest) {
    return new Xrai(steps, growth, largest, dilation, minPixels);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(STEPS, steps)
        .with(GROWTH, growth)
        .with(LARGEST_CHANNEL, largestChannel)
        .with(DILATION, dilation)
        .with(MIN_PIXELS, minPixels);
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    check(
        input.rank() == 3,
        "XRAI divides images into regions; an input of %d axes is not an image",
        input.rank());
    var height = input.size(1);
    var width = input.size(2);
    var integrals = new ArrayList<Explanation>();
    for (var baseline : List.of(Baseline.BLACK, Baseline.WHITE)) {
      var line = IntegratedGradients.steps(steps).withBaseline(baseline);
      var done = integrals.size() * (long) steps;
      integrals.add(
          line.explain(
              evaluator,
              input,
              target,
              options.withProgress(
                  (step, _) -> options.progress().update(done + step, 2L * steps))));
    }
    var attribution = attribution(integrals, height * width);
    var regions = new XraiRegions(height, width);
    var reach = (int) Math.rint((double) dilation * Math.max(height, width) / SIDE);
    segments(input).forEach(segments -> regions.add(segments, reach));
    var least = (int) Math.max(1, Math.rint((double) minPixels * height * width / (SIDE * SIDE)));
    var map = regions.grow(attribution, growth, least);
    return explanation
        .quality(
            "convergenceDelta",
            integrals.stream()
                .mapToDouble(line -> line.quality("convergenceDelta").orElse(0))
                .reduce(0, (a, b) -> Math.abs(a) > Math.abs(b) ? a : b),
            "How far the worse of the two integrals misses the score's difference; near 0 is good.")
        .quality("segments", regions.count(), "The number of overlapping segments of all scales.")
        .end(Values.of(map, height, width), integrals.getFirst().outputs());
  }

  /** The mean of the integrals, a number for each pixel. */
  private double[] attribution(List<Explanation> integrals, int pixels) {
    var attribution = new double[pixels];
    var channels = integrals.getFirst().values().length() / pixels;
    for (var pixel = 0; pixel < pixels; pixel++) {
      var sum = 0.0;
      var largest = Double.NEGATIVE_INFINITY;
      for (var channel = 0; channel < channels; channel++) {
        var mean = 0.0;
        for (var integral : integrals) {
          mean += integral.values().get(channel * pixels + pixel) / (double) integrals.size();
        }
        sum += mean;
        largest = Math.max(largest, mean);
      }
      attribution[pixel] = largestChannel ? largest : sum;
    }
    return attribution;
  }

  /** The segment of each pixel, scale by scale, found in the image of -1..1 at 224 x 224. */
  private static List<int[]> segments(Values input) {
    var height = input.size(1);
    var width = input.size(2);
    var image = Resize.bilinear(input.toArray(), width, height, SIDE, SIDE);
    var least = input.min();
    var range = input.max() - least;
    for (var i = 0; i < image.length; i++) {
      image[i] = range > 0 ? 2 * (image[i] - least) / range - 1 : 0;
    }
    return new Felzenszwalb(SCALES.getFirst(), SIGMA, SMALLEST_SEGMENT)
        .ofScales(image, SIDE, SIDE, SCALES).stream()
            .map(labels -> resized(labels, height, width))
            .toList();
  }

  private static int[] resized(Superpixels labels, int height, int width) {
    var segments = new int[height * width];
    Arrays.setAll(
        segments,
        pixel -> {
          var row = (int) ((pixel / width + 0.5) * SIDE / height);
          var column = (int) ((pixel % width + 0.5) * SIDE / width);
          return labels.label(row * SIDE + column);
        });
    return segments;
  }
}
