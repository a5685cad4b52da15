package org.pellucid.explain.segmentation;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;

/** The parameters by which a method takes its superpixels: declared here once for all methods. */
public final class SegmentationParameters {

  /** The kinds of superpixels. */
  public enum Kind {
    /** {@link Slic}. */
    SLIC,
    /** {@link Quickshift}. */
    QUICKSHIFT,
    /** {@link Felzenszwalb}. */
    FELZENSZWALB,
    /** {@link Grid}. */
    GRID,
    /** {@link Words}, of texts. */
    WORDS,
    /** {@link Words} by single tokens, of texts. */
    TOKENS
  }

  private static final Parameter<Kind> SUPERPIXELS =
      Parameter.of(
              "superpixels",
              ParameterType.choice(Kind.class),
              Kind.SLIC,
              "How the image is divided into superpixels; a text into words or tokens.")
          .texts(Kind.WORDS);
  private static final Parameter<Integer> SEGMENTS =
      Parameter.of(
          "segments",
          ParameterType.wholeNumber(1, Integer.MAX_VALUE),
          200,
          "The number of superpixels that slic and grid aim for; there are usually fewer.");
  private static final Parameter<Double> COMPACTNESS =
      Parameter.of(
          "compactness",
          ParameterType.positiveNumber(),
          1.0,
          "The weight of place against colour in slic's superpixels.");
  private static final Parameter<Double> SIGMA =
      Parameter.of(
          "sigma",
          ParameterType.number(0, 1000),
          1.0,
          "The width in pixels of the blur before slic and felzenszwalb find superpixels.");
  private static final Parameter<Double> KERNEL_SIZE =
      Parameter.of(
          "kernel-size",
          ParameterType.number(1, 100),
          4.0,
          "The width in pixels of quickshift's density; larger ones give fewer superpixels.");
  private static final Parameter<Double> MAX_DISTANCE =
      Parameter.of(
          "max-distance",
          ParameterType.positiveNumber(),
          200.0,
          "The farthest step that quickshift links; larger ones give fewer superpixels.");
  private static final Parameter<Double> RATIO =
      Parameter.of(
          "ratio",
          ParameterType.number(0, 1),
          0.2,
          "The weight of colour against place in quickshift's superpixels.");
  private static final Parameter<Double> SCALE =
      Parameter.of(
          "scale",
          ParameterType.positiveNumber(),
          100.0,
          "How much felzenszwalb joins; larger ones give larger superpixels.");
  private static final Parameter<Integer> MIN_SIZE =
      Parameter.of(
          "min-size",
          ParameterType.wholeNumber(1, Integer.MAX_VALUE),
          50,
          "The pixels that felzenszwalb's superpixels have at least.");

  private static final List<Parameter<?>> ALL =
      List.of(
          SUPERPIXELS,
          SEGMENTS,
          COMPACTNESS,
          SIGMA,
          KERNEL_SIZE,
          MAX_DISTANCE,
          RATIO,
          SCALE,
          MIN_SIZE);

  private SegmentationParameters() {}

  /** The declarations, for a method's descriptor. */
  public static List<Parameter<?>> all() {
    return ALL;
  }

  /**
   * A method's declarations with those of superpixels in between.
   *
   * @param first the method's own that come before
   * @param last those that come after
   */
  public static List<Parameter<?>> between(List<Parameter<?>> first, List<Parameter<?>> last) {
    return Stream.of(first, ALL, last).<Parameter<?>>flatMap(List::stream).toList();
  }

  private static Set<Parameter<?>> of(Kind kind) {
    return switch (kind) {
      case SLIC -> Set.of(SUPERPIXELS, SEGMENTS, COMPACTNESS, SIGMA);
      case QUICKSHIFT -> Set.of(SUPERPIXELS, KERNEL_SIZE, MAX_DISTANCE, RATIO);
      case FELZENSZWALB -> Set.of(SUPERPIXELS, SCALE, SIGMA, MIN_SIZE);
      case GRID -> Set.of(SUPERPIXELS, SEGMENTS);
      case WORDS, TOKENS -> Set.of(SUPERPIXELS);
    };
  }

  /**
   * The superpixels that a method's values choose.
   *
   * @throws IllegalArgumentException if a parameter was changed that the chosen kind doesn't have
   */
  public static Segmentation read(ParameterValues values) {
    var kind = values.get(SUPERPIXELS);
    for (var parameter : ALL) {
      if (!of(kind).contains(parameter) && !values.get(parameter).equals(parameter.standard())) {
        throw new IllegalArgumentException(
            "%s is no parameter of %s superpixels; leave it out, or choose others with superpixels"
                .formatted(parameter.name(), ParameterType.text(kind)));
      }
    }
    return switch (kind) {
      case SLIC -> new Slic(values.get(SEGMENTS), values.get(COMPACTNESS), values.get(SIGMA), 0);
      case QUICKSHIFT ->
          new Quickshift(values.get(KERNEL_SIZE), values.get(MAX_DISTANCE), values.get(RATIO));
      case FELZENSZWALB ->
          new Felzenszwalb(values.get(SCALE), values.get(SIGMA), values.get(MIN_SIZE));
      case GRID -> new Grid(values.get(SEGMENTS));
      case WORDS, TOKENS -> new Words(kind == Kind.TOKENS);
    };
  }

  /** The values that stand for superpixels: the kind and the parameters that it has. */
  public static ParameterValues write(Segmentation segmentation) {
    var none = ParameterValues.none();
    return switch (segmentation) {
      case Slic slic ->
          none.with(SUPERPIXELS, Kind.SLIC)
              .with(SEGMENTS, slic.segments())
              .with(COMPACTNESS, slic.compactness())
              .with(SIGMA, slic.sigma());
      case Quickshift quickshift ->
          none.with(SUPERPIXELS, Kind.QUICKSHIFT)
              .with(KERNEL_SIZE, quickshift.kernelSize())
              .with(MAX_DISTANCE, quickshift.largestDistance())
              .with(RATIO, quickshift.ratio());
      case Felzenszwalb graph ->
          none.with(SUPERPIXELS, Kind.FELZENSZWALB)
              .with(SCALE, graph.scale())
              .with(SIGMA, graph.sigma())
              .with(MIN_SIZE, graph.smallest());
      case Grid grid -> none.with(SUPERPIXELS, Kind.GRID).with(SEGMENTS, grid.segments());
      case Words words -> none.with(SUPERPIXELS, words.singleTokens() ? Kind.TOKENS : Kind.WORDS);
    };
  }
}
