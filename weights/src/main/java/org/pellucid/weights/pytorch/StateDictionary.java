package org.pellucid.weights.pytorch;

import static java.util.stream.Collectors.toSet;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.StridedTensor;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.UnreadableTensor;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.AnyTensor;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.Tensor;
import org.pellucid.weights.pytorch.PickleValue.UnreadTensor;

/**
 * Makes a checkpoint of a pickle's value: the weights out of the state dict that was found or
 * chosen, all other tensors as auxiliary ones, and a description of the rest.
 */
final class StateDictionary {
  private final MappedFile source;
  private final FileLocation file;
  private final Map<String, MemorySegment> storages;
  private final ByteOrder order;
  private final Limits limits;
  private final long stored;
  private long expanded;

  StateDictionary(MappedFile source, Map<String, MemorySegment> storages, ByteOrder order) {
    this.source = source;
    this.file = FileLocation.in(source.file());
    this.storages = storages;
    this.order = order;
    this.limits = source.limits();
    this.stored = storages.values().stream().mapToLong(MemorySegment::byteSize).sum();
  }

  /** The byte order that the older forms' dictionary of system information gives. */
  static ByteOrder byteOrder(Object systemInformation) {
    return systemInformation instanceof PickleDictionary system
            && Boolean.FALSE.equals(system.get("little_endian").orElse(true))
        ? ByteOrder.BIG_ENDIAN
        : ByteOrder.LITTLE_ENDIAN;
  }

  /** The weights found in a pickle's value, with all other tensors as auxiliary ones. */
  Checkpoint checkpoint(String format, Object value) {
    var root = ValueTree.of(value, file, limits);
    var choice =
        source
            .options()
            .state()
            .map(path -> StateChoice.at(path, root, file))
            .orElseGet(() -> StateChoice.among(root, file));
    return checkpoint(format, root, choice);
  }

  /** All tensors of a pickle's value as weights, under their full paths. */
  Checkpoint whole(String format, Object value) {
    var root = ValueTree.of(value, file, limits);
    return checkpoint(format, root, new StateChoice(StateSearch.whole(root, file), List.of()));
  }

  private Checkpoint checkpoint(String format, ValueNode root, StateChoice choice) {
    var taken = choice.taken();
    if (taken.tensors().isEmpty()) {
      throw withoutTensors(root);
    }
    checkNothingTakesAPlace(taken);
    var tensors = new LinkedHashMap<String, WeightTensor>();
    taken.tensors().forEach((name, node) -> tensors.put(name, tensor(name, node.value())));
    var auxiliary = new LinkedHashMap<String, WeightTensor>();
    var scalars = new LinkedHashMap<String, String>();
    var weights = Collections.newSetFromMap(new IdentityHashMap<ValueNode, Boolean>());
    weights.addAll(taken.tensors().values());
    collect(root, weights, auxiliary, scalars);
    var checkpoint =
        new Checkpoint(source, format, tensors)
            .withAuxiliary(auxiliary)
            .withMetadata(scalars)
            .withNotes(choice.notes())
            .withContent(new ContentTree(taken, weights).of(root));
    return taken.path().isEmpty() && source.options().state().isEmpty()
        ? checkpoint
        : checkpoint.withState(taken.path());
  }

  private WeightsException withoutTensors(ValueNode root) {
    return codeIn(root)
        .map(
            name ->
                new WeightsException(
                    Cause.FORBIDDEN_CODE,
                    file,
                    "the pickle holds no tensors that can be read but refers to %s, which is not on"
                        + " the list of harmless names; nothing was executed, save a plain state "
                        + "dict",
                    name))
        .orElseGet(
            () ->
                new WeightsException(
                    Cause.UNKNOWN_FORMAT,
                    file,
                    "the checkpoint holds no tensors; save a state dict instead"));
  }

  private static Optional<String> codeIn(ValueNode node) {
    return switch (node.value()) {
      case PickleObject object -> Optional.of(object.type());
      case Global global -> Optional.of(global.qualified());
      default -> node.children().stream().flatMap(child -> codeIn(child).stream()).findFirst();
    };
  }

  /**
   * An object of Python's where a weight belongs would be code in place of a tensor: in a module,
   * or in a dictionary under a name that ends like that of a tensor beside it.
   */
  private void checkNothingTakesAPlace(Candidate taken) {
    var isModule = taken.node().isModule();
    var endings = taken.node().tensors().stream().map(node -> ending(node.key())).collect(toSet());
    for (var child : taken.node().children()) {
      var isCode = child.value() instanceof PickleObject || child.value() instanceof Global;
      if (isCode && (isModule || endings.contains(ending(child.key())))) {
        throw new WeightsException(
            Cause.FORBIDDEN_CODE,
            file.of(child.key()),
            "%s, in place of a tensor, refers to %s, which is not on the list of harmless names; "
                + "nothing was executed, save the file again as a plain state dict",
            child.path(),
            codeIn(child).orElse(""));
      }
    }
  }

  private static String ending(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private void collect(
      ValueNode node,
      Set<ValueNode> weights,
      Map<String, WeightTensor> auxiliary,
      Map<String, String> scalars) {
    switch (node.value()) {
      case AnyTensor tensor -> {
        if (!weights.contains(node)) {
          auxiliary.put(unused(node.path(), auxiliary), tensor(node.path(), tensor));
        }
      }
      case String text -> scalars.put(node.path(), text);
      case Number number -> scalars.put(node.path(), number.toString());
      case Boolean bool -> scalars.put(node.path(), bool.toString());
      default -> node.children().forEach(inner -> collect(inner, weights, auxiliary, scalars));
    }
  }

  private static String unused(String path, Map<String, WeightTensor> names) {
    return names.containsKey(path) ? "%s (tensor %d)".formatted(path, names.size()) : path;
  }

  private WeightTensor tensor(String name, Object tensor) {
    return switch (tensor) {
      case Tensor plain -> tensor(name, plain);
      case UnreadTensor(var kind, var shape) -> UnreadableTensor.of(file, name, kind, shape);
      default -> throw new IllegalArgumentException(name + " is no tensor.");
    };
  }

  private WeightTensor tensor(String name, Tensor tensor) {
    var storage = tensor.storage();
    var data = storages.get(storage.key());
    var location = file.of(name);
    if (data == null) {
      throw new WeightsException(
          Cause.TRUNCATED,
          location,
          "the storage %s of the tensor %s is missing; download the file again",
          storage.key(),
          name);
    }
    var width = storage.type().bytes();
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
    var strided = StridedTensor.of(file, info, piece, tensor.offset(), tensor.strides(), order);
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
