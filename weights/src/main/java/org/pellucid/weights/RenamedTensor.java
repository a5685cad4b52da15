package org.pellucid.weights;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A tensor under another name. */
record RenamedTensor(TensorInfo info, WeightTensor original) implements WeightTensor {
  @Override
  public MemorySegment bytes() {
    return original.bytes();
  }

  @Override
  public void forEachChunk(Consumer<MemorySegment> action) {
    original.forEachChunk(action);
  }
}
