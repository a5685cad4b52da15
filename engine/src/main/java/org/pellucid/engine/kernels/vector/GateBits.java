package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
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
    var gate = Gate.of(rectifier, numbers);
    long bits = line(line);
    int k = 0;
    for (; k + LANES <= lineNumbers; k += LANES, bits += MASK_BYTES) {
      Lanes.setMask(bits, gate.open(Lanes.load(numbers + k * 4L)));
    }
    if (k < lineNumbers) {
      Lanes.setMask(bits, gate.open(Lanes.load(numbers + k * 4L, lineNumbers - k)));
    }
  }

  /** Copies a line of a gradient, with zeros where it doesn't pass; it may stay where it is. */
  void pass(long line, long from, long to) {
    long bits = line(line);
    int k = 0;
    for (; k + LANES <= lineNumbers; k += LANES, bits += MASK_BYTES) {
      Lanes.store(passed(Lanes.load(from + k * 4L), bits), to + k * 4L);
    }
    if (k < lineNumbers) {
      var rest = lineNumbers - k;
      Lanes.store(passed(Lanes.load(from + k * 4L, rest), bits), to + k * 4L, rest);
    }
  }

  private static FloatVector passed(FloatVector gradient, long bits) {
    return Lanes.zero().blend(gradient, Lanes.mask(bits));
  }
}
