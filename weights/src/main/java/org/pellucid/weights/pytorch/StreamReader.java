package org.pellucid.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The form of PyTorch 0.1.10 to 1.5: five pickles (magic number, protocol, system information, the
 * object, the keys of its storages), then for each key the number of elements and the elements.
 */
final class StreamReader {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final Long PROTOCOL = 1001L;

  private final MappedFile source;
  private final Path file;
  private final MemorySegment content;
  private final Limits limits;
  private long position;

  StreamReader(MappedFile source) {
    this.source = source;
    this.file = source.file();
    this.content = source.content();
    this.limits = source.limits();
  }

  Checkpoint read() {
    if (!MAGIC.equals(next()) || !PROTOCOL.equals(next())) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT,
          file,
          "this pickle is not a PyTorch checkpoint; save a state dict with torch.save");
    }
    var order = StateDictionary.byteOrder(next());
    var widths = new HashMap<String, Integer>();
    var value = next(widths);
    if (!(next() instanceof List<?> keys)) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          FileLocation.in(file).at(position),
          "the list of storages is missing; the file is damaged");
    }
    var storages = new LinkedHashMap<String, MemorySegment>();
    for (var key : keys) {
      if (!(key instanceof String name)) {
        throw new WeightsException(
            Cause.INVALID_HEADER,
            FileLocation.in(file).at(position),
            "a storage's key is not text; the file is damaged");
      }
      addStorage(name, order, widths, storages);
    }
    return new StateDictionary(source, storages, order).checkpoint("pytorch-legacy", value);
  }

  private Object next() {
    return next(new HashMap<>());
  }

  /** The next pickle's value, and the width of the elements of each storage that it names. */
  private Object next(Map<String, Integer> widths) {
    var location = FileLocation.in(file).at(position);
    var unpickler = new Unpickler(location, content.asSlice(position), Dialect.STATE, limits);
    var value = unpickler.load();
    position += unpickler.position();
    widths.putAll(unpickler.storageWidths());
    return value;
  }

  private void addStorage(
      String key,
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
    if (storages.put(key, content.asSlice(begin, elements * width)) != null) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          FileLocation.in(file).at(position),
          "the storage %s appears twice in the file",
          key);
    }
    position = begin + elements * width;
  }

  private WeightsException truncated(String key) {
    return new WeightsException(
        Cause.TRUNCATED,
        FileLocation.in(file).at(position),
        "storage %s reaches beyond the file's end; download the file again",
        key);
  }
}
