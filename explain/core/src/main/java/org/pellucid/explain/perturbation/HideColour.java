package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Optional;
import org.pellucid.explain.evaluation.HiddenWords;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.segmentation.Superpixels;
import org.pellucid.models.vision.GaussianBlur;

/** What hidden places of an image, or hidden words of a text, show instead. */
public sealed interface HideColour {
  /** Each superpixel's own mean colour. */
  HideColour SUPERPIXEL = new SuperpixelMean();

  /** The image's mean colour. */
  HideColour MEAN = new ImageMean();

  /** All zeros. */
  HideColour BLACK = new Constant(0);

  /** All ones. */
  HideColour WHITE = new Constant(1);

  /** Each superpixel's own mean colour, channel by channel; edges between superpixels remain. */
  record SuperpixelMean() implements HideColour {}

  /** The image's mean colour, channel by channel. */
  record ImageMean() implements HideColour {}

  /** {@code [MASK]} in place of a text's word. */
  HideColour MASK = new OfWords(HiddenWords.MASK);

  /**
   * What stands in place of a text's word. The word is a pixel that is 1 where it is shown and 0
   * where it is hidden.
   */
  record OfWords(HiddenWords words) implements HideColour {}

  /** The same number everywhere. */
  record Constant(float value) implements HideColour {}

  /**
   * The image itself under a Gaussian blur.
   *
   * @param sigma in pixels, above 0; empty for a tenth of the image's longer side
   */
  record Blurred(Optional<Double> sigma) implements HideColour {
    private static final double LARGEST = 1000;
    private static final double SHARE = 0.1;

    /**
     * Checks the width.
     *
     * @throws IllegalArgumentException if it is out of its range
     */
    public Blurred {
      check(
          sigma.isEmpty() || sigma.get() > 0 && sigma.get() <= LARGEST,
          "A blur's sigma must be above 0 and at most 1000 pixels, not %s",
          sigma.orElse(0.0));
    }

    private double sigma(int height, int width) {
      return sigma.orElse(SHARE * Math.max(height, width));
    }
  }

  /** The image under a blur of a tenth of its longer side. */
  static HideColour blurred() {
    return new Blurred(Optional.empty());
  }

  /**
   * A parameter for methods that hide superpixels.
   *
   * @param name on the command line
   */
  static Parameter<HideColour> ofSuperpixels(String name, HideColour standard) {
    return Parameter.of(
            name,
            new ParameterType<>(
                "one of superpixel, mean, black, white, blurred, blurred:SIGMA, or a number for all"
                    + " values; for texts mask, pad, zero or removed",
                text -> text.equals("superpixel") ? Optional.of(SUPERPIXEL) : parse(text),
                HideColour::text),
            standard,
            "What hidden superpixels show: their own mean colour, the image's, black, white, the"
                + " image blurred, or a number; what stands in place of hidden words.")
        .texts(MASK);
  }

  /**
   * A parameter for methods that hide places of other shapes.
   *
   * @param name on the command line
   */
  static Parameter<HideColour> ofPlaces(String name, HideColour standard) {
    return Parameter.of(
            name,
            new ParameterType<>(
                "one of mean, black, white, blurred, blurred:SIGMA, or a number for all values; for"
                    + " texts mask, pad, zero or removed",
                HideColour::parse,
                HideColour::text),
            standard,
            "What hidden places show: the image's mean colour, black, white, the image blurred, or"
                + " a number; what stands in place of hidden words.")
        .texts(MASK);
  }

  private static Optional<HideColour> parse(String text) {
    var blurred = "blurred:";
    return switch (text) {
      case "mean" -> Optional.of(MEAN);
      case "black" -> Optional.of(BLACK);
      case "white" -> Optional.of(WHITE);
      case "blurred" -> Optional.of(blurred());
      case "mask", "pad", "zero", "removed" ->
          ParameterType.choice(HiddenWords.class).reader().apply(text).map(OfWords::new);
      default ->
          text.startsWith(blurred)
              ? ParameterType.positiveNumber()
                  .reader()
                  .apply(text.substring(blurred.length()))
                  .filter(sigma -> sigma <= Blurred.LARGEST)
                  .map(sigma -> new Blurred(Optional.of(sigma)))
              : ParameterType.number(-Float.MAX_VALUE, Float.MAX_VALUE)
                  .reader()
                  .apply(text)
                  .map(number -> new Constant(number.floatValue()));
    };
  }

  /** The name on the command line. */
  default String text() {
    return switch (this) {
      case SuperpixelMean _ -> "superpixel";
      case ImageMean _ -> "mean";
      case OfWords(var words) -> ParameterType.text(words);
      case Constant(var value) when value == 0 -> "black";
      case Constant(var value) when value == 1 -> "white";
      case Constant(var value) -> Float.toString(value);
      case Blurred(var sigma) -> sigma.map(width -> "blurred:" + width).orElse("blurred");
    };
  }

  /**
   * An image in which everything is hidden.
   *
   * @param image samples {@code [channels, height, width]}
   * @return of the image's shape
   */
  default float[] over(float[] image, Superpixels superpixels) {
    return this instanceof SuperpixelMean
        ? means(image, superpixels)
        : over(image, superpixels.height(), superpixels.width());
  }

  /**
   * An image in which everything is hidden.
   *
   * @param image samples {@code [channels, height, width]}
   * @return of the image's shape
   * @throws IllegalArgumentException if superpixels are needed
   */
  default float[] over(float[] image, int height, int width) {
    return switch (this) {
      case SuperpixelMean _ ->
          throw new IllegalArgumentException(
              "The mean colour of superpixels can only hide superpixels; choose mean instead.");
      case ImageMean _ -> means(image, new Superpixels(new int[height * width], height, width, 1));
      case OfWords _ -> {
        check(
            height == 1 && image.length == width,
            "%s hides words of texts, but this input is an image; choose a colour",
            text());
        yield new float[image.length];
      }
      case Constant(var value) -> {
        var hidden = new float[image.length];
        Arrays.fill(hidden, value);
        yield hidden;
      }
      case Blurred blurred -> blurred(image, height, width, blurred.sigma(height, width));
    };
  }

  private static float[] means(float[] image, Superpixels superpixels) {
    var pixels = superpixels.height() * superpixels.width();
    var first = superpixels.firstLabel();
    var hidden = new float[image.length];
    for (var channel = 0; channel < image.length / pixels; channel++) {
      var sums = new double[superpixels.count()];
      var sizes = new int[superpixels.count()];
      for (var pixel = 0; pixel < pixels; pixel++) {
        sums[superpixels.label(pixel) - first] += image[channel * pixels + pixel];
        sizes[superpixels.label(pixel) - first]++;
      }
      for (var pixel = 0; pixel < pixels; pixel++) {
        var piece = superpixels.label(pixel) - first;
        hidden[channel * pixels + pixel] = (float) (sums[piece] / sizes[piece]);
      }
    }
    return hidden;
  }

  private static float[] blurred(float[] image, int height, int width, double sigma) {
    var samples = new double[image.length];
    Arrays.setAll(samples, i -> image[i]);
    var smooth = new GaussianBlur(sigma, GaussianBlur.Border.MIRRORED).of(samples, height, width);
    var hidden = new float[image.length];
    for (var i = 0; i < hidden.length; i++) {
      hidden[i] = (float) smooth[i];
    }
    return hidden;
  }
}
