package org.pellucid.engine.kernels.vector;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Sums over some axes of a tensor.
 *
 * <p>Neighbouring axes that are all summed over, or all kept, count as one, and axes of size 1 as
 * none. What is left is one of a few patterns: the sum of everything, of each row, or of each
 * column in one or more matrices. Only sums over axes with kept ones between them are left out.
 */
final class Sums {
  /** A run is added up in single precision by this many numbers, and in double beyond. */
  private static final int BLOCK = 1 << 12;

  private static final long PIECE = 1 << 15;

  private final Workers workers;
  private final ColumnSums columnSums;

  /** Some neighbouring axes, as one. */
  private record Group(long size, boolean kept) {}

  Sums(Workers workers) {
    this.workers = workers;
    this.columnSums = new ColumnSums(workers);
  }

  /** Sums {@code x} to the shape of {@code out} if the pattern is known; says whether it was. */
  boolean run(Tensor x, Tensor out) {
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    var groups = groups(x, out);
    var summed = groups.stream().filter(group -> !group.kept()).toList();
    if (summed.isEmpty()) {
      Lanes.copy(from, to, x.elements() * Float.BYTES);
      return true;
    }
    if (summed.size() > 1) {
      return false;
    }
    var at = groups.indexOf(summed.getFirst());
    var before = at == 0 ? 1 : groups.getFirst().size();
    var after = at == groups.size() - 1 ? 1 : groups.getLast().size();
    var length = summed.getFirst().size();
    if (after > 1) {
      columns(from, before, length, Math.toIntExact(after), to);
    } else if (before > 1) {
      rows(from, before, length, to);
    } else {
      Lanes.set(to, (float) everything(from, length));
    }
    return true;
  }

  private static List<Group> groups(Tensor x, Tensor out) {
    var target = Shapes.padded(out.shape(), x.rank());
    var groups = new ArrayList<Group>();
    for (var axis = 0; axis < x.rank(); axis++) {
      var size = x.size(axis);
      var kept = target[axis] == size;
      if (size == 1) {
        continue;
      }
      if (!groups.isEmpty() && groups.getLast().kept() == kept) {
        size *= groups.removeLast().size();
      }
      groups.add(new Group(size, kept));
    }
    return groups;
  }

  private void columns(long from, long matrices, long rows, int columns, long to) {
    for (var matrix = 0L; matrix < matrices; matrix++) {
      var sums = columnSums.of(from + matrix * rows * columns * 4, rows, columns);
      for (var c = 0; c < columns; c++) {
        Lanes.set(to + (matrix * columns + c) * 4, (float) sums[c]);
      }
    }
  }

  private void rows(long from, long rows, long length, long to) {
    workers.ranges(
        rows,
        Math.max(1, PIECE / length),
        (start, end) -> {
          var lanes = new float[Lanes.COUNT];
          for (var row = start; row < end; row++) {
            Lanes.set(to + row * 4, (float) run(from + row * length * 4, length, lanes));
          }
        });
  }

  private double everything(long from, long elements) {
    var pieces = Math.toIntExact((elements + PIECE - 1) / PIECE);
    var sums = new double[pieces];
    workers.run(
        pieces,
        piece -> {
          var start = piece * PIECE;
          var length = Math.min(PIECE, elements - start);
          sums[piece] = run(from + start * 4, length, new float[Lanes.COUNT]);
        });
    var total = 0.0;
    for (var sum : sums) {
      total += sum;
    }
    return total;
  }

  /**
   * The sum of a run of numbers. The lanes of a vector are added one after another, since the
   * Vector API leaves the order of its own reduction open and with it the last bits.
   *
   * @param lanes room for one vector
   */
  static double run(long address, long length, float[] lanes) {
    var total = 0.0;
    for (var start = 0L; start < length; start += BLOCK) {
      var end = Math.min(length, start + BLOCK);
      var sum = Lanes.zero();
      var i = start;
      for (; i + Lanes.COUNT <= end; i += Lanes.COUNT) {
        sum = sum.add(Lanes.load(address + i * 4));
      }
      if (i < end) {
        sum = sum.add(Lanes.load(address + i * 4, Lanes.first(end - i)));
      }
      sum.intoArray(lanes, 0);
      for (var lane : lanes) {
        total += lane;
      }
    }
    return total;
  }
}
