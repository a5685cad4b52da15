package org.pellucid.weights.pytorch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * Reads what {@code torch.save} writes: the ZIP archive of PyTorch 1.6 and later ({@code
 * <name>/data.pkl} beside {@code <name>/data/<key>}), and the stream of pickles and storages before
 * it. Nothing in the file is executed.
 */
public final class PyTorchFormat {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;

  private final Path file;
  private final MemorySegment content;
  private final Arena arena;
  private final Limits limits;

  private PyTorchFormat(Path file, MemorySegment content, Arena arena, Limits limits) {
    this.file = file;
    this.content = content;
    this.arena = arena;
    this.limits = limits;
  }

  /** Whether the content begins like one of the two forms. */
  public static boolean recognises(MemorySegment content) {
    return ZipDirectory.recognises(content) || isLegacy(content);
  }

  /** The old form begins with the pickle of a ten-byte number: PROTO 2, LONG1 10, the magic. */
  private static boolean isLegacy(MemorySegment content) {
    return content.byteSize() > 15
        && content.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80
        && content.get(ValueLayout.JAVA_BYTE, 2) == (byte) 0x8a
        && content.get(ValueLayout.JAVA_BYTE, 3) == 10;
  }

  /**
   * Reads a file that is mapped already.
   *
   * @throws WeightsException if it breaks a rule of the format or a limit, or asks for code
   */
  public static Checkpoint read(Path file, MemorySegment content, Arena arena, Limits limits) {
    var format = new PyTorchFormat(file, content, arena, limits);
    return ZipDirectory.recognises(content) ? format.readZip() : format.readLegacy();
  }

  /**
   * Compares the checksum of every entry of an archive.
   *
   * @throws WeightsException naming the first entry whose checksum differs
   */
  public static void checkSums(Path file, MemorySegment content, Limits limits) {
    for (var entry : new ZipDirectory(file, content, limits).entries().values()) {
      if (!entry.isIntact()) {
        throw new WeightsException(
            Cause.CHECKSUM,
            file,
            "the checksum of the entry %s differs; fetch the file again",
            entry.name());
      }
    }
  }

  private Checkpoint readZip() {
    var directory = new ZipDirectory(file, content, limits);
    var pickle =
        directory.entries().keySet().stream()
            .filter(name -> name.equals("data.pkl") || name.endsWith("/data.pkl"))
            .toList();
    if (pickle.size() != 1) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT,
          file,
          "this ZIP archive holds no data.pkl, so torch.save didn't write it");
    }
    var prefix = pickle.getFirst().substring(0, pickle.getFirst().length() - "data.pkl".length());
    if (directory.entry(prefix + "constants.pkl").isPresent()) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          file,
          "this is a TorchScript program; save its state_dict() with torch.save instead");
    }
    var data = directory.entry(pickle.getFirst()).orElseThrow().data();
    var value = new Unpickler(file, data, 0, limits).load();
    var storages = new HashMap<String, MemorySegment>();
    for (var entry : directory.entries().values()) {
      if (entry.name().startsWith(prefix + "data/")) {
        storages.put(entry.name().substring(prefix.length() + 5), entry.data());
      }
    }
    var order = byteOrder(directory, prefix);
    return new StateDictionary(file, storages, order, limits)
        .checkpoint("pytorch-zip", value, arena);
  }

  private static ByteOrder byteOrder(ZipDirectory directory, String prefix) {
    return directory
        .entry(prefix + "byteorder")
        .map(entry -> new String(bytes(entry.data()), StandardCharsets.US_ASCII).strip())
        .filter("big"::equals)
        .map(_ -> ByteOrder.BIG_ENDIAN)
        .orElse(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(MemorySegment data) {
    return data.asSlice(0, Math.min(16, data.byteSize())).toArray(ValueLayout.JAVA_BYTE);
  }

  private Checkpoint readLegacy() {
    var position = 0L;
    var parts = new Object[5];
    for (var i = 0; i < parts.length; i++) {
      var unpickler = new Unpickler(file, content, position, limits);
      parts[i] = unpickler.load();
      position = unpickler.position();
      if (i == 0 && !MAGIC.equals(parts[0]) || i == 1 && !Long.valueOf(PROTOCOL).equals(parts[1])) {
        throw new WeightsException(
            Cause.UNKNOWN_FORMAT, file, "this pickle is no PyTorch checkpoint");
      }
    }
    var order = ByteOrder.LITTLE_ENDIAN;
    if (parts[2] instanceof Map<?, ?> system && Boolean.FALSE.equals(system.get("little_endian"))) {
      order = ByteOrder.BIG_ENDIAN;
    }
    if (!(parts[4] instanceof List<?> keys)) {
      throw new WeightsException(
          Cause.INVALID_HEADER, file, "the list of storages is missing; the file is damaged");
    }
    var dictionary = new StateDictionary(file, new HashMap<>(), order, limits);
    var widths = dictionary.storageWidths(parts[3]);
    var storages = new LinkedHashMap<String, MemorySegment>();
    for (var key : keys) {
      if (!(key instanceof String name)) {
        throw new WeightsException(
            Cause.INVALID_HEADER, file, "a storage's key is no text; the file is damaged");
      }
      position = addStorage(name, position, order, widths, storages);
    }
    return new StateDictionary(file, storages, order, limits)
        .checkpoint("pytorch-legacy", parts[3], arena);
  }

  private long addStorage(
      String key,
      long position,
      ByteOrder order,
      Map<String, Integer> widths,
      Map<String, MemorySegment> storages) {
    if (position > content.byteSize() - Long.BYTES) {
      throw truncated(key);
    }
    var elements = content.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), position);
    var width = widths.getOrDefault(key, 1);
    var begin = position + Long.BYTES;
    if (elements < 0 || elements > (content.byteSize() - begin) / width) {
      throw truncated(key);
    }
    storages.put(key, content.asSlice(begin, elements * width));
    return begin + elements * width;
  }

  private WeightsException truncated(String key) {
    return new WeightsException(
        Cause.TRUNCATED,
        file,
        "storage %s reaches beyond the file's end; fetch the file again",
        key);
  }
}
