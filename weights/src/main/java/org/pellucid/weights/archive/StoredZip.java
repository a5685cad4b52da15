package org.pellucid.weights.archive;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.pellucid.weights.FileOutput;
import org.pellucid.weights.MappedChecksum;

/**
 * Writes a ZIP archive of stored entries (PKWARE's APPNOTE, with ZIP64 where needed) whose data
 * begin at multiples of 64 bytes, so that they can be mapped. Data are streamed: a checksum is
 * written into its place when the entry ends. Equal content gives equal bytes.
 */
public final class StoredZip implements AutoCloseable {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCAL_SIZE = 30;
  private static final int CRC_AT = 14;
  private static final int ALIGNMENT = 64;
  private static final int CENTRAL_SIZE = 46;
  private static final int WIDEST_FIELD = 4 + 3 * Long.BYTES;

  /** An entry in the directory should not exceed 65535 bytes, and the JDK refuses longer ones. */
  private static final int LONGEST_NAME = 0xffff - CENTRAL_SIZE - WIDEST_FIELD;

  private static final short NAMES_ARE_UTF8 = 0x800;
  private static final short VERSION64 = 45;

  /** The first day that ZIP knows, 1980-01-01, since a time would make equal archives differ. */
  private static final int DATE = 1 << 5 | 1;

  private static final int PADDING_FIELD = 0x4246;
  private static final int ZIP64_FIELD = 1;
  private static final long UNKNOWN = 0xffff_ffffL;

  private final FileOutput out;
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(byte[] name, long offset, long size, long crc) {}

  /** Writes an entry's data piece by piece. */
  @FunctionalInterface
  public interface Data {
    /** Hands all pieces to {@code sink} in their order. */
    void writeTo(Consumer<MemorySegment> sink);
  }

  /**
   * Begins a new archive.
   *
   * @throws IOException if the file can't be written
   */
  public StoredZip(Path file) throws IOException {
    this.out = new FileOutput(file);
  }

  /**
   * Adds an entry of a few bytes.
   *
   * @throws IOException if it can't be written
   */
  public void add(String name, byte[] bytes) throws IOException {
    add(name, bytes.length, sink -> sink.accept(MemorySegment.ofArray(bytes)));
  }

  /**
   * Adds an entry.
   *
   * @throws IllegalStateException if the data have another size than announced
   * @throws IllegalArgumentException if its name is too long for an entry of the directory
   * @throws IOException if it can't be written
   */
  public void add(String name, long size, Data data) throws IOException {
    var encoded = name.getBytes(StandardCharsets.UTF_8);
    if (encoded.length > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "The name %s… has %d bytes where %d fit; shorten it."
              .formatted(name.substring(0, 60), encoded.length, LONGEST_NAME));
    }
    var offset = out.position();
    out.write(local(encoded, offset, size));
    var begin = out.position();
    var sum = new CRC32();
    out.writeAll(
        sink ->
            data.writeTo(
                chunk -> {
                  MappedChecksum.update(sum, chunk);
                  sink.accept(chunk);
                }));
    if (out.position() - begin != size) {
      throw new IllegalStateException(
          "The entry %s has %d bytes, not %d.".formatted(name, out.position() - begin, size));
    }
    out.writeAt(offset + CRC_AT, buffer(Integer.BYTES).putInt((int) sum.getValue()).flip());
    entries.add(new Entry(encoded, offset, size, sum.getValue()));
  }

  private static ByteBuffer local(byte[] name, long offset, long size) {
    var isWide = size >= UNKNOWN;
    var wideField = isWide ? 4 + 2 * Long.BYTES : 0;
    var unpadded = offset + LOCAL_SIZE + name.length + wideField + 4;
    var padding = (int) (-unpadded & ALIGNMENT - 1);
    var extra = wideField + 4 + padding;
    var buffer = buffer(LOCAL_SIZE + name.length + extra);
    buffer.putInt(LOCAL).putShort(VERSION64).putShort(NAMES_ARE_UTF8).putShort((short) 0);
    buffer.putShort((short) 0).putShort((short) DATE).putInt(0);
    buffer.putInt((int) (isWide ? UNKNOWN : size)).putInt((int) (isWide ? UNKNOWN : size));
    buffer.putShort((short) name.length).putShort((short) extra).put(name);
    if (isWide) {
      buffer.putShort((short) ZIP64_FIELD).putShort((short) (2 * Long.BYTES));
      buffer.putLong(size).putLong(size);
    }
    buffer.putShort((short) PADDING_FIELD).putShort((short) padding).put(new byte[padding]);
    return buffer.flip();
  }

  private static ByteBuffer central(Entry entry) {
    var wide = new ArrayList<Long>();
    if (entry.size() >= UNKNOWN) {
      wide.add(entry.size());
      wide.add(entry.size());
    }
    if (entry.offset() >= UNKNOWN) {
      wide.add(entry.offset());
    }
    var extra = wide.isEmpty() ? 0 : 4 + wide.size() * Long.BYTES;
    var buffer = buffer(CENTRAL_SIZE + entry.name().length + extra);
    buffer.putInt(CENTRAL).putShort(VERSION64).putShort(VERSION64).putShort(NAMES_ARE_UTF8);
    buffer.putShort((short) 0).putShort((short) 0).putShort((short) DATE);
    buffer.putInt((int) entry.crc());
    buffer.putInt((int) Math.min(UNKNOWN, entry.size()));
    buffer.putInt((int) Math.min(UNKNOWN, entry.size()));
    buffer.putShort((short) entry.name().length).putShort((short) extra);
    buffer.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    buffer.putInt((int) Math.min(UNKNOWN, entry.offset())).put(entry.name());
    if (extra > 0) {
      buffer.putShort((short) ZIP64_FIELD).putShort((short) (extra - 4));
      wide.forEach(buffer::putLong);
    }
    return buffer.flip();
  }

  /** Writes the directory. */
  private void finish() throws IOException {
    var begin = out.position();
    for (var entry : entries) {
      out.write(central(entry));
    }
    var size = out.position() - begin;
    var end64 = out.position();
    if (entries.size() >= 0xffff || begin >= UNKNOWN || size >= UNKNOWN) {
      var wide = buffer(56 + 20);
      wide.putInt(END64).putLong(44).putShort(VERSION64).putShort(VERSION64).putInt(0).putInt(0);
      wide.putLong(entries.size()).putLong(entries.size()).putLong(size).putLong(begin);
      wide.putInt(LOCATOR64).putInt(0).putLong(end64).putInt(1);
      out.write(wide.flip());
    }
    var count = (short) Math.min(0xffff, entries.size());
    var end = buffer(22);
    end.putInt(END).putInt(0).putShort(count).putShort(count);
    end.putInt((int) Math.min(UNKNOWN, size)).putInt((int) Math.min(UNKNOWN, begin));
    out.write(end.putShort((short) 0).flip());
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Ends the archive with its directory.
   *
   * @throws IOException if it can't be written
   */
  @Override
  public void close() throws IOException {
    try (out) {
      finish();
    }
  }
}
