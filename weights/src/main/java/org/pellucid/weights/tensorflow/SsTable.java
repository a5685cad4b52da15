package org.pellucid.weights.tensorflow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.zip.CRC32C;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A sorted table of keys and values as LevelDB stores it (doc/table_format.md there): blocks of
 * entries with shared key prefixes, an index block, a footer. Checksums of all blocks are compared.
 */
final class SsTable {
  private static final int FOOTER = 48;
  private static final int TRAILER = 5;
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int MASK = 0xa282ead8;
  private static final int LONGEST_KEY = 4096;

  private final Path file;
  private final MemorySegment content;
  private final Limits limits;
  private final SequencedMap<String, byte[]> entries = new LinkedHashMap<>();
  private long blockBytes;
  private long keyBytes;

  SsTable(Path file, MemorySegment content, Limits limits) {
    this.file = file;
    this.content = content;
    this.limits = limits;
    var size = content.byteSize();
    if (size < FOOTER || size > limits.headerBytes()) {
      throw damaged("has %d bytes".formatted(size));
    }
    var footer = buffer(size - FOOTER, FOOTER);
    if (footer.getLong(FOOTER - Long.BYTES) != MAGIC) {
      throw damaged("doesn't end as a table does");
    }
    readVarint(footer);
    readVarint(footer);
    var index = new LinkedHashMap<String, byte[]>();
    readBlock(readVarint(footer), readVarint(footer), index);
    for (var handle : index.values()) {
      var position = ByteBuffer.wrap(handle);
      readBlock(readVarint(position), readVarint(position), entries);
    }
  }

  /** Whether the content ends as a table does. */
  static boolean recognises(MemorySegment content) {
    var end = content.byteSize() - Long.BYTES;
    var layout = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    return end >= 0 && content.get(layout, end) == MAGIC;
  }

  SequencedMap<String, byte[]> entries() {
    return entries;
  }

  /** A checksum as TensorFlow and LevelDB store it. */
  static int masked(CRC32C sum) {
    var crc = (int) sum.getValue();
    return Integer.rotateRight(crc, 15) + MASK;
  }

  private void readBlock(long offset, long size, SequencedMap<String, byte[]> into) {
    if (offset < 0 || size < 4 || offset > content.byteSize() - size - TRAILER) {
      throw damaged("has a block outside of the file");
    }
    // Blocks never overlap, so a table that names more bytes than it has names some again and
    // again.
    blockBytes += size + TRAILER;
    if (blockBytes > content.byteSize()) {
      throw damaged("names a block twice");
    }
    var block = buffer(offset, (int) size + TRAILER);
    var sum = new CRC32C();
    sum.update(block.duplicate().limit((int) size + 1));
    if (block.getInt((int) size + 1) != masked(sum)) {
      throw new WeightsException(
          Cause.CHECKSUM,
          FileLocation.in(file).at(offset),
          "the checksum of a block differs; download the model again");
    }
    if (block.get((int) size) != 0) {
      throw new WeightsException(
          Cause.UNSUPPORTED, file, "the index is compressed, which TensorFlow doesn't do");
    }
    var restarts = block.getInt((int) size - Integer.BYTES);
    var end = size - Integer.BYTES - (long) restarts * Integer.BYTES;
    if (restarts < 0 || end < 0) {
      throw damaged("has a block without its restarts");
    }
    block.limit((int) end);
    var key = new byte[0];
    while (block.hasRemaining()) {
      key = readEntry(block, key, into);
    }
  }

  private byte[] readEntry(ByteBuffer block, byte[] before, SequencedMap<String, byte[]> into) {
    var shared = readVarint(block);
    var added = readVarint(block);
    var length = readVarint(block);
    var rest = (long) block.remaining();
    var fits = 0 <= shared && shared <= before.length && 0 <= added && added <= rest;
    if (!fits || length < 0 || length > rest - added) {
      throw damaged("has a truncated entry");
    }
    // A few bytes may repeat a long key, so keys are counted as long as they are.
    keyBytes += shared + added;
    if (shared + added > LONGEST_KEY || keyBytes > limits.headerBytes()) {
      throw new WeightsException(Cause.LIMIT, file, "the table's keys are longer than the limit");
    }
    var key = new byte[(int) (shared + added)];
    System.arraycopy(before, 0, key, 0, (int) shared);
    block.get(key, (int) shared, (int) added);
    var value = new byte[(int) length];
    block.get(value);
    if (into.size() >= limits.tensors()
        || into.put(new String(key, StandardCharsets.UTF_8), value) != null) {
      throw damaged("has too many entries or one twice");
    }
    return key;
  }

  private long readVarint(ByteBuffer buffer) {
    var value = 0L;
    for (var shift = 0; shift < Long.SIZE && buffer.hasRemaining(); shift += 7) {
      var next = buffer.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw damaged("has a number without an end");
  }

  private ByteBuffer buffer(long offset, int size) {
    var bytes = content.asSlice(offset, size).toArray(ValueLayout.JAVA_BYTE);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private WeightsException damaged(String why) {
    return new WeightsException(
        Cause.INVALID_HEADER, file, "the table %s; download the model again", why);
  }
}
