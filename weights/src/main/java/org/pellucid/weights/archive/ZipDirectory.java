package org.pellucid.weights.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The central directory of a ZIP archive (PKWARE's APPNOTE, with ZIP64). Entries are slices of the
 * mapped file. The directory and the headers before the data must agree: archives in which they
 * differ show one content to a scanner and another to a reader.
 */
public final class ZipDirectory {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int END_SIZE = 22;
  private static final int LOCATOR64_SIZE = 20;
  private static final int CENTRAL_SIZE = 46;
  private static final int LOCAL_SIZE = 30;

  /** Encrypted, patched, strongly encrypted, or with a masked header. */
  private static final int UNREADABLE = 0x2061;

  private static final int SIZES_FOLLOW = 0x8;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final long UNKNOWN = 0xffff_ffffL;

  private final Path file;
  private final MemorySegment content;
  private final SequencedMap<String, ZipEntryData> entries = new LinkedHashMap<>();
  private final List<Range> ranges = new ArrayList<>();

  private record Range(String name, long begin, long end) {}

  /** What follows the directory and tells of its entries, their bytes, and where they begin. */
  private record Tail(long begin, long count, long size, long directory) {}

  /** An entry's fields in the central directory. */
  private record Central(
      String name, int flags, int method, long crc, long packed, long size, long offset) {}

  /**
   * Reads the directory of a mapped archive.
   *
   * @throws WeightsException if it is damaged, misleading, encrypted or lists too much
   */
  public ZipDirectory(Path file, MemorySegment content, Limits limits) {
    this.file = file;
    this.content = content;
    var tail = findTail();
    if (tail.count() < 0 || tail.count() > limits.tensors()) {
      throw new WeightsException(
          Cause.LIMIT,
          FileLocation.in(file).at(tail.begin()),
          "%d entries are more than the limit",
          tail.count());
    }
    var at = tail.directory();
    for (var i = 0L; i < tail.count(); i++) {
      at = readCentral(at);
    }
    if (at != tail.begin() || at - tail.directory() != tail.size()) {
      throw damaged(at, "its directory's size doesn't match its entries");
    }
    checkOverlaps(tail.directory());
  }

  /** Whether the content begins like an archive. */
  public static boolean recognises(MemorySegment content) {
    return content.byteSize() >= END_SIZE
        && content.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0)
            == LOCAL;
  }

  /** All entries by name, in the order of the directory. */
  public SequencedMap<String, ZipEntryData> entries() {
    return Collections.unmodifiableSequencedMap(entries);
  }

  /** The entry of that name, if there is one. */
  public Optional<ZipEntryData> entry(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  /**
   * Compares the checksums of all entries.
   *
   * @throws WeightsException if one differs or an entry expands beyond the limits
   */
  public void verifyChecksums(Limits limits) {
    entries.values().forEach(entry -> entry.verifyChecksum(limits));
  }

  private Tail findTail() {
    var end = findEnd();
    var narrow = new Tail(end, uint16(end + 10), uint32(end + 12), uint32(end + 16));
    if (end < LOCATOR64_SIZE || int32(end - LOCATOR64_SIZE) != LOCATOR64) {
      return narrow;
    }
    var begin = int64(end - LOCATOR64_SIZE + 8);
    if (int32(begin) != END64) {
      throw damaged(end, "its ZIP64 directory is missing");
    }
    var wide = new Tail(begin, int64(begin + 32), int64(begin + 40), int64(begin + 48));
    // Readers differ in which of the two they believe.
    var agree =
        (narrow.count() == 0xffff || narrow.count() == wide.count())
            && (narrow.size() == UNKNOWN || narrow.size() == wide.size())
            && (narrow.directory() == UNKNOWN || narrow.directory() == wide.directory());
    if (!agree) {
      throw damaged(end, "its directory has two positions");
    }
    return wide;
  }

  private long findEnd() {
    var last = content.byteSize() - END_SIZE;
    for (var at = last; at >= Math.max(0, last - 0xffff); at--) {
      if (int32(at) == END && uint16(at + 20) == last - at) {
        return at;
      }
    }
    throw new WeightsException(
        Cause.TRUNCATED, file, "the archive's directory is missing; download the file again");
  }

  private long readCentral(long at) {
    if (int32(at) != CENTRAL) {
      throw damaged(at, "its directory is truncated");
    }
    var nameLength = uint16(at + 28);
    var extraLength = uint16(at + 30);
    var name = name(at + CENTRAL_SIZE, nameLength);
    var wide = new long[] {uint32(at + 24), uint32(at + 20), uint32(at + 42)};
    readExtra(at + CENTRAL_SIZE + nameLength, extraLength, wide);
    add(
        at,
        new Central(
            name, uint16(at + 8), uint16(at + 10), uint32(at + 16), wide[1], wide[0], wide[2]));
    return at + CENTRAL_SIZE + nameLength + extraLength + uint16(at + 32);
  }

  /** Replaces size, packed size and offset that don't fit 32 bits by those of the ZIP64 field. */
  private void readExtra(long at, int length, long[] wide) {
    for (var field = at; field + 4 <= at + length; field += 4 + uint16(field + 2)) {
      if (uint16(field) == 1) {
        var next = field + 4;
        var fieldEnd = next + uint16(field + 2);
        for (var i = 0; i < wide.length; i++) {
          if (wide[i] == UNKNOWN && next + Long.BYTES <= fieldEnd) {
            wide[i] = int64(next);
            next += Long.BYTES;
          }
        }
      }
    }
  }

  private void add(long at, Central entry) {
    var name = entry.name();
    if (isOutside(name)) {
      throw damaged(at, "the entry " + name + " points outside of the archive");
    }
    if ((entry.flags() & UNREADABLE) != 0) {
      throw damaged(at, "the entry " + name + " is encrypted or a patch");
    }
    if (entry.method() != STORED && entry.method() != DEFLATED) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          FileLocation.in(file).at(at),
          "the entry %s is compressed by method %d, which isn't supported; create the archive"
              + " again",
          name,
          entry.method());
    }
    if (entry.method() == STORED && entry.size() != entry.packed()) {
      throw damaged(at, "the entry " + name + " has two sizes");
    }
    checkLocal(entry);
    var local = entry.offset();
    var begin = local + LOCAL_SIZE + uint16(local + 26) + uint16(local + 28);
    if (entry.packed() < 0 || entry.size() < 0 || begin > content.byteSize() - entry.packed()) {
      throw new WeightsException(
          Cause.TRUNCATED,
          FileLocation.in(file).at(begin),
          "the entry %s reaches beyond the file's end; download the file again",
          name);
    }
    var data =
        new ZipEntryData(
            name,
            FileLocation.in(file).at(begin),
            content.asSlice(begin, entry.packed()),
            entry.method() == DEFLATED,
            entry.size(),
            entry.crc());
    ranges.add(new Range(name, local, begin + entry.packed()));
    if (entries.put(name, data) != null) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          FileLocation.in(file).at(at),
          "the entry %s appears twice in the archive",
          name);
    }
  }

  private static boolean isOutside(String name) {
    return name.startsWith("/")
        || name.indexOf('\\') >= 0
        || name.indexOf('\0') >= 0
        || List.of(name.split("/")).contains("..");
  }

  /** Compares the header before the data with the directory, as far as the header is filled in. */
  private void checkLocal(Central entry) {
    var local = entry.offset();
    var name = entry.name();
    var nameLength = uint16(local + 26);
    if (int32(local) != LOCAL || !name(local + LOCAL_SIZE, nameLength).equals(name)) {
      throw damaged(local, "the entry " + name + " has another name in its local header");
    }
    var flags = uint16(local + 6);
    if ((flags & UNREADABLE) != 0 || uint16(local + 8) != entry.method()) {
      throw damaged(
          local,
          "the entry " + name + " is encrypted or compressed differently in its local header");
    }
    if ((flags & SIZES_FOLLOW) == 0) {
      var sizes = new long[] {uint32(local + 22), uint32(local + 18)};
      readExtra(local + LOCAL_SIZE + nameLength, uint16(local + 28), sizes);
      if (uint32(local + 14) != entry.crc()
          || sizes[0] != entry.size()
          || sizes[1] != entry.packed()) {
        throw damaged(local, "the entry " + name + " has another size in its local header");
      }
    }
  }

  private void checkOverlaps(long directory) {
    ranges.sort(Comparator.comparingLong(Range::begin));
    for (var i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).begin() < ranges.get(i - 1).end()) {
        throw new WeightsException(
            Cause.INVALID_LAYOUT,
            FileLocation.in(file).at(ranges.get(i).begin()),
            "the entries %s and %s overlap; the archive is made to mislead",
            ranges.get(i - 1).name(),
            ranges.get(i).name());
      }
    }
    if (!ranges.isEmpty() && ranges.getLast().end() > directory) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          FileLocation.in(file).at(directory),
          "the entry %s overlaps the directory; the archive is made to mislead",
          ranges.getLast().name());
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

  private WeightsException damaged(long at, String why) {
    return new WeightsException(
        Cause.INVALID_HEADER,
        FileLocation.in(file).at(at),
        "%s; the archive is damaged or not a checkpoint",
        why);
  }
}
