package org.pellucid.explain.perturbation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.segmentation.SegmentationParameters;
import org.pellucid.explain.segmentation.Slic;

/** The declarations of LIME's parameters. */
final class LimeParameters {
  private static final String NO_LABELS = "none";

  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples",
          ParameterType.wholeNumber(2, 10_000_000),
          1000,
          "The number of images with hidden superpixels.");
  private static final Parameter<HideColour> HIDE_COLOUR =
      HideColour.ofSuperpixels("hide-colour", HideColour.SUPERPIXEL);
  private static final Parameter<LimeDistance> DISTANCE =
      Parameter.of(
          "distance",
          ParameterType.choice(LimeDistance.class),
          LimeDistance.COSINE,
          "How far a sample is from the whole image: by the share of shown superpixels, or the root"
              + " of the number of hidden ones, which needs a kernel-width of several.");
  private static final Parameter<Double> KERNEL_WIDTH =
      Parameter.of(
          "kernel-width",
          ParameterType.positiveNumber(),
          0.25,
          "The distance at which a sample's weight has fallen to exp(-1/2).");
  private static final Parameter<FeatureSelection> SELECTION =
      Parameter.of(
          "feature-selection",
          ParameterType.choice(FeatureSelection.class),
          FeatureSelection.AUTO,
          "How the superpixels are chosen that an explanation keeps; auto is forward up to six,"
              + " else highest-weights.");
  private static final Parameter<Integer> FEATURES =
      Parameter.of(
          "features",
          ParameterType.wholeNumber(1, Integer.MAX_VALUE),
          Integer.MAX_VALUE,
          "The most superpixels that an explanation keeps.");
  private static final Parameter<List<Integer>> LABELS =
      Parameter.of(
          "labels",
          new ParameterType<>(
              "one of none, or numbers of outputs with commas between them",
              LimeParameters::parseLabels,
              LimeParameters::text),
          List.of(),
          "Outputs that are explained besides the target, from the same samples.");
  private static final Parameter<Integer> TOP_LABELS =
      Parameter.of(
          "top-labels",
          ParameterType.wholeNumber(0, Integer.MAX_VALUE),
          0,
          "The number of the image's largest outputs that are explained besides the target, from"
              + " the same samples.");
  private static final Parameter<Integer> STABILITY_SEEDS =
      Parameter.of(
          "stability-seeds",
          ParameterType.wholeNumber(0, 1000),
          0,
          "The number of further seeds that tell how far the result depends on the samples; each"
              + " costs as many passes as there are samples.");
  private static final Parameter<Boolean> POSITIVE_ONLY =
      Parameter.of(
          LimeDisplay.POSITIVE_ONLY,
          ParameterType.trueOrFalse(),
          false,
          "Whether the drawing shows only superpixels that speak for the class, untinted.");
  private static final Parameter<Boolean> NEGATIVE_ONLY =
      Parameter.of(
          LimeDisplay.NEGATIVE_ONLY,
          ParameterType.trueOrFalse(),
          false,
          "Whether the drawing shows only superpixels that speak against the class, untinted.");
  private static final Parameter<Boolean> HIDE_REST =
      Parameter.of(
          LimeDisplay.HIDE_REST,
          ParameterType.trueOrFalse(),
          false,
          "Whether the drawing blackens all other superpixels.");
  private static final Parameter<Integer> NUM_FEATURES =
      Parameter.of(
              LimeDisplay.FEATURES,
              ParameterType.wholeNumber(1, Integer.MAX_VALUE),
              LimeDisplay.standard().features(),
              "The most superpixels that the drawing shows, strongest first.")
          .homework(LimeDisplay.homework().features());
  private static final Parameter<Double> MIN_WEIGHT =
      Parameter.of(
              LimeDisplay.MIN_WEIGHT,
              ParameterType.number(0, Double.MAX_VALUE),
              LimeDisplay.standard().minWeight(),
              "The magnitude of a coefficient from which the drawing shows a superpixel.")
          .homework(LimeDisplay.homework().minWeight());
  private static final Parameter<Integer> FIRST_LABEL =
      Parameter.of(
              "first-label",
              ParameterType.wholeNumber(0, 1),
              0,
              "The number of the first superpixel of slic; with 1 the first column hides nothing,"
                  + " as in the homework.")
          .homework(1);
  private static final Parameter<Lime.Sequence> SEQUENCE =
      Parameter.of(
              "sequence",
              ParameterType.choice(Lime.Sequence.class),
              Lime.Sequence.IMAGE,
              "Whether each image draws anew, or one generator of seed 16 runs through all.")
          .homework(Lime.Sequence.RUN);

  private LimeParameters() {}

  static List<Parameter<?>> all() {
    return SegmentationParameters.between(
        List.of(SAMPLES),
        List.of(
            HIDE_COLOUR,
            DISTANCE,
            KERNEL_WIDTH,
            SELECTION,
            FEATURES,
            LABELS,
            TOP_LABELS,
            STABILITY_SEEDS,
            POSITIVE_ONLY,
            NEGATIVE_ONLY,
            HIDE_REST,
            NUM_FEATURES,
            MIN_WEIGHT,
            FIRST_LABEL,
            SEQUENCE));
  }

  static Lime read(ParameterValues values) {
    var homework = values.get(FIRST_LABEL) == 1;
    var base = homework ? LimeSettings.homework() : LimeSettings.defaults();
    var superpixels = SegmentationParameters.read(values);
    return new Lime(
        base.withSamples(values.get(SAMPLES))
            .withHideColour(values.get(HIDE_COLOUR))
            .withDistance(values.get(DISTANCE))
            .withKernelWidth(values.get(KERNEL_WIDTH))
            .withSelection(values.get(SELECTION))
            .withFeatures(values.get(FEATURES))
            .withLabels(values.get(LABELS))
            .withTopLabels(values.get(TOP_LABELS)),
        superpixels instanceof Slic slic
            ? slic.withStartLabel(values.get(FIRST_LABEL))
            : superpixels,
        values.get(SEQUENCE),
        new LimeDisplay(
            values.get(POSITIVE_ONLY),
            values.get(NEGATIVE_ONLY),
            values.get(HIDE_REST),
            values.get(NUM_FEATURES),
            values.get(MIN_WEIGHT)),
        values.get(STABILITY_SEEDS));
  }

  static ParameterValues write(Lime lime) {
    var settings = lime.settings();
    var drawn = lime.drawing();
    return ParameterValues.none()
        .with(SAMPLES, settings.samples())
        .and(SegmentationParameters.write(lime.superpixels()))
        .with(HIDE_COLOUR, settings.hideColour())
        .with(DISTANCE, settings.distance())
        .with(KERNEL_WIDTH, settings.kernelWidth())
        .with(SELECTION, settings.selection())
        .with(FEATURES, settings.features())
        .with(LABELS, settings.labels())
        .with(TOP_LABELS, settings.topLabels())
        .with(STABILITY_SEEDS, lime.stabilitySeeds())
        .with(POSITIVE_ONLY, drawn.positiveOnly())
        .with(NEGATIVE_ONLY, drawn.negativeOnly())
        .with(HIDE_REST, drawn.hideRest())
        .with(NUM_FEATURES, drawn.features())
        .with(MIN_WEIGHT, drawn.minWeight())
        .with(FIRST_LABEL, lime.superpixels() instanceof Slic slic ? slic.startLabel() : 0)
        .with(SEQUENCE, lime.sequence());
  }

  private static Optional<List<Integer>> parseLabels(String text) {
    if (text.equals(NO_LABELS)) {
      return Optional.of(List.of());
    }
    var parts = text.split(",", -1);
    return Arrays.stream(parts).allMatch(part -> part.matches("\\d{1,9}"))
        ? Optional.of(Arrays.stream(parts).map(Integer::valueOf).toList())
        : Optional.empty();
  }

  private static String text(List<Integer> labels) {
    return labels.isEmpty()
        ? NO_LABELS
        : labels.stream().map(Object::toString).collect(Collectors.joining(","));
  }
}
