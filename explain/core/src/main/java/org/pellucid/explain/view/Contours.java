package org.pellucid.explain.view;

import java.awt.geom.Path2D;

/** Lines of equal value in a map, by marching squares between the pixels' centres. */
final class Contours {
  private final Plane map;
  private final double level;
  private final double scale;
  private final Path2D path = new Path2D.Double();

  private Contours(Plane map, double level, double scale) {
    this.map = map;
    this.level = level;
    this.scale = scale;
  }

  /** The lines at which a map passes a level, drawn at {@code scale} pixels for each of the map. */
  static Path2D of(Plane map, double level, double scale) {
    var contours = new Contours(map, level, scale);
    for (var y = 0; y + 1 < map.height(); y++) {
      for (var x = 0; x + 1 < map.width(); x++) {
        contours.cell(y, x);
      }
    }
    return contours.path;
  }

  /** A square of four centres: its corners above the level say which sides the line crosses. */
  private void cell(int y, int x) {
    var corners =
        (above(y, x) ? 8 : 0)
            + (above(y, x + 1) ? 4 : 0)
            + (above(y + 1, x + 1) ? 2 : 0)
            + (above(y + 1, x) ? 1 : 0);
    var top = new double[] {x + crossing(at(y, x), at(y, x + 1)), y};
    var right = new double[] {x + 1.0, y + crossing(at(y, x + 1), at(y + 1, x + 1))};
    var bottom = new double[] {x + crossing(at(y + 1, x), at(y + 1, x + 1)), y + 1.0};
    var left = new double[] {x, y + crossing(at(y, x), at(y + 1, x))};
    switch (corners) {
      case 1, 14 -> line(left, bottom);
      case 2, 13 -> line(bottom, right);
      case 3, 12 -> line(left, right);
      case 4, 11 -> line(top, right);
      case 6, 9 -> line(top, bottom);
      case 7, 8 -> line(left, top);
      case 5 -> {
        line(left, top);
        line(bottom, right);
      }
      case 10 -> {
        line(left, bottom);
        line(top, right);
      }
      default -> {
        // All four corners lie on one side.
      }
    }
  }

  private double at(int y, int x) {
    return map.numbers()[y * map.width() + x];
  }

  private boolean above(int y, int x) {
    return at(y, x) > level;
  }

  private double crossing(double from, double to) {
    return from == to ? 0.5 : Math.clamp((level - from) / (to - from), 0, 1);
  }

  private void line(double[] from, double[] to) {
    path.moveTo((from[0] + 0.5) * scale, (from[1] + 0.5) * scale);
    path.lineTo((to[0] + 0.5) * scale, (to[1] + 0.5) * scale);
  }
}
