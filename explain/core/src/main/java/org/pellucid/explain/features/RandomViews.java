package org.pellucid.explain.features;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.SplittableRandom;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Embedding;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * Shows images a little shifted, scaled and turned, anew in each step, so that a visualisation
 * stays what it is under such changes (Olah, Mordvintsev and Schubert: Feature visualization,
 * 2017). What comes into sight from beyond an image's border is grey.
 *
 * @param shift the largest shift along each axis, in pixels
 * @param scale the largest change of size, as a share of it
 * @param degrees the largest angle
 */
public record RandomViews(double shift, double scale, double degrees) {
  private static final double GREY = 0.5;
  private static final int CORNERS = 4;

  /** Images as they are. */
  public static final RandomViews NONE = new RandomViews(0, 0, 0);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is negative or the scale reaches 1
   */
  public RandomViews {
    check(shift >= 0, "The shift is %s pixels, but must be from 0 on", shift);
    check(
        scale >= 0 && scale < 1, "The change of size is %s, but must be from 0 to below 1", scale);
    check(degrees >= 0, "The angle is %s degrees, but must be from 0 on", degrees);
  }

  /** Shifts by a sixteenth of the side, sizes within 10 %, angles within 10 degrees. */
  public static RandomViews standard(long side) {
    return new RandomViews(side / 16.0, 0.1, 10);
  }

  /** Where an image's pixels are looked up: {@code source = centre + turned + shift}. */
  private record View(double cosine, double sine, double right, double down) {}

  private View draw(SplittableRandom random) {
    var angle = Math.toRadians(degrees) * symmetric(random);
    var size = 1 + scale * symmetric(random);
    return new View(
        StrictMath.cos(angle) / size,
        StrictMath.sin(angle) / size,
        shift * symmetric(random),
        shift * symmetric(random));
  }

  private static double symmetric(SplittableRandom random) {
    return 2 * random.nextDouble() - 1;
  }

  /**
   * Images as one step sees them, by bilinear interpolation.
   *
   * @param images {@code [batch, height, width, channels]}
   * @param randoms a generator for each image
   */
  Tensor apply(Tape tape, Tensor images, SplittableRandom[] randoms) {
    if (equals(NONE)) {
      return images;
    }
    var height = (int) images.size(1);
    var width = (int) images.size(2);
    var pixels = Math.multiplyExact(height, width);
    var rows = randoms.length * pixels;
    var ids = new int[CORNERS][rows];
    var shares = new float[CORNERS][rows];
    var grey = new float[rows];
    for (var image = 0; image < randoms.length; image++) {
      var view = draw(randoms[image]);
      for (var pixel = 0; pixel < pixels; pixel++) {
        look(view, image, pixel, height, width, ids, shares, grey);
      }
    }
    var table = Reshape.apply(tape, images, rows, images.size(3));
    var sum = column(tape, images.type(), grey);
    for (var corner = 0; corner < CORNERS; corner++) {
      var found = Embedding.apply(tape, table, integers(tape, ids[corner]));
      var share = column(tape, images.type(), shares[corner]);
      sum = Add.apply(tape, Multiply.apply(tape, found, share), sum);
    }
    return Reshape.apply(tape, sum, images.shape());
  }

  private static void look(
      View view,
      int image,
      int pixel,
      int height,
      int width,
      int[][] ids,
      float[][] shares,
      float[] grey) {
    var x = pixel % width - (width - 1) / 2.0;
    var y = pixel / width - (height - 1) / 2.0;
    var sourceX = view.cosine() * x - view.sine() * y + (width - 1) / 2.0 + view.right();
    var sourceY = view.sine() * x + view.cosine() * y + (height - 1) / 2.0 + view.down();
    var left = (int) Math.floor(sourceX);
    var top = (int) Math.floor(sourceY);
    var row = image * height * width + pixel;
    var seen = 0.0;
    for (var corner = 0; corner < CORNERS; corner++) {
      var column = left + corner % 2;
      var line = top + corner / 2;
      var share = (1 - Math.abs(sourceX - column)) * (1 - Math.abs(sourceY - line));
      var inside = column >= 0 && column < width && line >= 0 && line < height;
      ids[corner][row] = inside ? (image * height + line) * width + column : 0;
      shares[corner][row] = inside ? (float) share : 0;
      seen += inside ? share : 0;
    }
    grey[row] = (float) (GREY * (1 - seen));
  }

  private static Tensor integers(Tape tape, int[] values) {
    var tensor = tape.allocate(ElementType.INT32, values.length);
    tensor.set(values);
    return tensor;
  }

  private static Tensor column(Tape tape, ElementType type, float[] values) {
    var tensor = tape.allocate(type, values.length, 1);
    tensor.set(values);
    return tensor;
  }
}
