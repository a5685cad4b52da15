package org.pellucid.weights.convert;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;

/** A matrix with rows and columns exchanged. */
final class TransposedTensor implements WeightTensor {
  private final TensorInfo info;
  private final WeightTensor original;

  TransposedTensor(String name, WeightTensor original) {
    var shape = original.info().shape();
    this.info = new TensorInfo(name, original.info().dtype(), new long[] {shape[1], shape[0]});
    this.original = original;
  }

  @Override
  public TensorInfo info() {
    return info;
  }

  @Override
  public MemorySegment bytes() {
    var source = original.bytes();
    var width = info.dtype().bytes();
    var rows = (int) info.shape()[0];
    var columns = (int) info.shape()[1];
    var from = source.toArray(ValueLayout.JAVA_BYTE);
    var to = new byte[from.length];
    for (var row = 0; row < rows; row++) {
      for (var column = 0; column < columns; column++) {
        System.arraycopy(
            from, (column * rows + row) * width, to, (row * columns + column) * width, width);
      }
    }
    return MemorySegment.ofArray(to);
  }
}
