package org.pellucid.explain.view;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Text in images, in the system's sans-serif font; where a system has no fonts, nothing is drawn.
 *
 * @param font empty where there is none
 */
record Lettering(Optional<Font> font) {
  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

  /** The system's font, if it has one. */
  static Lettering find() {
    try {
      var font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
      return new Lettering(
          font.getStringBounds("0", CONTEXT).getWidth() > 0 ? Optional.of(font) : Optional.empty());
    } catch (RuntimeException | InternalError | LinkageError _) {
      // How the JDK says that a system has no fonts or no library to draw them with.
      return new Lettering(Optional.empty());
    }
  }

  /** No text at all. */
  static Lettering none() {
    return new Lettering(Optional.empty());
  }

  /** How wide a text is at a size, in pixels. */
  double width(String text, float size) {
    return font.map(f -> f.deriveFont(size).getStringBounds(text, CONTEXT).getWidth()).orElse(0.0);
  }

  /** A text, shortened at its end if it is wider than some pixels. */
  String fitting(String text, float size, double most) {
    if (width(text, size) <= most) {
      return text;
    }
    var points = text.codePoints().toArray();
    for (var count = points.length - 1; count > 0; count--) {
      var shorter = new String(points, 0, count).stripTrailing() + "…";
      if (width(shorter, size) <= most) {
        return shorter;
      }
    }
    return "";
  }

  /** A text in lines of at most some pixels, broken at spaces; the last is shortened. */
  List<String> lines(String text, float size, double most, int count) {
    var lines = new ArrayList<String>();
    var line = "";
    for (var word : text.strip().split("\\s+")) {
      var longer = line.isEmpty() ? word : line + " " + word;
      if (line.isEmpty() || lines.size() == count - 1 || width(longer, size) <= most) {
        line = longer;
      } else {
        lines.add(line);
        line = word;
      }
    }
    lines.add(line);
    return lines.stream().map(l -> fitting(l, size, most)).toList();
  }

  /** Draws a text at a place of its baseline. */
  void draw(Graphics2D graphics, String text, double x, double baseline, float size, Style style) {
    font.ifPresent(
        f -> {
          graphics.setRenderingHint(
              RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
          graphics.setRenderingHint(
              RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
          graphics.setFont(f.deriveFont(style.bold() ? Font.BOLD : Font.PLAIN, size));
          graphics.setColor(new Color(style.colour()));
          graphics.drawString(
              text, (float) (x - style.align() * width(text, size)), (float) baseline);
        });
  }

  /**
   * How a text stands.
   *
   * @param align 0 begins at its place, 0.5 is centred there, 1 ends there
   */
  record Style(int colour, double align, boolean bold) {
    static final int INK = 0x1d2433;
    static final int SOFT = 0x667085;

    static Style ink() {
      return new Style(INK, 0, false);
    }

    static Style soft() {
      return new Style(SOFT, 0, false);
    }

    Style aligned(double share) {
      return new Style(colour, share, bold);
    }

    Style inBold() {
      return new Style(colour, align, true);
    }
  }
}
