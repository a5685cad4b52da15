package org.pellucid.explain.view;

import java.awt.AlphaComposite;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.perturbation.LimeImage;
import org.pellucid.models.vision.PngWriter;

/** An explanation or an input drawn as an image, normalised for display. */
public final class Drawing {
  private static final int USUAL_WIDTH = 384;

  private final BufferedImage image;

  private Drawing(BufferedImage image) {
    this.image = image;
  }

  /**
   * An explanation as its method's values are read: attributions without signs from dark to bright,
   * with signs from blue over white to red, their channels summed if signed, else the largest.
   *
   * @param input the explained input, which superpixels are drawn on
   */
  public static Drawing of(Explanation explanation, Values input) {
    var values = explanation.values();
    return switch (explanation.display()) {
      case MAP -> map(flattened(values));
      case ACTIVATION -> {
        var flat = flattened(values);
        yield map(flat, Normalisation.minMax(flat.toArray()), ColourMap.VIRIDIS);
      }
      case IMAGE -> image(values, Normalisation.minMax(values.toArray()));
      case SUPERPIXELS -> {
        var tinted = LimeImage.of(input, explanation).samples();
        yield image(Values.of(tinted, 3, input.size(-2), input.size(-1)), new Normalisation(0, 1));
      }
    };
  }

  /** An input as it is: an image in its colours, anything else as a map. */
  public static Drawing of(Values input) {
    return input.rank() == 3 ? image(input, new Normalisation(0, 1)) : map(flattened(input));
  }

  /**
   * An explanation laid over its input, stretched to the input's size.
   *
   * @param opacity of the explanation, from 0 to 1
   * @throws IllegalArgumentException if the opacity is another number
   */
  public static Drawing overlay(Explanation explanation, Values input, double opacity) {
    Shapes.check(opacity >= 0 && opacity <= 1, "The opacity is %s, but must be 0..1", opacity);
    var base = of(input).pixels();
    var above = of(explanation, input).pixels();
    var graphics = base.createGraphics();
    graphics.setComposite(AlphaComposite.SrcOver.derive((float) opacity));
    graphics.drawImage(above, 0, 0, base.getWidth(), base.getHeight(), null);
    graphics.dispose();
    return new Drawing(base);
  }

  private static Drawing map(Values flat) {
    var numbers = flat.toArray();
    return flat.min() < 0
        ? map(flat, Normalisation.symmetric(numbers), ColourMap.DIVERGING)
        : map(flat, Normalisation.minMax(numbers), ColourMap.HOT);
  }

  private static Drawing map(Values flat, Normalisation range, ColourMap colours) {
    var width = flat.size(1);
    return new Drawing(
        Images.map(flat.toArray(), flat.size(0), width, scale(width), range, colours));
  }

  private static Drawing image(Values values, Normalisation range) {
    var width = values.size(2);
    return new Drawing(Images.drawn(values.toArray(), values.size(1), width, scale(width), range));
  }

  private static int scale(int width) {
    return Math.max(1, USUAL_WIDTH / width);
  }

  /**
   * Two axes: a row of numbers gets a second one, channels are summed if signed, else the largest.
   */
  private static Values flattened(Values values) {
    if (values.rank() == 2) {
      return values;
    }
    if (values.rank() < 2) {
      return Values.of(values.toArray(), 1, values.length());
    }
    var height = values.size(-2);
    var width = values.size(-1);
    var plane = height * width;
    var signed = values.min() < 0;
    var map = new float[plane];
    for (var i = 0; i < plane; i++) {
      map[i] = values.get(i);
      for (var at = i + plane; at < values.length(); at += plane) {
        map[i] = signed ? map[i] + values.get(at) : Math.max(map[i], values.get(at));
      }
    }
    return Values.of(map, height, width);
  }

  /** The pixels. */
  public BufferedImage pixels() {
    return image;
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
