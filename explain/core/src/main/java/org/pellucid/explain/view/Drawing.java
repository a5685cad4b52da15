package org.pellucid.explain.view;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.perturbation.LimeImage;
import org.pellucid.models.vision.PngWriter;

/** An explanation or an input drawn as an image, with a legend that says what its colours mean. */
public final class Drawing {
  private final BufferedImage image;
  private final Legend legend;

  Drawing(BufferedImage image, Legend legend) {
    this.image = image;
    this.legend = legend;
  }

  /**
   * An explanation as its method's values are read: attributions without signs from dark to bright,
   * with signs from blue over white to red, their channels summed if signed, else the largest.
   *
   * @param input the explained input, which superpixels are drawn on
   */
  public static Drawing of(Explanation explanation, Values input) {
    return of(explanation, input, DrawingStyle.standard());
  }

  /**
   * An explanation in a style. A map of another size than the input's is brought to that size;
   * images that a method made are drawn as images whatever the style's form.
   */
  public static Drawing of(Explanation explanation, Values input, DrawingStyle style) {
    var values = explanation.values();
    if (explanation.display() == Display.IMAGE) {
      var range = Normalisation.minMax(values.toArray());
      return new Drawing(
          image(values, range),
          Legend.of(
              "an image, stretched from %s to %s"
                  .formatted(Legend.number(range.low()), Legend.number(range.high()))));
    }
    if (explanation.display() == Display.SUPERPIXELS && style.form().isEmpty()) {
      var tinted = LimeImage.of(input, explanation).samples();
      return new Drawing(
          image(Values.of(tinted, 3, input.size(-2), input.size(-1)), new Normalisation(0, 1)),
          Legend.of("green speaks for the target, red against it; coefficients of 0.05 or more"));
    }
    return new MapDrawing(Plane.of(values), explanation.display(), input, style).draw();
  }

  /** An input as it is: an image in its colours, anything else as a map. */
  public static Drawing of(Values input) {
    return input.rank() == 3
        ? new Drawing(image(input, new Normalisation(0, 1)), Legend.of("as the network sees it"))
        : new MapDrawing(Plane.of(input), Display.MAP, input, DrawingStyle.standard()).draw();
  }

  /**
   * An explanation laid over its input in grey, the more opaque the larger its magnitude.
   *
   * @param opacity of the explanation at the end of its scale, from 0 to 1
   * @throws IllegalArgumentException if the opacity is another number
   */
  public static Drawing overlay(Explanation explanation, Values input, double opacity) {
    return of(
        explanation,
        input,
        DrawingStyle.standard().withForm(DrawingForm.OVERLAY).withOpacity(opacity));
  }

  private static BufferedImage image(Values values, Normalisation range) {
    var scale = MapDrawing.scale(values.size(-2), values.size(-1));
    return Images.drawn(values.toArray(), values.size(-2), values.size(-1), scale, range);
  }

  /** The pixels. */
  public BufferedImage pixels() {
    return image;
  }

  /** What the colours mean. */
  public Legend legend() {
    return legend;
  }

  /**
   * This drawing with its legend below, in the image itself; a drawing that is too narrow for one
   * stays as it is.
   */
  public Drawing withLegend() {
    return new Drawing(new LegendStrip(Lettering.find()).below(image, legend), legend);
  }

  /**
   * Writes a PNG, which appears under its name only when it is whole.
   *
   * @throws org.pellucid.models.vision.ImageException if it can't be written
   */
  public void write(Path file) {
    PngWriter.writePng(image, file);
  }
}
