package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.Rectifier;

/**
 * One bit for each number of an image: whether a gradient passes the rectifier that gave it. That
 * is a thirty-second part of the image, which needn't be kept for its gradient then.
 *
 * <p>Lines begin at whole bytes, and each vector of a line's numbers is a mask of its own.
 *
 * @param address of the first line's bits
 * @param lineNumbers numbers in a line of the image
 */
record GateBits(long address, int lineNumbers, Rectifier rectifier) {
  private static final int LANES = Lanes.COUNT;
  private static final int MASK_BYTES = Math.ceilDiv(LANES, Byte.SIZE);

  /** The bytes that so many lines take. */
  static long bytes(long lines, int lineNumbers) {
    return lines * Math.ceilDiv(lineNumbers, LANES) * MASK_BYTES;
  }

  private long line(long line) {
    return address + bytes(line, lineNumbers);
  }

  /**
   * Notes which numbers of a line a gradient will pass.
   *
   * @param numbers the address of what the rectifier gave
   */
  void note(long line, long numbers) {
    note(Gate.of(rectifier, numbers), lineNumbers, line(line));
  }

  private static void note(Gate gate, int count, long bits) {
    long to = bits;
    int k = 0;
    for (; k + LANES <= count; k += LANES, to += MASK_BYTES) {
      Lanes.setMask(to, gate.open(Lanes.load(gate.address() + k * 4L)));
    }
    if (k < count) {
      Lanes.setMask(to, gate.open(Lanes.load(gate.address() + k * 4L, count - k)));
    }
  }

  /** Copies a line of a gradient, with zeros where it doesn't pass; it may stay where it is. */
  void pass(long line, long from, long to) {
    pass(from, to, lineNumbers, line(line));
  }

  private static void pass(long from, long to, int count, long bits) {
    long mask = bits;
    int k = 0;
    for (; k + LANES <= count; k += LANES, mask += MASK_BYTES) {
      var gradient = Lanes.load(from + k * 4L);
      Lanes.store(Lanes.zero().blend(gradient, Lanes.mask(mask)), to + k * 4L);
    }
    if (k < count) {
      var gradient = Lanes.load(from + k * 4L, count - k);
      Lanes.store(Lanes.zero().blend(gradient, Lanes.mask(mask)), to + k * 4L, count - k);
    }
  }

  /** Copies a line of a gradient to the heap, with zeros where it doesn't pass. */
  void pass(long line, long from, float[] to, int at) {
    pass(from, to, at, lineNumbers, line(line));
  }

  private static void pass(long from, float[] to, int at, int count, long bits) {
    long mask = bits;
    int k = 0;
    for (; k + LANES <= count; k += LANES, mask += MASK_BYTES) {
      var gradient = Lanes.load(from + k * 4L);
      Lanes.zero().blend(gradient, Lanes.mask(mask)).intoArray(to, at + k);
    }
    if (k < count) {
      var present = Lanes.first(count - k);
      var gradient = Lanes.load(from + k * 4L, present);
      Lanes.zero().blend(gradient, Lanes.mask(mask)).intoArray(to, at + k, present);
    }
  }
}
