package org.pellucid.testing;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Queue;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

/** The ReLU signs and max-pool winners of one run, in the order in which they were taken. */
final class Decisions {
  /** Passed by a ReLU although it is not positive: the smallest number that still passes. */
  private static final double BARELY_POSITIVE = Double.MIN_NORMAL;

  private final Queue<BitSet> signs = new ArrayDeque<>();
  private final Queue<int[]> winners = new ArrayDeque<>();
  private long count;
  private long different;
  private double widestMargin;

  /** The number of decisions that were recorded. */
  long count() {
    return count;
  }

  /** The number of recorded layers whose decisions were not imposed yet. */
  int remaining() {
    return signs.size() + winners.size();
  }

  /** The number of decisions that were imposed against the numbers at hand. */
  long different() {
    return different;
  }

  /** The widest margin between what was imposed and what the numbers at hand tell. */
  double widestMargin() {
    return widestMargin;
  }

  /** Records what kernels decide. */
  Decider recording() {
    return new Decider() {
      @Override
      public boolean needsSums() {
        return false;
      }

      @Override
      public void signs(double[] x, Tensor out) {
        recordSigns(out);
      }

      @Override
      public void winners(Tensor input, SlidingWindow window, Tensor own, Tensor out) {
        var positions = own.toInts();
        count += positions.length;
        winners.add(positions);
      }
    };
  }

  /** Imposes what was recorded. */
  Decider imposing() {
    return new Decider() {
      @Override
      public boolean needsSums() {
        return true;
      }

      @Override
      public void signs(double[] x, Tensor out) {
        imposeSigns(x, out);
      }

      @Override
      public void winners(Tensor input, SlidingWindow window, Tensor own, Tensor out) {
        imposeWinners(new WindowIndex(input, window, out), own);
      }
    };
  }

  private void recordSigns(Tensor rectified) {
    var values = rectified.toFloats();
    var positive = new BitSet(values.length);
    for (var i = 0; i < values.length; i++) {
      positive.set(i, values[i] > 0);
    }
    count += values.length;
    signs.add(positive);
  }

  /** Sets {@code out} to {@code max(x, 0)}, but positive exactly where it was when recorded. */
  private void imposeSigns(double[] x, Tensor out) {
    var positive = signs.remove();
    var scale = Distance.rootMeanSquare(x);
    for (var i = 0; i < x.length; i++) {
      if (positive.get(i) != x[i] > 0) {
        differs(Math.abs(x[i]), scale);
      }
      x[i] = positive.get(i) ? Math.max(x[i], BARELY_POSITIVE) : 0;
    }
    out.set(x);
  }

  /** Replaces winners, and the values that they select, by those that were recorded. */
  private void imposeWinners(WindowIndex index, Tensor own) {
    var imposed = winners.remove();
    var before = own.toInts();
    var x = index.input().toDoubles();
    var largest = index.out().toDoubles();
    var scale = Distance.rootMeanSquare(x);
    for (var i = 0; i < imposed.length; i++) {
      if (imposed[i] != before[i]) {
        var value = x[index.of(i, imposed[i])];
        differs(largest[i] - value, scale);
        largest[i] = value;
      }
    }
    own.set(imposed);
    index.out().set(largest);
  }

  private void differs(double margin, double scale) {
    different++;
    widestMargin = Math.max(widestMargin, margin / scale);
  }
}
