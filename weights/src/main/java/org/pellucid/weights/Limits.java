package org.pellucid.weights;

import java.util.stream.LongStream;

/**
 * Upper limits on the resources that reading a file may take, so that a hostile one costs little.
 *
 * @param headerBytes of a header, an index or a pickle
 * @param tensors in one file, and entries of any other kind that it lists
 * @param totalBytes of all tensors together when dense
 * @param depth of nested values
 * @param memo values that a pickle may remember or hold at once
 * @param expansion how many times its size in the file anything of more than 64 MiB may expand to
 */
public record Limits(
    long headerBytes, int tensors, long totalBytes, int depth, int memo, int expansion) {
  private static final long HARMLESS_BYTES = 64L << 20;

  /**
   * The caller's limits.
   *
   * @throws IllegalArgumentException if one is not above 0
   */
  public Limits {
    if (LongStream.of(headerBytes, tensors, totalBytes, depth, memo, expansion)
        .anyMatch(limit -> limit < 1)) {
      throw new IllegalArgumentException("A limit is below 1; give at least 1.");
    }
  }

  /**
   * Limits for all usual files: 100 MB of header, as the safetensors format says, and two tebibytes
   * of tensors.
   */
  public static Limits standard() {
    return new Limits(100_000_000, 1_000_000, 2L << 40, 100, 2_000_000, 200);
  }

  /** The same with another number of tensors. */
  public Limits withTensors(int number) {
    return new Limits(headerBytes, number, totalBytes, depth, memo, expansion);
  }

  /** The same with another number of bytes of all tensors. */
  public Limits withTotalBytes(long bytes) {
    return new Limits(headerBytes, tensors, bytes, depth, memo, expansion);
  }

  /** The same with another number of remembered values. */
  public Limits withMemo(int values) {
    return new Limits(headerBytes, tensors, totalBytes, depth, values, expansion);
  }

  /** Whether what takes {@code stored} bytes in the file may expand to {@code expanded}. */
  public boolean allowsExpansion(long stored, long expanded) {
    return expanded <= HARMLESS_BYTES || expanded / expansion <= stored;
  }
}
