package org.pellucid.weights.archive;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The plain files of a TAR archive (POSIX.1-1988, with GNU's and POSIX.1-2001's headers skipped),
 * as slices of the mapped file. Links and devices are refused.
 */
public final class TarDirectory {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int SIZE_AT = 124;
  private static final int SUM_AT = 148;
  private static final int SUM_END = 156;
  private static final int TYPE_AT = 156;
  private static final int MAGIC_AT = 257;

  private final Path file;
  private final MemorySegment content;
  private final SequencedMap<String, Member> members = new LinkedHashMap<>();

  /** A plain file in the archive. */
  public record Member(String name, FileLocation location, MemorySegment data) {}

  /**
   * Reads the headers of a mapped archive.
   *
   * @throws WeightsException if it is damaged, holds something other than files or too many
   */
  public TarDirectory(Path file, MemorySegment content, Limits limits) {
    this.file = file;
    this.content = content;
    var at = 0L;
    var headers = 0;
    while (at <= content.byteSize() - BLOCK && content.get(ValueLayout.JAVA_BYTE, at) != 0) {
      if (++headers > limits.tensors()) {
        throw new WeightsException(
            Cause.LIMIT,
            FileLocation.in(file).at(at),
            "the archive has more entries than the limit");
      }
      at = readHeader(at);
    }
  }

  /** Whether the content begins with the header of an archive. */
  public static boolean recognises(MemorySegment content) {
    if (content.byteSize() < BLOCK) {
      return false;
    }
    var magic = content.asSlice(MAGIC_AT, 5).toArray(ValueLayout.JAVA_BYTE);
    return new String(magic, StandardCharsets.US_ASCII).equals("ustar");
  }

  /** The file of that name, if there is one. */
  public Optional<Member> member(String name) {
    return Optional.ofNullable(members.get(name));
  }

  private long readHeader(long at) {
    var name = text(at, NAME);
    var size = octal(at + SIZE_AT, 12);
    if (octal(at + SUM_AT, 8) != sum(at)) {
      throw new WeightsException(
          Cause.CHECKSUM,
          FileLocation.in(file).at(at),
          "the checksum of the entry %s differs; download the file again",
          name);
    }
    var begin = at + BLOCK;
    if (size > content.byteSize() - begin) {
      throw new WeightsException(
          Cause.TRUNCATED,
          FileLocation.in(file).at(at),
          "the entry %s reaches beyond the file's end; download the file again",
          name);
    }
    switch (content.get(ValueLayout.JAVA_BYTE, at + TYPE_AT)) {
      case '0', 0 -> add(name, begin, size);
      case 'x', 'g', 'L', 'K', '5' -> {}
      default ->
          throw damaged(
              at, "the entry " + name + " is a link or a device, which weights never are");
    }
    return begin + (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  private void add(String name, long begin, long size) {
    var member = new Member(name, FileLocation.in(file).at(begin), content.asSlice(begin, size));
    if (members.put(name, member) != null) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          FileLocation.in(file).at(begin),
          "the entry %s appears twice in the archive",
          name);
    }
  }

  private String text(long at, int length) {
    var bytes = content.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
    var text = new String(bytes, StandardCharsets.UTF_8);
    var end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private long octal(long at, int length) {
    var digits = text(at, length).strip();
    if (!digits.matches("[0-7]{1,12}")) {
      throw damaged(at, "a number is not written in octal digits");
    }
    return Long.parseLong(digits, 8);
  }

  /** The sum of a header's bytes, those of the sum itself taken as spaces. */
  private long sum(long at) {
    var sum = 0L;
    for (var i = 0; i < BLOCK; i++) {
      var inSum = i >= SUM_AT && i < SUM_END;
      sum += inSum ? ' ' : content.get(ValueLayout.JAVA_BYTE, at + i) & 0xff;
    }
    return sum;
  }

  private WeightsException damaged(long at, String why) {
    return new WeightsException(
        Cause.INVALID_HEADER,
        FileLocation.in(file).at(at),
        "%s; the archive is damaged or not a checkpoint",
        why);
  }
}
