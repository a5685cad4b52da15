package org.pellucid.weights.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedChecksum;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * One entry of a ZIP archive as its directory describes it.
 *
 * @param location where its data begin in the file
 * @param packed its data in the file, a slice of the mapped archive
 * @param isDeflated whether they are compressed
 * @param size in bytes when expanded
 * @param crc the checksum that the directory gives
 */
public record ZipEntryData(
    String name,
    FileLocation location,
    MemorySegment packed,
    boolean isDeflated,
    long size,
    long crc) {
  private static final int CHUNK = WeightTensor.CHUNK;
  private static final int PIECE = 1 << 16;

  /**
   * The content: a slice of the file if stored, else a copy in memory, whose checksum is compared
   * while it is made.
   *
   * @throws WeightsException if it expands beyond the limits or to something other than announced
   */
  public MemorySegment content(Limits limits) {
    if (!isDeflated) {
      return packed;
    }
    if (!limits.allowsExpansion(packed.byteSize(), size) || size > limits.totalBytes()) {
      throw new WeightsException(
          Cause.LIMIT,
          location,
          "the entry %s expands to more than %d times its compressed size; save it uncompressed",
          name,
          limits.expansion());
    }
    var expanded = inflated();
    if (sum(expanded) != crc) {
      throw differs();
    }
    return expanded.asReadOnly();
  }

  /** The first bytes of the content, at most {@code count} of them. */
  public MemorySegment beginning(int count) {
    var wanted = (int) Math.min(count, size);
    if (!isDeflated) {
      return packed.asSlice(0, wanted);
    }
    var inflater = new Inflater(true);
    try {
      inflater.setInput(packed(0));
      var bytes = new byte[wanted];
      var read = 0;
      while (read < wanted
          && !inflater.finished()
          && !inflater.needsInput()
          && !inflater.needsDictionary()) {
        read += inflater.inflate(bytes, read, wanted - read);
      }
      if (read < wanted) {
        throw damaged();
      }
      return MemorySegment.ofArray(bytes);
    } catch (DataFormatException _) {
      throw damaged();
    } finally {
      inflater.end();
    }
  }

  /** A copy of the next compressed bytes, for the reason that {@link MappedChecksum} gives. */
  private byte[] packed(long from) {
    var count = Math.min(PIECE, packed.byteSize() - from);
    return packed.asSlice(from, count).toArray(ValueLayout.JAVA_BYTE);
  }

  private MemorySegment inflated() {
    var expanded = WeightTensor.allocate(size);
    var inflater = new Inflater(true);
    try {
      var source = 0L;
      var target = 0L;
      while (!inflater.finished()) {
        if (inflater.needsDictionary()) {
          throw damaged();
        }
        if (inflater.needsInput()) {
          if (source == packed.byteSize()) {
            throw damaged();
          }
          var piece = packed(source);
          inflater.setInput(piece);
          source += piece.length;
        }
        // One byte more than announced is asked for, so that too long a content is noticed.
        var room = Math.min(CHUNK, size - target);
        var out =
            room == 0 ? ByteBuffer.allocate(1) : expanded.asSlice(target, room).asByteBuffer();
        target += inflater.inflate(out);
        if (target > size) {
          throw damaged();
        }
      }
      if (target != size) {
        throw damaged();
      }
      return expanded;
    } catch (DataFormatException _) {
      throw damaged();
    } finally {
      inflater.end();
    }
  }

  /**
   * Compares the checksum.
   *
   * @throws WeightsException if it differs
   */
  public void verifyChecksum(Limits limits) {
    if (sum(content(limits)) != crc) {
      throw differs();
    }
  }

  private static long sum(MemorySegment data) {
    var sum = new CRC32();
    for (var at = 0L; at < data.byteSize(); at += CHUNK) {
      var chunk = data.asSlice(at, Math.min(CHUNK, data.byteSize() - at));
      MappedChecksum.update(sum, chunk);
      if (chunk.isMapped()) {
        chunk.unload();
      }
    }
    return sum.getValue();
  }

  private WeightsException damaged() {
    return new WeightsException(
        Cause.TRUNCATED,
        location,
        "the entry %s doesn't expand to the %d bytes announced; download the file again",
        name,
        size);
  }

  private WeightsException differs() {
    return new WeightsException(
        Cause.CHECKSUM,
        location,
        "the checksum of the entry %s differs; download the file again",
        name);
  }
}
