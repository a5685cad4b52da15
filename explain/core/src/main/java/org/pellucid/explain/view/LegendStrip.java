package org.pellucid.explain.view;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.pellucid.explain.view.Lettering.Style;

/** Draws a legend: a bar of colours with its numbers, and how the scale was chosen. */
record LegendStrip(Lettering lettering) {
  /** Below this width numbers would touch each other. */
  static final int LEAST_WIDTH = 120;

  private static final int MARGIN = 8;
  private static final int BAR = 8;
  private static final float SIZE = 11;
  private static final int LINE = 15;
  private static final int OUTLINE = 0xd0d0d0;

  /** An image with its legend below; an image that is too narrow for one stays as it is. */
  BufferedImage below(BufferedImage image, Legend legend) {
    var width = image.getWidth();
    if (width < LEAST_WIDTH) {
      return image;
    }
    var sentences = lettering.lines(legend.sentence(), SIZE, width - 2.0 * MARGIN, 2);
    var height = height(legend, sentences.size());
    var whole = new BufferedImage(width, image.getHeight() + height, BufferedImage.TYPE_INT_RGB);
    var graphics = whole.createGraphics();
    graphics.drawImage(image, 0, 0, null);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, image.getHeight(), width, height);
    var y = image.getHeight() + MARGIN;
    if (legend.colours().isPresent()) {
      bar(graphics, legend, MARGIN, y, width - 2 * MARGIN);
      y += BAR + 2;
      numbers(graphics, legend, MARGIN, y + LINE - 4, width - 2 * MARGIN);
      y += LINE;
    }
    for (var sentence : sentences) {
      lettering.draw(graphics, sentence, MARGIN, y + LINE - 4, SIZE, Style.soft());
      y += LINE;
    }
    graphics.dispose();
    return whole;
  }

  private static int height(Legend legend, int lines) {
    return 2 * MARGIN + (legend.colours().isPresent() ? BAR + 2 + LINE : 0) + lines * LINE - 4;
  }

  /** The colours from the lowest to the highest value, side by side. */
  void bar(Graphics2D graphics, Legend legend, int x, int y, int width) {
    var colours = legend.colours().orElseThrow();
    for (var i = 0; i < width; i++) {
      graphics.setColor(new Color(colours.rgb(i / Math.max(1.0, width - 1.0))));
      graphics.fillRect(x + i, y, 1, BAR);
    }
    graphics.setColor(new Color(OUTLINE));
    graphics.drawRect(x - 1, y - 1, width + 1, BAR + 1);
  }

  /** The values at both ends, and zero where it lies well between them. */
  void numbers(Graphics2D graphics, Legend legend, int x, int baseline, int width) {
    var low = legend.low();
    var high = legend.high();
    var style = Style.ink();
    lettering.draw(graphics, Legend.number(low), x, baseline, SIZE, style);
    lettering.draw(
        graphics, Legend.number(high), (double) x + width, baseline, SIZE, style.aligned(1));
    var zero = x + width * (-low / (high - low));
    var hasRoom =
        zero > x + lettering.width(Legend.number(low), SIZE) + MARGIN
            && zero < x + width - lettering.width(Legend.number(high), SIZE) - MARGIN;
    if (low < 0 && high > 0 && hasRoom) {
      lettering.draw(graphics, "0", zero, baseline, SIZE, style.aligned(0.5));
    }
  }
}
