package org.pellucid.engine.kernels.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One thread's working memory, which grows to what was needed and goes with the thread. */
final class NativeScratch {
  private static final long CACHE_LINE = 64;

  private MemorySegment memory = MemorySegment.NULL;
  private float[] sums = new float[0];

  /** The address of at least {@code bytes} bytes; what was there before may be gone. */
  long ensure(long bytes) {
    if (memory.byteSize() < bytes) {
      memory = Arena.ofAuto().allocate(bytes, CACHE_LINE);
    }
    return memory.address();
  }

  float[] sums(int count) {
    sums = sums.length < count ? new float[count] : sums;
    return sums;
  }
}
