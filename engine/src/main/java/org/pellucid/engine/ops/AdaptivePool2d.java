package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Pooling to a size, whatever that of the image: of {@code n} rows, row {@code i} of {@code m}
 * pools those from {@code ⌊i · n / m⌋} up to {@code ⌈(i + 1) · n / m⌉}, as in PyTorch; columns
 * likewise. Put together from {@link AveragePool2d} or {@link MaxPool2d}, and {@link Slice} and
 * {@link Concatenate} where {@code m} doesn't divide {@code n}.
 */
public final class AdaptivePool2d {
  private AdaptivePool2d() {}

  private interface Pooling {
    Tensor apply(Tape tape, Tensor x, SlidingWindow window);
  }

  /**
   * The means.
   *
   * @param x {@code [batch, height, width, channels]}
   * @return {@code [batch, rows, columns, channels]}
   * @throws IllegalArgumentException if a size isn't positive
   */
  public static Tensor average(Tape tape, Tensor x, int rows, int columns) {
    return pool(tape, x, rows, columns, AveragePool2d::apply);
  }

  /**
   * The largest values.
   *
   * @param x {@code [batch, height, width, channels]}
   * @return {@code [batch, rows, columns, channels]}
   * @throws IllegalArgumentException if a size isn't positive
   */
  public static Tensor max(Tape tape, Tensor x, int rows, int columns) {
    return pool(tape, x, rows, columns, MaxPool2d::apply);
  }

  private static Tensor pool(Tape tape, Tensor x, int rows, int columns, Pooling pooling) {
    Shapes.checkRank("A pooling's input", x, 4);
    check(rows > 0 && columns > 0, "A pooling can't give %dx%d pixels", rows, columns);
    var window = window(x.size(1), x.size(2), rows, columns);
    if (window.isPresent()) {
      return pooling.apply(tape, x, window.get());
    }
    // Columns first: among equal values the first in row-major order then wins.
    var narrow = along(tape, x, 2, columns, pooling);
    var y = along(tape, narrow, 1, rows, pooling);
    tape.discard(narrow);
    return y;
  }

  /** The window that pools an image to a size, if the size divides the image's. */
  public static Optional<SlidingWindow> window(long height, long width, int rows, int columns) {
    if (height % rows != 0 || width % columns != 0) {
      return Optional.empty();
    }
    var tall = Math.toIntExact(height / rows);
    var wide = Math.toIntExact(width / columns);
    return Optional.of(new SlidingWindow(tall, wide, tall, wide, 0, 0));
  }

  private static Tensor along(Tape tape, Tensor x, int axis, int parts, Pooling pooling) {
    var size = x.size(axis);
    var pooled = new Tensor[parts];
    for (var part = 0; part < parts; part++) {
      var start = part * size / parts;
      var length = Math.toIntExact(Math.ceilDiv((part + 1) * size, (long) parts) - start);
      var slice = Slice.apply(tape, x, axis, start, length);
      var tall = axis == 1 ? length : 1;
      var wide = axis == 2 ? length : 1;
      pooled[part] = pooling.apply(tape, slice, new SlidingWindow(tall, wide, 1, 1, 0, 0));
      tape.discard(slice);
    }
    var y = Concatenate.apply(tape, axis, pooled);
    for (var part : pooled) {
      tape.discard(part);
    }
    return y;
  }
}
