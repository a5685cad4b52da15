package org.pellucid.weights.safetensors;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.StridedTensor;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.UnreadableTensor;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * Reads a safetensors file: eight bytes of header length, a JSON header, then the tensors without
 * holes. Every rule of the format is checked before a tensor is handed out.
 */
final class SafetensorsReader {
  /** Bytes of the header's length. */
  static final int PREFIX = 8;

  /** The types of the format whose numbers aren't read. */
  private static final Map<String, Kind> UNREAD =
      Map.ofEntries(
          kind("F4", "4-bit", 4),
          kind("F6_E2M3", "6-bit", 6),
          kind("F6_E3M2", "6-bit", 6),
          kind("F8_E5M2", "float8", 8),
          kind("F8_E4M3", "float8", 8),
          kind("F8_E8M0", "float8", 8),
          kind("F8_E5M2FNUZ", "float8", 8),
          kind("F8_E4M3FNUZ", "float8", 8),
          kind("C64", "complex", 64));

  /** A type and the bits of one element. */
  private record Kind(String kind, int bits) {}

  private static Map.Entry<String, Kind> kind(String dtype, String words, int bits) {
    return Map.entry(dtype, new Kind("%s (%s)".formatted(words, dtype), bits));
  }

  private final MappedFile file;
  private final MemorySegment content;

  private record Range(String name, long begin, long end) {}

  SafetensorsReader(MappedFile file) {
    this.file = file;
    this.content = file.content();
  }

  /** The length that the file gives for its header; at least eight bytes are needed. */
  static long headerLength(MemorySegment content) {
    return content.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
  }

  /**
   * Reads the file.
   *
   * @throws WeightsException if it breaks a rule of the format or a limit
   */
  Checkpoint read() {
    if (content.byteSize() < PREFIX) {
      throw new WeightsException(
          Cause.TRUNCATED,
          at(0),
          "%d bytes are too few for a header; download the file again",
          content.byteSize());
    }
    var length = headerLength(content);
    if (length < 2 || length > file.limits().headerBytes()) {
      throw invalid(at(0), "the header claims to have %d bytes", length);
    }
    if (length > content.byteSize() - PREFIX) {
      throw new WeightsException(
          Cause.TRUNCATED,
          at(0),
          "the header of %d bytes reaches beyond the file's end; download the file again",
          length);
    }
    if (!SafetensorsFormat.beginsLikeOne(content)) {
      throw invalid(at(PREFIX), "the header does not begin with a brace");
    }
    var header = parse(length);
    var data = content.asSlice(PREFIX + length);
    var tensors = new LinkedHashMap<String, WeightTensor>();
    var ranges = new ArrayList<Range>();
    header
        .entries()
        .forEach(
            (name, entry) -> {
              var tensor = tensor(header, name, entry, data, at(PREFIX + length));
              tensors.put(name, tensor);
              ranges.add(new Range(name, entry.offsets()[0], entry.offsets()[1]));
            });
    checkLayout(ranges, at(PREFIX + length), data.byteSize());
    return new Checkpoint(file, "safetensors", tensors).withMetadata(header.metadata());
  }

  private SafetensorsHeader parse(long length) {
    var bytes = ByteBuffer.wrap(content.asSlice(PREFIX, length).toArray(ValueLayout.JAVA_BYTE));
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return SafetensorsHeader.parse(at(PREFIX), text, file.limits());
    } catch (CharacterCodingException _) {
      throw invalid(at(PREFIX + bytes.position()), "the header is not UTF-8 text");
    }
  }

  private static WeightTensor tensor(
      SafetensorsHeader header,
      String name,
      SafetensorsHeader.Entry entry,
      MemorySegment data,
      FileLocation begin) {
    var shape = entry.shape();
    var offsets = entry.offsets();
    if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > data.byteSize()) {
      throw new WeightsException(
          offsets.length == 2 && offsets[1] > data.byteSize()
              ? Cause.TRUNCATED
              : Cause.INVALID_TENSOR,
          header.locationOf(name, entry),
          "the tensor %s lies outside of the file's %d bytes of data; download the file again",
          name,
          data.byteSize());
    }
    var dtype = DType.named(entry.dtype());
    var bits = dtype.map(type -> 8L * type.bytes()).orElseGet(() -> bitsOf(header, name, entry));
    if (!fills(bits, shape, offsets[1] - offsets[0])) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          header.locationOf(name, entry),
          "the tensor %s %s%s doesn't fill its %d bytes; the file is damaged",
          name,
          entry.dtype(),
          Arrays.toString(shape),
          offsets[1] - offsets[0]);
    }
    var location = begin.plus(offsets[0]);
    if (dtype.isEmpty()) {
      return UnreadableTensor.of(location, name, UNREAD.get(entry.dtype()).kind(), shape);
    }
    var info = new TensorInfo(name, dtype.get(), shape);
    var piece = data.asSlice(offsets[0], offsets[1] - offsets[0]);
    return StridedTensor.of(
        location, info, piece, 0, StridedTensor.denseStrides(shape), ByteOrder.LITTLE_ENDIAN);
  }

  private static long bitsOf(SafetensorsHeader header, String name, SafetensorsHeader.Entry entry) {
    var kind = UNREAD.get(entry.dtype());
    if (kind == null) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          header.locationOf(name, entry),
          "the tensor %s has the type %s, which isn't supported; convert it first",
          name,
          entry.dtype());
    }
    return kind.bits();
  }

  private static boolean fills(long bits, long[] shape, long bytes) {
    try {
      var total = bits;
      for (var size : shape) {
        total = Math.multiplyExact(total, size);
      }
      return total % 8 == 0 && total / 8 == bytes;
    } catch (ArithmeticException _) {
      return false;
    }
  }

  private static void checkLayout(List<Range> ranges, FileLocation data, long size) {
    var sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
    var end = 0L;
    for (var range : sorted) {
      if (range.begin() != end) {
        throw new WeightsException(
            Cause.INVALID_LAYOUT,
            data.plus(range.begin()).of(range.name()),
            "the tensor %s begins at byte %d of the data where %d is due: tensors overlap or leave "
                + "a hole",
            range.name(),
            range.begin(),
            end);
      }
      end = range.end();
    }
    if (end != size) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          data.plus(end),
          "%d bytes follow the last tensor; the file is damaged",
          size - end);
    }
  }

  private FileLocation at(long position) {
    return FileLocation.in(file.file()).at(position);
  }

  private static WeightsException invalid(
      FileLocation location, String message, Object... arguments) {
    return new WeightsException(
        Cause.INVALID_HEADER,
        location,
        message + "; the file is damaged or not a safetensors file",
        arguments);
  }
}
