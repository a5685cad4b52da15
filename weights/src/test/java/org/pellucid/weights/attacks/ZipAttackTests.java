package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.ZipDirectory;

/** ZIP archives that say one thing to one reader and another to the next. */
class ZipAttackTests {
  private static final byte[] DATA = {1, 2, 3, 4};
  private static final long UNKNOWN = 0xffff_ffffL;
  private static final byte[] NO_FIELD = {};

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] zip64Field(long... values) {
    var field = buffer(4 + 8 * values.length).putShort((short) 1);
    field.putShort((short) (8 * values.length)).asLongBuffer().put(values);
    return field.array();
  }

  private static byte[] local(String name, long size, byte[] extra) {
    var header = buffer(30).putInt(0x04034b50).putShort(4, (short) 45);
    header.putInt(14, crc()).putInt(18, (int) size).putInt(22, (int) size);
    header.putShort(26, (short) name.length()).putShort(28, (short) extra.length);
    return joined(header.array(), name.getBytes(StandardCharsets.US_ASCII), extra, DATA);
  }

  private static byte[] central(String name, long size, long offset) {
    var header = buffer(46).putInt(0x02014b50).putInt(16, crc());
    header.putInt(20, (int) size).putInt(24, (int) size);
    header.putShort(28, (short) name.length()).putInt(42, (int) offset);
    return joined(header.array(), name.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] end(int count, long size, long directory) {
    var end = buffer(22).putInt(0x06054b50).putShort(8, (short) count).putShort(10, (short) count);
    return end.putInt(12, (int) size).putInt(16, (int) directory).array();
  }

  private static byte[] end64(long count, long size, long directory, long at) {
    var end = buffer(76).putInt(0x06064b50).putLong(4, 44).putLong(24, count).putLong(32, count);
    end.putLong(40, size)
        .putLong(48, directory)
        .putInt(56, 0x07064b50)
        .putLong(64, at)
        .putInt(72, 1);
    return end.array();
  }

  private static int crc() {
    var crc = new CRC32();
    crc.update(DATA);
    return (int) crc.getValue();
  }

  private static byte[] joined(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (var part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static ZipDirectory read(byte[] archive) {
    return new ZipDirectory(Path.of("x.zip"), MemorySegment.ofArray(archive), Limits.standard());
  }

  private static void checkRefused(byte[] archive, Cause cause) {
    var error = catchThrowableOfType(WeightsException.class, () -> read(archive));
    assertThat(error).isNotNull();
    assertThat(error.kind()).as(error.getMessage()).isEqualTo(cause);
  }

  @Test
  void readsHonestArchivesNarrowAndWide() {
    var narrow = joined(local("a", 4, NO_FIELD), central("a", 4, 0));
    assertThat(read(joined(narrow, end(1, 47, 35))).entries()).containsOnlyKeys("a");
    var wide = joined(local("a", UNKNOWN, zip64Field(4, 4)), central("a", 4, 0));
    var directory = 35 + 20;
    for (var end : new byte[][] {end(1, 47, directory), end(0xffff, UNKNOWN, UNKNOWN)}) {
      var archive = joined(wide, end64(1, 47, directory, wide.length), end);
      assertThat(read(archive).entries().get("a").size()).isEqualTo(4);
    }
  }

  @Test
  void hidesNoEntryBehindACount() {
    var entries = joined(local("a", 4, NO_FIELD), local("b", 4, NO_FIELD));
    var directory = joined(central("a", 4, 0), central("b", 4, 35));
    assertThat(read(joined(entries, directory, end(2, 94, 70))).entries()).hasSize(2);
    checkRefused(joined(entries, directory, end(1, 47, 70)), Cause.INVALID_HEADER);
    checkRefused(joined(entries, directory, end(2, 47, 70)), Cause.INVALID_HEADER);
  }

  @Test
  void takesNoSecondDirectoryForTheFirst() {
    var entries = joined(local("a", 4, NO_FIELD), local("b", 4, NO_FIELD));
    var two = joined(entries, central("a", 4, 0), central("b", 4, 35));
    checkRefused(
        joined(two, end64(1, 47, 70 + 47, two.length), end(1, 47, 70)), Cause.INVALID_HEADER);
    checkRefused(joined(two, end64(2, 94, 70, two.length), end(1, 47, 70)), Cause.INVALID_HEADER);
    checkRefused(joined(two, end64(2, 94, 70, -1), end(2, 94, 70)), Cause.TRUNCATED);
    checkRefused(joined(two, end64(2, 94, 70, 3), end(2, 94, 70)), Cause.INVALID_HEADER);
  }

  @Test
  void believesNoSizesThatDifferWhereTheDataLie() {
    var archive = joined(local("a", UNKNOWN, zip64Field(3, 3)), central("a", 4, 0), end(1, 47, 55));
    checkRefused(archive, Cause.INVALID_HEADER);
    var unknown = joined(local("a", UNKNOWN, NO_FIELD), central("a", 4, 0), end(1, 47, 35));
    checkRefused(unknown, Cause.INVALID_HEADER);
    var other = joined(local("a", 3, NO_FIELD), central("a", 4, 0), end(1, 47, 35));
    checkRefused(other, Cause.INVALID_HEADER);
  }

  @Test
  void takesNoDirectoryForData() {
    var archive = joined(local("a", 10, NO_FIELD), central("a", 10, 0), end(1, 47, 35));
    checkRefused(archive, Cause.INVALID_LAYOUT);
  }
}
