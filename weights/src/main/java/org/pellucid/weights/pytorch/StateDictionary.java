package org.pellucid.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.StridedTensor;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.None;
import org.pellucid.weights.pytorch.PickleValue.Tensor;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/**
 * Finds the weights in the value of a pickle: the outermost dictionary if tensors lie in it
 * directly, else the one inside under a usual name; all other tensors are auxiliary.
 */
final class StateDictionary {
  private static final List<String> USUAL_NAMES =
      List.of("model_state_dict", "state_dict", "model", "net", "weights");

  private static final int LONGEST_PATH = 4096;

  private final MappedFile source;
  private final Path file;
  private final Map<String, MemorySegment> storages;
  private final ByteOrder order;
  private final Limits limits;
  private final SequencedMap<String, Tensor> found = new LinkedHashMap<>();
  private final SequencedMap<String, String> scalars = new LinkedHashMap<>();
  private int visited;
  private long characters;
  private final long stored;
  private long expanded;

  StateDictionary(MappedFile source, Map<String, MemorySegment> storages, ByteOrder order) {
    this.source = source;
    this.file = source.file();
    this.storages = storages;
    this.order = order;
    this.limits = source.limits();
    this.stored = storages.values().stream().mapToLong(MemorySegment::byteSize).sum();
  }

  /** The byte order that the older forms' dictionary of system information gives. */
  static ByteOrder byteOrder(Object systemInformation) {
    return systemInformation instanceof Map<?, ?> system
            && Boolean.FALSE.equals(system.get("little_endian"))
        ? ByteOrder.BIG_ENDIAN
        : ByteOrder.LITTLE_ENDIAN;
  }

  /** The weights found in a pickle's value, with all other tensors as auxiliary ones. */
  Checkpoint checkpoint(String format, Object value) {
    collectFrom(value);
    var prefix = source.options().state().map(path -> path + ".");
    return checkpoint(format, prefix.orElseGet(() -> weightsPrefix(value)));
  }

  /** All tensors of a pickle's value as weights, under their full paths. */
  Checkpoint whole(String format, Object value) {
    collectFrom(value);
    return checkpoint(format, "");
  }

  private Checkpoint checkpoint(String format, String prefix) {
    if (found.isEmpty()) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT, file, "the checkpoint holds no tensors; save a state dict instead");
    }
    var tensors = new LinkedHashMap<String, WeightTensor>();
    var auxiliary = new LinkedHashMap<String, WeightTensor>();
    for (var entry : found.entrySet()) {
      var path = entry.getKey();
      if (path.startsWith(prefix)) {
        var name = path.substring(prefix.length());
        tensors.put(name, tensor(name, entry.getValue()));
      } else {
        auxiliary.put(path, tensor(path, entry.getValue()));
      }
    }
    var whole =
        new Checkpoint(source, format, tensors).withAuxiliary(auxiliary).withMetadata(scalars);
    return prefix.isEmpty() || tensors.isEmpty()
        ? whole
        : whole.withState(prefix.substring(0, prefix.length() - 1));
  }

  /** Bytes of an element of each storage, for the form in which the file doesn't say. */
  Map<String, Integer> storageWidths(Object value) {
    collectFrom(value);
    var widths = new HashMap<String, Integer>();
    for (var tensor : found.values()) {
      widths.put(tensor.storage().key(), tensor.storage().dtype().bytes());
    }
    return widths;
  }

  private String weightsPrefix(Object value) {
    if (value instanceof Map<?, ?> map
        && map.values().stream().noneMatch(Tensor.class::isInstance)) {
      for (var name : USUAL_NAMES) {
        if (map.get(name) instanceof Map<?, ?>
            && found.sequencedKeySet().stream().anyMatch(path -> path.startsWith(name + "."))) {
          return name + ".";
        }
      }
    }
    return "";
  }

  private void collectFrom(Object value) {
    visited = 0;
    characters = 0;
    collect("", value, 0);
  }

  /**
   * Every visit counts, of empty lists too: a few lists that each hold the one before twice stand
   * for more values than can ever be walked. Every path counts too: a long key above a long list
   * would be written out once for each item.
   */
  private void collect(String path, Object value, int depth) {
    characters += path.length();
    if (depth > limits.depth()
        || ++visited > limits.tensors()
        || path.length() > LONGEST_PATH
        || characters > limits.headerBytes()) {
      throw new WeightsException(
          Cause.LIMIT,
          file,
          "values are nested deeper than %d, more than %d or have too long names",
          limits.depth(),
          limits.tensors());
    }
    switch (value) {
      case Tensor tensor -> add(path, tensor);
      case Map<?, ?> map ->
          map.forEach((key, inner) -> collect(joined(path, key), inner, depth + 1));
      case Tuple(var items) -> collectAll(path, items, depth);
      case List<?> items -> collectAll(path, items, depth);
      case None _ -> {}
      case String text -> scalars.put(path, text);
      case Number number -> scalars.put(path, number.toString());
      case Boolean bool -> scalars.put(path, bool.toString());
      default -> {}
    }
  }

  private void add(String path, Tensor tensor) {
    if (found.put(path, tensor) != null) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          FileLocation.in(file).of(path),
          "two tensors have the name %s; the file is made to mislead",
          path);
    }
  }

  private void collectAll(String path, List<?> items, int depth) {
    for (var i = 0; i < items.size(); i++) {
      collect(joined(path, i), items.get(i), depth + 1);
    }
  }

  private static String joined(String path, Object key) {
    return path.isEmpty() ? String.valueOf(key) : path + "." + key;
  }

  private WeightTensor tensor(String name, Tensor tensor) {
    var storage = tensor.storage();
    var data = storages.get(storage.key());
    var location = FileLocation.in(file).of(name);
    if (data == null) {
      throw new WeightsException(
          Cause.TRUNCATED,
          location,
          "the storage %s of the tensor %s is missing; download the file again",
          storage.key(),
          name);
    }
    var width = storage.dtype().bytes();
    if (storage.elements() > data.byteSize() / width) {
      throw new WeightsException(
          Cause.TRUNCATED,
          location,
          "the storage %s of the tensor %s has %d bytes where %d numbers are announced",
          storage.key(),
          name,
          data.byteSize(),
          storage.elements());
    }
    if (data.byteSize() != storage.elements() * width) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          location,
          "the storage %s of the tensor %s has %d bytes, more than its %d numbers fill; the file "
              + "is damaged",
          storage.key(),
          name,
          data.byteSize(),
          storage.elements());
    }
    var view = storage.view();
    var piece = data.asSlice(view.offset() * width, view.elements() * width);
    var info = new TensorInfo(name, tensor.dtype(), tensor.shape());
    var strided =
        StridedTensor.of(
            FileLocation.in(file), info, piece, tensor.offset(), tensor.strides(), order);
    checkExpansion(location, info);
    return strided;
  }

  /**
   * Strides of 0 make a tensor of any size out of a few bytes, and many tensors may lie on the same
   * ones, so all of them together are compared with all storages.
   */
  private void checkExpansion(FileLocation location, TensorInfo info) {
    expanded = Math.addExact(expanded, Math.min(info.bytes(), limits.totalBytes()));
    if (!limits.allowsExpansion(stored, expanded)) {
      throw new WeightsException(
          Cause.LIMIT,
          location,
          "with the tensor %s all tensors expand to more than %d times their storages' size",
          info,
          limits.expansion());
    }
  }
}
