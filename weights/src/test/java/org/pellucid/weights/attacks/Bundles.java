package org.pellucid.weights.attacks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Writes TensorFlow's tensor bundles field by field, honest and hostile ones. */
final class Bundles {
  static final int FLOAT = 1;
  static final int STRING = 7;

  private final ByteArrayOutputStream block = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final int shards;
  private String last = "";

  Bundles() {
    this(1, false);
  }

  /** A bundle that says it has that many data files in that byte order; all data go to the last. */
  Bundles(int shards, boolean isBigEndian) {
    this.shards = shards;
    var header = new ByteArrayOutputStream();
    header.writeBytes(message(1, shards));
    header.writeBytes(message(2, isBigEndian ? 1 : 0));
    entry("", header.toByteArray());
  }

  /** Adds a variable of floats with an honest entry; names must come sorted. */
  Bundles variable(String name, long[] shape, float... values) {
    var bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return variable(name, FLOAT, shape, 0, bytes.capacity(), bytes.array());
  }

  /** Adds a variable whose entry says what the arguments say. */
  Bundles variable(String name, int dtype, long[] shape, int shard, long size, byte[] bytes) {
    var sizes = new ByteArrayOutputStream();
    for (var axis : shape) {
      var dimension = message(1, axis);
      sizes.write(2 << 3 | 2);
      varint(sizes, dimension.length);
      sizes.writeBytes(dimension);
    }
    var entry = new ByteArrayOutputStream();
    entry.writeBytes(message(1, dtype));
    entry.write(2 << 3 | 2);
    varint(entry, sizes.size());
    entry.writeBytes(sizes.toByteArray());
    entry.writeBytes(message(3, shard));
    entry.writeBytes(message(4, data.size()));
    entry.writeBytes(message(5, size));
    entry.write(6 << 3 | 5);
    entry.writeBytes(int32(masked(bytes)));
    data.writeBytes(bytes);
    return entry(name, entry.toByteArray());
  }

  private Bundles entry(String key, byte[] value) {
    var shared = 0;
    while (shared < Math.min(key.length(), last.length())
        && key.charAt(shared) == last.charAt(shared)) {
      shared++;
    }
    last = key;
    return raw(shared, key.length() - shared, value.length)
        .raw(key.substring(shared).getBytes(StandardCharsets.UTF_8))
        .raw(value);
  }

  /** Adds numbers to the block as they stand before an entry's key. */
  Bundles raw(long... varints) {
    for (var value : varints) {
      varint(block, value);
    }
    return this;
  }

  /** Adds bytes to the block as they are. */
  Bundles raw(byte[] bytes) {
    block.writeBytes(bytes);
    return this;
  }

  /** Writes {@code variables.index} and the data files below {@code directory}. */
  Path write(Path directory) throws IOException {
    var variables = Files.createDirectories(directory.resolve("variables"));
    for (var shard = 0; shard < shards; shard++) {
      var name = "variables.data-%05d-of-%05d".formatted(shard, shards);
      var isLast = shard == shards - 1;
      Files.write(variables.resolve(name), isLast ? data.toByteArray() : new byte[0]);
    }
    Files.write(variables.resolve("variables.index"), table(entries()));
    return directory;
  }

  /** The entries added so far, as they stand in a block. */
  byte[] entries() {
    return block.toByteArray();
  }

  /** A table of one block with these entries, all checksums right. */
  static byte[] table(byte[] entries) {
    var table = new ByteArrayOutputStream();
    var handle = writeBlock(table, entries);
    var index = new ByteArrayOutputStream();
    varint(index, 0);
    varint(index, 1);
    varint(index, handle.length);
    index.write('~');
    index.writeBytes(handle);
    var footer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    footer.put(new byte[] {0, 0}).put(writeBlock(table, index.toByteArray()));
    footer.putLong(40, 0xdb4775248b80fb57L);
    table.writeBytes(footer.array());
    return table.toByteArray();
  }

  /** Writes a block with one restart point, and gives its handle. */
  private static byte[] writeBlock(ByteArrayOutputStream table, byte[] entries) {
    var content = new ByteArrayOutputStream();
    content.writeBytes(entries);
    content.writeBytes(int32(0));
    content.writeBytes(int32(1));
    var handle = new ByteArrayOutputStream();
    varint(handle, table.size());
    varint(handle, content.size());
    content.write(0);
    table.writeBytes(content.toByteArray());
    table.writeBytes(int32(masked(content.toByteArray())));
    return handle.toByteArray();
  }

  private static byte[] message(int field, long value) {
    var bytes = new ByteArrayOutputStream();
    bytes.write(field << 3);
    varint(bytes, value);
    return bytes.toByteArray();
  }

  private static void varint(ByteArrayOutputStream bytes, long value) {
    var rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static int masked(byte[] bytes) {
    var sum = new CRC32C();
    sum.update(bytes);
    return Integer.rotateRight((int) sum.getValue(), 15) + 0xa282ead8;
  }
}
