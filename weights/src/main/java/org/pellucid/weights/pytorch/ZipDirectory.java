package org.pellucid.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The central directory of a ZIP archive whose entries are stored, not compressed, as PyTorch
 * writes them (PKWARE's APPNOTE, with ZIP64). Entries are slices of the mapped file.
 */
final class ZipDirectory {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int END_SIZE = 22;
  private static final int CENTRAL_SIZE = 46;
  private static final int LOCAL_SIZE = 30;
  private static final int ENCRYPTED = 0x41;
  private static final long UNKNOWN = 0xffff_ffffL;

  private final Path file;
  private final MemorySegment content;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** An entry with the checksum that the directory gives. */
  record Entry(String name, MemorySegment data, long crc) {
    boolean isIntact() {
      var sum = new CRC32();
      var chunk = 1 << 24;
      for (var at = 0L; at < data.byteSize(); at += chunk) {
        sum.update(data.asSlice(at, Math.min(chunk, data.byteSize() - at)).asByteBuffer());
      }
      return sum.getValue() == crc;
    }
  }

  ZipDirectory(Path file, MemorySegment content, Limits limits) {
    this.file = file;
    this.content = content;
    var end = findEnd();
    var count = (long) uint16(end + 10);
    var at = uint32(end + 16);
    if (count == 0xffff || at == UNKNOWN) {
      var end64 = zip64End(end);
      count = int64(end64 + 32);
      at = int64(end64 + 48);
    }
    if (count < 0 || count > limits.tensors()) {
      throw new WeightsException(Cause.LIMIT, file, "%d entries are more than are read", count);
    }
    for (var i = 0L; i < count; i++) {
      at = readCentral(at);
    }
  }

  static boolean recognises(MemorySegment content) {
    return content.byteSize() >= END_SIZE
        && content.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0)
            == LOCAL;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  Optional<Entry> entry(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  private long findEnd() {
    var last = content.byteSize() - END_SIZE;
    for (var at = last; at >= Math.max(0, last - 0xffff); at--) {
      if (int32(at) == END && uint16(at + 20) == last - at) {
        return at;
      }
    }
    throw new WeightsException(
        Cause.TRUNCATED, file, "the archive's directory is missing; fetch the file again");
  }

  private long zip64End(long end) {
    if (end < 20 || int32(end - 20) != LOCATOR64) {
      throw damaged("its ZIP64 directory is missing");
    }
    var at = int64(end - 20 + 8);
    if (at < 0 || int32(at) != END64) {
      throw damaged("its ZIP64 directory is missing");
    }
    return at;
  }

  private long readCentral(long at) {
    if (int32(at) != CENTRAL) {
      throw damaged("its directory breaks off");
    }
    var flags = uint16(at + 8);
    var method = uint16(at + 10);
    var crc = uint32(at + 16);
    var packed = uint32(at + 20);
    var size = uint32(at + 24);
    var nameLength = uint16(at + 28);
    var extraLength = uint16(at + 30);
    var offset = uint32(at + 42);
    var name = name(at + CENTRAL_SIZE, nameLength);
    if ((flags & ENCRYPTED) != 0) {
      throw damaged("the entry " + name + " is encrypted");
    }
    if (method != 0) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          file,
          "the entry %s is compressed, which PyTorch never does; save the file anew",
          name);
    }
    var wide = new long[] {size, packed, offset};
    readExtra(at + CENTRAL_SIZE + nameLength, extraLength, wide);
    if (wide[0] != wide[1]) {
      throw damaged("the entry " + name + " has two sizes");
    }
    add(name, wide[2], wide[0], crc);
    return at + CENTRAL_SIZE + nameLength + extraLength + uint16(at + 32);
  }

  /** Replaces sizes and offset that don't fit 32 bits by those of the ZIP64 field. */
  private void readExtra(long at, int length, long[] wide) {
    for (var field = at; field + 4 <= at + length; field += 4 + uint16(field + 2)) {
      if (uint16(field) == 1) {
        var next = field + 4;
        for (var i = 0; i < wide.length; i++) {
          if (wide[i] == UNKNOWN) {
            wide[i] = int64(next);
            next += 8;
          }
        }
      }
    }
  }

  private void add(String name, long local, long size, long crc) {
    if (name.contains("..") || name.startsWith("/")) {
      throw damaged("the entry " + name + " points outside of the archive");
    }
    if (int32(local) != LOCAL || !name(local + LOCAL_SIZE, uint16(local + 26)).equals(name)) {
      throw damaged("the entry " + name + " has another name where its data lie");
    }
    if ((uint16(local + 6) & ENCRYPTED) != 0 || uint16(local + 8) != 0) {
      throw damaged("the entry " + name + " is encrypted or compressed where its data lie");
    }
    var begin = local + LOCAL_SIZE + uint16(local + 26) + uint16(local + 28);
    if (size < 0 || begin > content.byteSize() - size) {
      throw new WeightsException(
          Cause.TRUNCATED,
          file,
          "the entry %s reaches beyond the file's end; fetch the file again",
          name);
    }
    if (entries.put(name, new Entry(name, content.asSlice(begin, size), crc)) != null) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT, file, "the entry %s stands in the archive twice", name);
    }
  }

  private String name(long at, int length) {
    check(at, length);
    return new String(
        content.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private void check(long at, long length) {
    if (at < 0 || at > content.byteSize() - length) {
      throw new WeightsException(
          Cause.TRUNCATED, file, "the archive's directory points beyond the file's end");
    }
  }

  private int uint16(long at) {
    check(at, 2);
    return content.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at)
        & 0xffff;
  }

  private int int32(long at) {
    check(at, 4);
    return content.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
  }

  private long uint32(long at) {
    return int32(at) & UNKNOWN;
  }

  private long int64(long at) {
    check(at, 8);
    return content.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
  }

  private WeightsException damaged(String why) {
    return new WeightsException(
        Cause.INVALID_HEADER, file, "%s; the archive is damaged or no checkpoint", why);
  }
}
