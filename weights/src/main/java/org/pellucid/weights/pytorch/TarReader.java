package org.pellucid.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.TarDirectory;
import org.pellucid.weights.pytorch.PickleValue.AnyTensor;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.Storage;
import org.pellucid.weights.pytorch.PickleValue.Tensor;
import org.pellucid.weights.pytorch.PickleValue.Tuple;
import org.pellucid.weights.pytorch.PickleValue.UnreadTensor;
import org.pellucid.weights.pytorch.PickleValue.View;

/**
 * The form of PyTorch before 0.1.10, a TAR archive of four files (as {@code torch/serialization.py}
 * still reads it):
 *
 * <ul>
 *   <li>{@code sys_info}: a dictionary that tells the byte order;
 *   <li>{@code storages}: their number; for each {@code (key, location, class)}, the number of
 *       elements, the elements; then the list of views {@code (key, root, offset, size)};
 *   <li>{@code tensors}: their number; for each {@code (key, storage, class)}, the number of axes
 *       in eight bytes, sizes, strides and the offset;
 *   <li>{@code pickle}: the object, with a tensor's key in each place where a tensor belongs.
 * </ul>
 */
final class TarReader {
  private static final int MAXIMAL_AXES = 64;

  private final MappedFile source;
  private final Path file;
  private final Limits limits;
  private final Map<String, MemorySegment> data = new HashMap<>();
  private final Map<String, Storage> storages = new HashMap<>();
  private final Map<String, AnyTensor> tensors = new HashMap<>();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

  TarReader(MappedFile source) {
    this.source = source;
    this.file = source.file();
    this.limits = source.limits();
  }

  Checkpoint read() {
    var archive = new TarDirectory(file, source.content(), limits);
    order = StateDictionary.byteOrder(new Part(member(archive, "sys_info")).next());
    readStorages(new Part(member(archive, "storages")));
    readTensors(new Part(member(archive, "tensors")));
    var value = new Part(member(archive, "pickle")).next();
    return new StateDictionary(source, data, order).checkpoint("pytorch-tar", value);
  }

  private TarDirectory.Member member(TarDirectory archive, String name) {
    return archive
        .member(name)
        .or(() -> archive.member("./" + name))
        .orElseThrow(
            () ->
                new WeightsException(
                    Cause.UNKNOWN_FORMAT,
                    file,
                    "this TAR archive holds no file %s, so torch.save didn't write it; unpack it "
                        + "and name a weight file in it",
                    name));
  }

  private void readStorages(Part part) {
    for (var rest = part.count(); rest > 0; rest--) {
      if (!(part.next() instanceof Tuple(var items)) || items.size() != 3) {
        throw part.damaged("a storage has no key and class");
      }
      var key = key(part, items.get(0));
      var type =
          ElementType.ofStorage(items.get(2))
              .orElseThrow(() -> part.damaged("a storage has no class"));
      var elements = part.readLong();
      data.put(key, part.take(elements, type.bytes()));
      if (storages.put(key, Storage.whole(key, type, elements)) != null) {
        throw part.damaged("the storage " + key + " appears in it twice");
      }
    }
    if (!(part.next() instanceof List<?> views)) {
      throw part.damaged("the list of views is missing");
    }
    views.forEach(view -> addView(part, view));
  }

  private void addView(Part part, Object value) {
    if (!(value instanceof Tuple(var items))
        || items.size() != 4
        || !(items.get(2) instanceof Long offset)
        || !(items.get(3) instanceof Long size)) {
      throw part.damaged("a view has no storage, offset and size");
    }
    var root = storage(part, items.get(1));
    if (offset < 0 || size < 0 || size > root.elements() - offset) {
      throw part.damaged("a view reaches outside of its storage");
    }
    storages.put(
        key(part, items.get(0)),
        new Storage(root.key(), root.type(), root.elements(), new View(offset, size)));
  }

  private void readTensors(Part part) {
    for (var rest = part.count(); rest > 0; rest--) {
      if (!(part.next() instanceof Tuple(var items)) || items.size() != 3) {
        throw part.damaged("a tensor has no key and storage");
      }
      var storage = storage(part, items.get(1));
      var axes = part.readLong() & 0xffff_ffffL;
      if (axes > MAXIMAL_AXES) {
        throw part.damaged("a tensor has %d axes".formatted(axes));
      }
      var shape = part.readLongs((int) axes);
      var strides = part.readLongs((int) axes);
      var offset = part.readLong();
      var dtype = storage.type().dtype();
      tensors.put(
          key(part, items.get(0)),
          dtype.isPresent()
              ? new Tensor(storage, dtype.get(), offset, shape, strides)
              : new UnreadTensor(storage.type().kind(), shape));
    }
  }

  private Storage storage(Part part, Object key) {
    var storage = storages.get(key(part, key));
    if (storage == null) {
      throw part.damaged("a storage is missing");
    }
    return storage;
  }

  /** Python wrote an object's address, as a number or as text. */
  private static String key(Part part, Object value) {
    return switch (value) {
      case Long number -> number.toString();
      case String text -> text;
      default -> throw part.damaged("a key is neither a number nor text");
    };
  }

  /** One file of the archive, read from its beginning on. */
  private final class Part {
    private final TarDirectory.Member member;
    private long position;

    Part(TarDirectory.Member member) {
      this.member = member;
    }

    Object next() {
      var unpickler =
          new Unpickler(location(), member.data().asSlice(position), limits, this::persistent);
      var value = unpickler.load();
      position += unpickler.position();
      return value;
    }

    /** A tensor by its key; of {@code (module, source file, source)} only the class is kept. */
    private Object persistent(Object id) {
      if (id instanceof Tuple(var items)
          && !items.isEmpty()
          && items.getFirst() instanceof Global global) {
        return global;
      }
      var tensor = tensors.get(key(this, id));
      if (tensor == null) {
        throw damaged("a tensor is missing");
      }
      return tensor;
    }

    int count() {
      if (!(next() instanceof Long number) || number < 0 || number > limits.tensors()) {
        throw damaged("the number of its entries is missing");
      }
      return number.intValue();
    }

    long readLong() {
      var bytes = take(1, Long.BYTES);
      return bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), 0);
    }

    long[] readLongs(int count) {
      return take(count, Long.BYTES).toArray(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order));
    }

    MemorySegment take(long elements, int width) {
      if (elements < 0 || elements > (member.data().byteSize() - position) / width) {
        throw new WeightsException(
            Cause.TRUNCATED,
            location(),
            "%d elements reach beyond the end of %s; download the file again",
            elements,
            member.name());
      }
      var piece = member.data().asSlice(position, elements * width);
      position += elements * width;
      return piece;
    }

    private FileLocation location() {
      return member.location().at(member.location().position().orElse(0) + position);
    }

    WeightsException damaged(String why) {
      return new WeightsException(
          Cause.INVALID_HEADER, location(), "%s in %s; the file is damaged", why, member.name());
    }
  }
}
