package org.pellucid.weights;

import java.lang.foreign.MemorySegment;
import java.util.zip.Checksum;

/**
 * Checksums of memory that may be mapped from a file.
 *
 * <p>The bytes are copied first, a small piece at a time: the JDK's checksum code runs outside of
 * the JVM's protection, so a file that another process shortens meanwhile would end the JVM, while
 * a copy throws an {@link InternalError}. A piece of 16 KiB stays in the processor's first cache,
 * and the copy costs nothing that could be measured ({@code docs/decisions/007-weight-files.md}).
 */
public final class MappedChecksum {
  private static final int PIECE = 1 << 14;

  private MappedChecksum() {}

  /** Adds all bytes of a segment to a checksum. */
  public static void update(Checksum sum, MemorySegment data) {
    var piece = new byte[(int) Math.min(PIECE, data.byteSize())];
    var copy = MemorySegment.ofArray(piece);
    for (var at = 0L; at < data.byteSize(); at += piece.length) {
      var count = (int) Math.min(piece.length, data.byteSize() - at);
      MemorySegment.copy(data, at, copy, 0, count);
      sum.update(piece, 0, count);
    }
  }
}
