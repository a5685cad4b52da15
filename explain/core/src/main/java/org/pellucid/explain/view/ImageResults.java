package org.pellucid.explain.view;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.view.ImagePage.CurveOfImages;
import org.pellucid.explain.view.ImagePage.Figure;
import org.pellucid.explain.view.ImagePage.Numbers;
import org.pellucid.explain.view.ImagePage.Pixels;
import org.pellucid.explain.view.ImagePage.Result;
import org.pellucid.explain.view.ImagePage.Setting;

/** Makes the parts of an {@link ImagePage} from explanations. */
public final class ImageResults {
  /** So many of a curve's points are shown with their image. */
  private static final int CURVE_IMAGES = 9;

  private final Values input;
  private final DrawingStyle style;

  /**
   * Parts for one image.
   *
   * @param input the explained image
   * @param style how results are drawn
   */
  public ImageResults(Values input, DrawingStyle style) {
    this.input = input;
    this.style = style;
  }

  /** An image as the page shows it, one pixel for each of its own. */
  public static Pixels pixels(Values image) {
    if (image.rank() == 3) {
      return pixels(
          Images.drawn(image.toArray(), image.size(1), image.size(2), 1, new Normalisation(0, 1)));
    }
    var flat = Plane.of(image);
    return pixels(
        Images.map(
            flat.numbers(),
            flat.height(),
            flat.width(),
            1,
            Normalisation.minMax(flat.numbers()),
            ColourMap.GREY));
  }

  private static Pixels pixels(BufferedImage image) {
    var png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Pixels(image.getWidth(), image.getHeight(), png.toByteArray());
  }

  /** The images behind a curve's points, where they are known. */
  @FunctionalInterface
  public interface CurveImages {
    /** Knows none. */
    CurveImages NONE = (input, explanation, quality, point) -> Optional.empty();

    /** The changed image that a figure's curve was measured at. */
    Optional<Values> at(Values input, Explanation explanation, Quality quality, int point);
  }

  /**
   * What a method found.
   *
   * @param target what was explained, in words
   * @param java the lines that make it again, or nothing
   * @param data the file with the numbers, relative to the page, or nothing
   */
  public Result of(
      Explanation explanation,
      Method method,
      String target,
      String java,
      String data,
      CurveImages curves) {
    var display = explanation.display();
    var descriptor = method.descriptor();
    return new Result(
        explanation.method(),
        method.title(),
        method.sentence(),
        descriptor.source(),
        descriptor.guidance(),
        settings(explanation, descriptor.parameters()),
        display.name().toLowerCase(Locale.ROOT),
        target,
        explanation.seed(),
        explanation.seconds(),
        display == Display.IMAGE ? List.of() : List.of(numbers(explanation)),
        display == Display.IMAGE || display == Display.SUPERPIXELS
            ? List.of(pixels(Drawing.of(explanation, input).pixels()))
            : List.of(),
        explanation.quality().stream().map(q -> figure(explanation, q, curves)).toList(),
        java,
        data);
  }

  private static List<Setting> settings(Explanation explanation, List<Parameter<?>> declared) {
    var sentences =
        declared.stream().collect(Collectors.toMap(Parameter::name, Parameter::sentence));
    var settings = new ArrayList<Setting>();
    explanation
        .parameters()
        .forEach(
            (name, value) ->
                settings.add(
                    new Setting(name, String.valueOf(value), sentences.getOrDefault(name, ""))));
    return settings;
  }

  private Numbers numbers(Explanation explanation) {
    var values = explanation.values();
    var flat = Plane.of(values);
    return new Numbers(
        values.length() / (flat.height() * flat.width()),
        flat.height(),
        flat.width(),
        style.reach(explanation),
        Normalisation.reach(values.toArray(), 100),
        values.toArray());
  }

  private Figure figure(Explanation explanation, Quality quality, CurveImages images) {
    return new Figure(
        quality.name(),
        quality.value(),
        quality.meaning(),
        quality.parameters(),
        quality
            .curve()
            .map(
                curve ->
                    List.of(curve(curve, point -> images.at(input, explanation, quality, point))))
            .orElse(List.of()));
  }

  private static CurveOfImages curve(Curve curve, IntFunction<Optional<Values>> images) {
    var count = curve.positions().size();
    var points = new ArrayList<Integer>();
    var shown = new ArrayList<Pixels>();
    for (var i = 0; i < Math.min(CURVE_IMAGES, count); i++) {
      var point =
          count <= CURVE_IMAGES ? i : Math.round((float) i * (count - 1) / (CURVE_IMAGES - 1));
      images
          .apply(point)
          .ifPresent(
              image -> {
                points.add(point);
                shown.add(pixels(image));
              });
    }
    return new CurveOfImages(
        curve.x(), curve.y(), curve.positions(), curve.values(), points, shown);
  }
}
