package org.pellucid.weights.tensorflow;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.MappedChecksum;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.SiblingFile;
import org.pellucid.weights.StridedTensor;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * Reads the variables of a TensorFlow checkpoint or SavedModel: the tensor bundle {@code
 * <prefix>.index} with its data files (tensorflow/core/protobuf/tensor_bundle.proto). A tensor's
 * checksum is compared whenever its bytes are asked for. Texts, such as the object graph of
 * TensorFlow 2, are named in the metadata and not read.
 */
final class TensorBundle {
  private static final int LITTLE = 0;
  private static final int TEXT = 7;
  private static final int MAXIMAL_AXES = 64;

  private final MappedFile source;
  private final Path index;
  private final Map<Integer, MemorySegment> shards = new LinkedHashMap<>();
  private final List<Runnable> checksums = new ArrayList<>();
  private final List<Range> ranges = new ArrayList<>();
  private int shardCount = 1;
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  /** Where a variable's bytes lie. */
  private record Range(String name, int shard, long begin, long end) {}

  private record Entry(int type, long[] shape, int shard, long offset, long size, int crc) {}

  TensorBundle(MappedFile source) {
    this.source = source;
    this.index = source.file();
  }

  /**
   * Reads the index, and maps the data files beside it.
   *
   * @throws WeightsException if it is damaged or a data file is missing
   */
  Checkpoint read() {
    var table = new SsTable(index, source.content(), source.limits());
    var tensors = new LinkedHashMap<String, WeightTensor>();
    var metadata = new LinkedHashMap<String, String>();
    for (var entry : table.entries().entrySet()) {
      try {
        var message = CodedInputStream.newInstance(entry.getValue());
        if (entry.getKey().isEmpty()) {
          readHeader(message);
        } else {
          var read = readEntry(message, entry.getKey());
          if (read.type() == TEXT) {
            metadata.put(entry.getKey(), "string of %d bytes, not read".formatted(read.size()));
          } else {
            addTensor(entry.getKey(), read, tensors);
          }
        }
      } catch (IOException e) {
        throw new WeightsException(
            Cause.INVALID_HEADER, e, index, "the entry %s can't be read", entry.getKey());
      }
    }
    checkOverlaps();
    return new Checkpoint(source, "tensorflow-bundle", tensors)
        .withMetadata(metadata)
        .withChecksums(() -> checksums.forEach(Runnable::run));
  }

  private void readHeader(CodedInputStream message) throws IOException {
    for (var tag = message.readTag(); tag != 0; tag = message.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> shardCount = message.readInt32();
        case 2 ->
            order = message.readEnum() == LITTLE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        default -> message.skipField(tag);
      }
    }
  }

  private Entry readEntry(CodedInputStream message, String name) throws IOException {
    var type = 0;
    var shape = new long[0];
    var shard = 0;
    var offset = 0L;
    var size = 0L;
    var crc = 0;
    for (var tag = message.readTag(); tag != 0; tag = message.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> type = message.readEnum();
        case 2 -> shape = readShape(message);
        case 3 -> shard = message.readInt32();
        case 4 -> offset = message.readInt64();
        case 5 -> size = message.readInt64();
        case 6 -> crc = message.readFixed32();
        case 7 ->
            throw new WeightsException(
                Cause.UNSUPPORTED,
                FileLocation.in(index).of(name),
                "the variable %s is stored in slices, which aren't supported; save the model"
                    + " without partitioned variables",
                name);
        default -> message.skipField(tag);
      }
    }
    return new Entry(type, shape, shard, offset, size, crc);
  }

  private long[] readShape(CodedInputStream message) throws IOException {
    var sizes = new ArrayList<Long>();
    var limit = message.pushLimit(message.readRawVarint32());
    for (var tag = message.readTag(); tag != 0; tag = message.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 2) {
        var inner = message.pushLimit(message.readRawVarint32());
        var size = 0L;
        for (var field = message.readTag(); field != 0; field = message.readTag()) {
          if (WireFormat.getTagFieldNumber(field) == 1) {
            size = message.readInt64();
          } else {
            message.skipField(field);
          }
        }
        sizes.add(size);
        if (sizes.size() > MAXIMAL_AXES) {
          throw new WeightsException(
              Cause.INVALID_TENSOR, index, "a variable has more than %d axes", MAXIMAL_AXES);
        }
        message.popLimit(inner);
      } else {
        message.skipField(tag);
      }
    }
    message.popLimit(limit);
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  private DType dtype(String name, int code) {
    return switch (code) {
      case 1 -> DType.F32;
      case 2 -> DType.F64;
      case 3 -> DType.I32;
      case 4 -> DType.U8;
      case 5 -> DType.I16;
      case 6 -> DType.I8;
      case 9 -> DType.I64;
      case 10 -> DType.BOOL;
      case 14 -> DType.BF16;
      case 17 -> DType.U16;
      case 19 -> DType.F16;
      case 22 -> DType.U32;
      case 23 -> DType.U64;
      default ->
          throw new WeightsException(
              Cause.UNSUPPORTED,
              FileLocation.in(index).of(name),
              "the variable %s has TensorFlow's type %d, which isn't supported",
              name,
              code);
    };
  }

  private void addTensor(String name, Entry entry, Map<String, WeightTensor> tensors) {
    if (entry.shard() < 0 || entry.shard() >= shardCount) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          FileLocation.in(index).of(name),
          "the variable %s lies in data file %d of %d; download the model again",
          name,
          entry.shard(),
          shardCount);
    }
    var data = shard(entry.shard());
    var info = new TensorInfo(name, dtype(name, entry.type()), entry.shape());
    if (entry.offset() < 0 || entry.size() < 0 || entry.offset() > data.byteSize() - entry.size()) {
      throw new WeightsException(
          Cause.TRUNCATED,
          FileLocation.in(index).of(name),
          "the variable %s reaches beyond its data file; download the model again",
          name);
    }
    var piece = data.asSlice(entry.offset(), entry.size());
    var strides = StridedTensor.denseStrides(entry.shape());
    var tensor = StridedTensor.of(FileLocation.in(index), info, piece, 0, strides, order);
    if (info.bytes() != entry.size()) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          FileLocation.in(index).of(name),
          "the variable %s doesn't fill its %d bytes; download the model again",
          info,
          entry.size());
    }
    if (entry.size() > 0) {
      var end = entry.offset() + entry.size();
      ranges.add(new Range(name, entry.shard(), entry.offset(), end));
    }
    checksums.add(() -> checkSum(name, piece, entry.crc()));
    tensors.put(name, new CheckedTensor(tensor, () -> checkSum(name, piece, entry.crc())));
  }

  /** Variables on the same bytes would make an endless model out of a small file. */
  private void checkOverlaps() {
    ranges.sort(Comparator.comparingInt(Range::shard).thenComparingLong(Range::begin));
    for (var i = 1; i < ranges.size(); i++) {
      var before = ranges.get(i - 1);
      var range = ranges.get(i);
      if (range.shard() == before.shard() && range.begin() < before.end()) {
        throw new WeightsException(
            Cause.INVALID_LAYOUT,
            FileLocation.in(index).of(range.name()),
            "the variables %s and %s overlap; download the model again",
            before.name(),
            range.name());
      }
    }
  }

  /** A tensor whose checksum is compared before its bytes are given. */
  private record CheckedTensor(WeightTensor tensor, Runnable check) implements WeightTensor {
    @Override
    public TensorInfo info() {
      return tensor.info();
    }

    @Override
    public MemorySegment bytes() {
      check.run();
      return tensor.bytes();
    }

    @Override
    public void forEachChunk(Consumer<MemorySegment> action) {
      check.run();
      tensor.forEachChunk(action);
    }
  }

  private MemorySegment shard(int number) {
    var prefix = index.getFileName().toString().replaceFirst("\\.index$", "");
    return shards.computeIfAbsent(
        number,
        n ->
            MappedFile.map(
                SiblingFile.of(
                    index,
                    FileLocation.in(index),
                    "%s.data-%05d-of-%05d".formatted(prefix, n, shardCount)),
                source.arena()));
  }

  private void checkSum(String name, MemorySegment piece, int expected) {
    var sum = new CRC32C();
    for (var at = 0L; at < piece.byteSize(); at += WeightTensor.CHUNK) {
      var chunk = piece.asSlice(at, Math.min(WeightTensor.CHUNK, piece.byteSize() - at));
      MappedChecksum.update(sum, chunk);
      if (chunk.isMapped()) {
        chunk.unload();
      }
    }
    if (SsTable.masked(sum) != expected) {
      throw new WeightsException(
          Cause.CHECKSUM,
          FileLocation.in(index).of(name),
          "the checksum of the variable %s differs; download the model again",
          name);
    }
  }
}
