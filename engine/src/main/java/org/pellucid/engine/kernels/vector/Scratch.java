package org.pellucid.engine.kernels.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The working memory of one thread inside a kernel: arrays and native memory that grow to what is
 * needed and are used again. Contents are undefined unless stated.
 */
final class Scratch {
  private static final int ALIGNMENT = 64;

  private float[] rows = new float[0];
  private float[] patches = new float[0];
  private float[] panel = new float[0];
  private float[] products = new float[0];
  private float[] tile = new float[0];
  private float[] sums = new float[0];
  private int[] starts = new int[0];
  private long[] pixels = new long[0];
  private long[] masks = new long[0];
  private long[] masked = new long[0];
  private MemorySegment scores = MemorySegment.NULL;
  private MemorySegment gated = MemorySegment.NULL;
  private MemorySegment before = MemorySegment.NULL;
  private MemorySegment after = MemorySegment.NULL;
  private MemorySegment patch = MemorySegment.NULL;
  private MemorySegment zeros = MemorySegment.NULL;
  private MemorySegment sink = MemorySegment.NULL;

  /** Hands scratch out, never to two users at once. */
  static final class Pool {
    private final ArrayDeque<Scratch> idle = new ArrayDeque<>();

    /** Runs {@code work} with scratch of its own. */
    void with(Consumer<Scratch> work) {
      var scratch = take();
      try {
        work.accept(scratch);
      } finally {
        giveBack(scratch);
      }
    }

    private synchronized Scratch take() {
      return idle.isEmpty() ? new Scratch() : idle.pop();
    }

    private synchronized void giveBack(Scratch scratch) {
      idle.push(scratch);
    }
  }

  private Scratch() {}

  /** An array for rows of a matrix product. */
  float[] rows(int size) {
    rows = rows.length < size ? new float[size] : rows;
    return rows;
  }

  /** An array for patches cut out of rows. */
  float[] patches(int size) {
    patches = patches.length < size ? new float[size] : patches;
    return patches;
  }

  /** An array for a panel of a matrix. */
  float[] panel(int size) {
    panel = panel.length < size ? new float[size] : panel;
    return panel;
  }

  /** A small array for a transform under way. */
  float[] tile(int size) {
    tile = tile.length < size ? new float[size] : tile;
    return tile;
  }

  /** An array for where rows begin. */
  int[] starts(int size) {
    starts = starts.length < size ? new int[size] : starts;
    return starts;
  }

  /** An array for the addresses of pixels. */
  long[] pixels(int size) {
    pixels = pixels.length < size ? new long[size] : pixels;
    return pixels;
  }

  /** An array for the addresses of the pixels of a mask. */
  long[] masks(int size) {
    masks = masks.length < size ? new long[size] : masks;
    return masks;
  }

  /** The addresses of memory for some pixels of a number of bytes each. */
  long[] masked(int size, int bytes) {
    if (masked.length < size) {
      masked = new long[size];
      patch = Arena.ofAuto().allocate((long) size * bytes, ALIGNMENT);
      Arrays.setAll(masked, i -> patch.address() + (long) i * bytes);
    }
    return masked;
  }

  /** An array for results of a matrix product. */
  float[] products(int size) {
    products = products.length < size ? new float[size] : products;
    return products;
  }

  /** An array for the sums of rows. */
  float[] sums(int size) {
    sums = sums.length < size ? new float[size] : sums;
    return sums;
  }

  /** The address of memory for the scores of attention. */
  long scores(long bytes) {
    scores = atLeast(scores, bytes);
    return scores.address();
  }

  /** The address of memory for a gradient behind a gate. */
  long gated(long bytes) {
    gated = atLeast(gated, bytes);
    return gated.address();
  }

  /** The address of memory for lines before a convolution. */
  long linesBefore(long bytes) {
    before = atLeast(before, bytes);
    return before.address();
  }

  /** The address of memory for lines after a convolution. */
  long linesAfter(long bytes) {
    after = atLeast(after, bytes);
    return after.address();
  }

  /** The address of zeros. */
  long zeros(long bytes) {
    zeros = atLeast(zeros, bytes);
    return zeros.address();
  }

  /** The address of memory that is never read. */
  long sink(long bytes) {
    sink = atLeast(sink, bytes);
    return sink.address();
  }

  private static MemorySegment atLeast(MemorySegment memory, long bytes) {
    return memory.byteSize() < bytes ? Arena.ofAuto().allocate(bytes, ALIGNMENT) : memory;
  }
}
