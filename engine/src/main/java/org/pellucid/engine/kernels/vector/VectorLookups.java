package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.LookupKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/** Reading and adding to rows of a table by their numbers. */
final class VectorLookups implements LookupKernels {
  private static final long PIECE = 1 << 15;

  /** Each piece of a table reads all numbers, so there are not too many pieces. */
  private static final long MOST_PIECES = 64;

  private final Workers workers;

  VectorLookups(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void gather(Tensor table, Tensor ids, Tensor out) {
    var bytes = table.size(1) * Float.BYTES;
    var from = VectorKernels.address(table);
    var numbers = VectorKernels.address(ids);
    var to = VectorKernels.address(out);
    workers.ranges(
        ids.elements(),
        Math.max(1, PIECE / table.size(1)),
        (start, end) -> {
          for (var i = start; i < end; i++) {
            Lanes.copy(from + Lanes.getInt(numbers + i * 4) * bytes, to + i * bytes, bytes);
          }
        });
  }

  /**
   * Each piece owns some rows of the table, clears them and adds what is theirs in the order of the
   * numbers; so rows that come up repeatedly add up alike with any number of threads.
   */
  @Override
  public void scatterAdd(Tensor gradient, Tensor ids, Tensor out) {
    var columns = out.size(1);
    var from = VectorKernels.address(gradient);
    var numbers = VectorKernels.address(ids);
    var to = VectorKernels.address(out);
    var least = (out.size(0) + MOST_PIECES - 1) / MOST_PIECES;
    workers.ranges(
        out.size(0),
        Math.max(Math.max(1, PIECE / columns), least),
        (start, end) -> {
          Lanes.clear(to + start * columns * 4, (end - start) * columns * 4);
          for (var i = 0L; i < ids.elements(); i++) {
            var row = Lanes.getInt(numbers + i * 4);
            if (row >= start && row < end) {
              add(from + i * columns * 4, to + row * columns * 4, columns);
            }
          }
        });
  }

  private static void add(long from, long to, long count) {
    var i = 0L;
    for (; i + Lanes.COUNT <= count; i += Lanes.COUNT) {
      Lanes.store(Lanes.load(to + i * 4).add(Lanes.load(from + i * 4)), to + i * 4);
    }
    if (i < count) {
      var mask = Lanes.first(count - i);
      var sum = Lanes.load(to + i * 4, mask).add(Lanes.load(from + i * 4, mask));
      Lanes.store(sum, to + i * 4, mask);
    }
  }
}
