package org.pellucid.explain.view;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;

/** Draws one map in a style, at the size of the input that it explains. */
final class MapDrawing {
  private static final int USUAL_SIDE = 384;

  /** The share of the scale at which contours are drawn. */
  private static final double[] LEVELS = {0.25, 0.5, 0.75};

  /** Contours of a map are smoothed by a Gaussian of this share of its longer side. */
  private static final double SMOOTHING = 0.02;

  private final Plane map;
  private final Display display;
  private final Values input;
  private final DrawingStyle style;
  private final int height;
  private final int width;
  private final int scale;

  /** What belongs to one range: the colours, and how they were chosen. */
  private record Range(Normalisation numbers, ColourMap colours, String sentence) {
    Legend legend(String more) {
      return new Legend(Optional.of(colours), numbers.low(), numbers.high(), sentence + more);
    }
  }

  /** The colour of a pixel of the input's size. */
  private interface Pixel {
    int at(int y, int x);
  }

  MapDrawing(Plane map, Display display, Values input, DrawingStyle style) {
    this.map = map;
    this.display = display;
    this.input = input;
    this.style = style;
    var isImage = input.rank() >= 2;
    height = isImage ? input.size(-2) : map.height();
    width = isImage ? input.size(-1) : map.width();
    scale = scale(height, width);
  }

  /** How many pixels are drawn for one, so that small images become visible. */
  static int scale(int height, int width) {
    return Math.max(1, USUAL_SIDE / Math.max(height, width));
  }

  Drawing draw() {
    var reach = orOne(style.scale().reach(Normalisation.reach(map.numbers(), style.clip())));
    if (!hasNumbers()) {
      return new Drawing(filled((_, _) -> ColourMap.BLANK), Legend.of(Legend.BLANK));
    }
    return style
        .form()
        .map(
            form ->
                switch (form) {
                  case HEAT -> heat(reach);
                  case SIGNED -> plain(signed(reach));
                  case OVERLAY -> overlay(reach);
                  case MASKED -> masked(reach);
                  case CONTOUR -> contour();
                })
        .orElseGet(
            () ->
                display == Display.ACTIVATION
                    ? plain(activation(reach))
                    : map.isSigned() ? plain(signed(reach)) : heat(reach));
  }

  /** A scale without length, as of NaN alone, is as good as any other. */
  private static double orOne(double reach) {
    return reach > 0 ? reach : 1;
  }

  /** Whether there is anything to draw: a number that isn't zero, or what is none. */
  private boolean hasNumbers() {
    for (var number : map.numbers()) {
      if (number != 0) {
        return true;
      }
    }
    return false;
  }

  private Drawing heat(double reach) {
    var range = magnitudes(reach);
    return new Drawing(
        filled((y, x) -> range.colours().rgb(range.numbers().apply(Math.abs(number(y, x))))),
        range.legend(map.isSigned() ? ", without signs" : ""));
  }

  private Drawing plain(Range range) {
    return new Drawing(
        filled((y, x) -> range.colours().rgb(range.numbers().apply(number(y, x)))),
        range.legend(""));
  }

  private double number(int y, int x) {
    return map.nearest(y, x, height, width);
  }

  private Range magnitudes(double reach) {
    return new Range(
        new Normalisation(0, reach), style.colours().orElse(ColourMap.MAGMA), scaleSentence());
  }

  private Range signed(double reach) {
    return new Range(
        new Normalisation(-reach, reach),
        style.colours().orElse(ColourMap.DIVERGING),
        scaleSentence());
  }

  /** Activations over their own range, or from zero where a scale is given. */
  private Range activation(double reach) {
    var colours = style.colours().orElse(ColourMap.VIRIDIS);
    return style.scale() instanceof Scale.Own
        ? new Range(
            Normalisation.minMax(map.numbers()), colours, "smallest to largest value of this map")
        : new Range(
            new Normalisation(map.isSigned() ? -reach : 0, reach), colours, scaleSentence());
  }

  private String scaleSentence() {
    var largest = Legend.number(Normalisation.reach(map.numbers(), 100));
    return switch (style.scale()) {
      case Scale.Own _ ->
          style.clip() < 100
              ? "own scale: %s of magnitudes, largest %s"
                  .formatted(Legend.percent(style.clip()), largest)
              : "own scale: largest magnitude";
      case Scale.Fixed _ -> "given scale; largest magnitude here " + largest;
      case Scale.Shared shared ->
          "scale shared by %d maps; largest magnitude here %s".formatted(shared.maps(), largest);
    };
  }

  private Drawing overlay(double reach) {
    var range = map.isSigned() ? signed(reach) : magnitudes(reach);
    var grey = grey(background());
    var above = map.resized(height, width);
    return new Drawing(
        filled(
            (y, x) -> {
              var number = above.numbers()[y * width + x];
              var share = Math.clamp(Math.abs(number) / reach, 0, 1);
              return mixed(
                  grey.getRGB(x, y),
                  range.colours().rgb(range.numbers().apply(number)),
                  Float.isNaN(number) ? 1 : style.opacity() * share);
            }),
        range.legend("; opacity up to " + Legend.percent(Math.round(100 * style.opacity()))));
  }

  private Drawing masked(double reach) {
    var image = background();
    var above = map.resized(height, width);
    return new Drawing(
        filled(
            (y, x) -> {
              var number = above.numbers()[y * width + x];
              return Float.isNaN(number)
                  ? ColourMap.NOT_A_NUMBER
                  : mixed(
                      ColourMap.BLANK,
                      image.getRGB(x, y),
                      Math.clamp(Math.abs(number) / reach, 0, 1));
            }),
        Legend.of(
            "white at 0, the image itself from magnitude %s; %s"
                .formatted(Legend.number(reach), scaleSentence())));
  }

  private Drawing contour() {
    var sigma = SMOOTHING * Math.max(height, width);
    var smooth = finite(map.resized(height, width)).smoothed(Math.max(sigma, 1e-3));
    var reach = orOne(style.scale().reach(Normalisation.reach(smooth.numbers(), style.clip())));
    var grey = grey(background());
    var image = filled((y, x) -> mixed(grey.getRGB(x, y), 0xffffff, 0.35));
    var graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    var numbers = new ArrayList<String>();
    for (var level : LEVELS) {
      numbers.add(Legend.number(level * reach));
      for (var sign : map.isSigned() ? List.of(-1, 1) : List.of(1)) {
        var colour = ColourMap.DIVERGING.rgb(0.5 + sign * (0.22 + 0.25 * level));
        line(graphics, Contours.of(smooth, sign * level * reach, scale), colour, level);
      }
    }
    graphics.dispose();
    return new Drawing(
        image,
        Legend.of(
            "lines at %s%s of the map smoothed by %s pixels"
                .formatted(
                    map.isSigned() ? "± " : "", String.join(", ", numbers), Legend.number(sigma))));
  }

  /** Only sums with finite numbers stay finite. */
  private static Plane finite(Plane plane) {
    var numbers = plane.numbers().clone();
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = Float.isFinite(numbers[i]) ? numbers[i] : 0;
    }
    return new Plane(numbers, plane.height(), plane.width());
  }

  private static void line(Graphics2D graphics, Path2D path, int colour, double level) {
    var thickness = (float) (1 + 1.6 * level);
    graphics.setStroke(
        new BasicStroke(thickness + 1.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    graphics.setColor(new Color(255, 255, 255, 170));
    graphics.draw(path);
    graphics.setStroke(new BasicStroke(thickness, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    graphics.setColor(new Color(colour));
    graphics.draw(path);
  }

  /** The input, one pixel for each of its own; in grey where it is no image. */
  private BufferedImage background() {
    if (input.rank() == 3) {
      return Images.drawn(input.toArray(), height, width, 1, new Normalisation(0, 1));
    }
    var flat = Plane.of(input).resized(height, width).numbers();
    return Images.map(flat, height, width, 1, Normalisation.minMax(flat), ColourMap.GREY);
  }

  /** An image by its lightness. */
  private static BufferedImage grey(BufferedImage image) {
    var result = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    for (var y = 0; y < image.getHeight(); y++) {
      for (var x = 0; x < image.getWidth(); x++) {
        var rgb = image.getRGB(x, y);
        var level =
            (int)
                Math.round(
                    0.299 * (rgb >> 16 & 0xff) + 0.587 * (rgb >> 8 & 0xff) + 0.114 * (rgb & 0xff));
        result.setRGB(x, y, level << 16 | level << 8 | level);
      }
    }
    return result;
  }

  private static int mixed(int from, int to, double share) {
    var colour = 0;
    for (var shift = 16; shift >= 0; shift -= 8) {
      var start = from >> shift & 0xff;
      var end = to >> shift & 0xff;
      colour |= (int) Math.round(start + share * (end - start)) << shift;
    }
    return colour;
  }

  private BufferedImage filled(Pixel pixel) {
    var image = new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
    var block = new int[scale * scale];
    for (var y = 0; y < height; y++) {
      for (var x = 0; x < width; x++) {
        Arrays.fill(block, pixel.at(y, x));
        image.setRGB(x * scale, y * scale, scale, scale, block, 0, scale);
      }
    }
    return image;
  }
}
