package org.pellucid.weights.pytorch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.None;
import org.pellucid.weights.pytorch.PickleValue.Opaque;
import org.pellucid.weights.pytorch.PickleValue.Storage;
import org.pellucid.weights.pytorch.PickleValue.Tensor;
import org.pellucid.weights.pytorch.PickleValue.Tuple;
import org.pellucid.weights.pytorch.PickleValue.View;

/** The few Python calls that a checkpoint makes, as functions on inert data. */
final class PickleCalls {
  private static final Map<String, DType> STORAGES =
      Map.ofEntries(
          Map.entry("DoubleStorage", DType.F64),
          Map.entry("FloatStorage", DType.F32),
          Map.entry("HalfStorage", DType.F16),
          Map.entry("BFloat16Storage", DType.BF16),
          Map.entry("LongStorage", DType.I64),
          Map.entry("IntStorage", DType.I32),
          Map.entry("ShortStorage", DType.I16),
          Map.entry("CharStorage", DType.I8),
          Map.entry("ByteStorage", DType.U8),
          Map.entry("BoolStorage", DType.BOOL),
          Map.entry("UntypedStorage", DType.U8));

  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("float64", DType.F64),
          Map.entry("float32", DType.F32),
          Map.entry("float16", DType.F16),
          Map.entry("bfloat16", DType.BF16),
          Map.entry("int64", DType.I64),
          Map.entry("int32", DType.I32),
          Map.entry("int16", DType.I16),
          Map.entry("int8", DType.I8),
          Map.entry("uint64", DType.U64),
          Map.entry("uint32", DType.U32),
          Map.entry("uint16", DType.U16),
          Map.entry("uint8", DType.U8),
          Map.entry("bool", DType.BOOL));

  private static final Set<String> ALLOWED =
      Set.of(
          "collections.OrderedDict",
          "collections.Counter",
          "collections.defaultdict",
          "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3",
          "torch._tensor._rebuild_from_type_v2",
          "torch.Tensor",
          "torch.storage.TypedStorage",
          "torch.storage.UntypedStorage",
          "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter",
          "torch.Size",
          "torch.device",
          "builtins.set",
          "builtins.complex",
          "builtins.bytearray",
          "__builtin__.set",
          "_codecs.encode");

  private static final String SCRIPT_CLASSES = "__torch__";
  private static final String SCRIPT_FUNCTIONS = "torch.jit._pickle";
  private static final int MAXIMAL_AXES = 64;

  private final FileLocation location;
  private final Dialect dialect;
  private final Limits limits;
  private long copied;

  PickleCalls(FileLocation location, Dialect dialect, Limits limits) {
    this.location = location;
    this.dialect = dialect;
    this.limits = limits;
  }

  /** The type of number in a storage of that class, if it is one. */
  static Optional<DType> storageType(Object value) {
    return value instanceof Global global && global.module().startsWith("torch")
        ? Optional.ofNullable(STORAGES.get(global.name()))
        : Optional.empty();
  }

  void checkAllowed(Global global) {
    var known =
        ALLOWED.contains(global.qualified())
            || global.module().equals("torch")
                && (STORAGES.containsKey(global.name()) || TYPES.containsKey(global.name()))
            || dialect == Dialect.SCRIPT && isOfScripts(global)
            || dialect == Dialect.TAR && isTensorClass(global);
    if (!known) {
      throw new WeightsException(
          Cause.FORBIDDEN_CODE,
          location,
          "the pickle refers to %s, which is not on the list of harmless names; nothing was "
              + "executed, save the file again as a plain state dict",
          global.qualified());
    }
  }

  private static boolean isOfScripts(Global global) {
    return global.module().equals(SCRIPT_CLASSES)
        || global.module().startsWith(SCRIPT_CLASSES + ".")
        || global.module().equals(SCRIPT_FUNCTIONS);
  }

  /** Such as {@code torch.FloatTensor} or {@code torch.cuda.FloatStorage}. */
  private static boolean isTensorClass(Global global) {
    var storage = global.name().replaceFirst("Tensor$", "Storage");
    return STORAGES.containsKey(storage)
        && (global.module().equals("torch") || global.module().equals("torch.cuda"));
  }

  Object call(Global global, List<Object> arguments) {
    if (dialect == Dialect.SCRIPT && isOfScripts(global)) {
      return global.module().equals(SCRIPT_FUNCTIONS)
          ? first(global, arguments)
          : new LinkedHashMap<>();
    }
    return switch (global.qualified()) {
      case "collections.OrderedDict" -> orderedDictionary(arguments);
      case "collections.Counter", "collections.defaultdict" -> new LinkedHashMap<>();
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
      case "torch._utils._rebuild_tensor_v3" -> typedTensor(arguments);
      case "torch._tensor._rebuild_from_type_v2" -> subclass(arguments);
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter",
          "torch.Size" ->
          first(global, arguments);
      case "builtins.set", "__builtin__.set" ->
          arguments.isEmpty() ? new ArrayList<>() : first(global, arguments);
      case "torch.device", "builtins.complex", "builtins.bytearray", "_codecs.encode" ->
          new Opaque(global.name());
      default ->
          throw new WeightsException(
              Cause.FORBIDDEN_CODE,
              location,
              "the pickle calls %s, which is not a function of a checkpoint; nothing was executed",
              global.qualified());
    };
  }

  private Object first(Global global, List<Object> arguments) {
    if (arguments.isEmpty()) {
      throw damaged(global.qualified() + " is called without arguments");
    }
    return arguments.getFirst();
  }

  private Map<Object, Object> orderedDictionary(List<Object> arguments) {
    var dictionary = new LinkedHashMap<>();
    if (!arguments.isEmpty() && arguments.getFirst() instanceof List<?> pairs) {
      checkCopies(pairs.size());
      for (var pair : pairs) {
        var items = pair instanceof Tuple tuple ? tuple.items() : pair;
        if (!(items instanceof List<?> two)
            || two.size() != 2
            || !Unpickler.isKey(two.getFirst())) {
          throw damaged("an ordered dictionary is made of something other than keys and values");
        }
        dictionary.put(Unpickler.keyText(two.get(0)), two.get(1));
      }
    }
    return dictionary;
  }

  /**
   * Counts copies: a call of a few bytes may copy a long list that the pickle remembers, again and
   * again.
   */
  void checkCopies(int items) {
    copied += items;
    if (copied > limits.memo()) {
      throw new WeightsException(
          Cause.LIMIT,
          location,
          "the pickle copies more values than the limit of %d",
          limits.memo());
    }
  }

  /** {@code (function, type, arguments, state)}: what {@code function(*arguments)} gives. */
  private Object subclass(List<Object> arguments) {
    if (arguments.size() < 3
        || !(arguments.get(0) instanceof Global function)
        || function.name().equals("_rebuild_from_type_v2")
        || !(arguments.get(2) instanceof Tuple(var inner))) {
      throw damaged("a subclass of a tensor is rebuilt from something other than a tensor");
    }
    return call(function, inner);
  }

  private Tensor tensor(List<Object> arguments) {
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)) {
      throw damaged("a tensor is rebuilt from something other than a storage");
    }
    var shape = longs(arguments.get(2));
    var strides = longs(arguments.get(3));
    return new Tensor(storage, storage.dtype(), offset, shape, strides);
  }

  /** {@code (storage, offset, size, stride, requires_grad, hooks, dtype)}. */
  private Tensor typedTensor(List<Object> arguments) {
    var plain = tensor(arguments);
    if (arguments.size() < 7 || !(arguments.get(6) instanceof Global(_, var type))) {
      throw damaged("a tensor is rebuilt without its type");
    }
    var dtype = TYPES.get(type);
    if (dtype == null) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          location,
          "a tensor has the type torch.%s, which isn't supported; convert it to float32 and save"
              + " the file anew",
          type);
    }
    return new Tensor(plain.storage(), dtype, plain.offset(), plain.shape(), plain.strides());
  }

  private long[] longs(Object value) {
    var items = value instanceof Tuple tuple ? tuple.items() : value;
    if (!(items instanceof List<?> list) || list.size() > MAXIMAL_AXES) {
      throw damaged("a tensor's size is not a tuple of at most " + MAXIMAL_AXES);
    }
    return list.stream()
        .mapToLong(
            item -> {
              if (!(item instanceof Long number)) {
                throw damaged("a tensor's size is not a whole number");
              }
              return number;
            })
        .toArray();
  }

  /** The storage that a persistent id stands for. */
  Storage storage(Object id) {
    if (!(id instanceof Tuple(var items))
        || items.size() < 5
        || !"storage".equals(items.get(0))
        || !(items.get(1) instanceof Global type)
        || !(items.get(2) instanceof String key)
        || !(items.get(4) instanceof Long elements)
        || elements < 0) {
      throw damaged("a persistent id is not a storage");
    }
    var dtype =
        storageType(type)
            .orElseThrow(
                () ->
                    new WeightsException(
                        Cause.UNSUPPORTED,
                        location,
                        "storages of the type %s aren't supported",
                        type.name()));
    return items.size() > 5 && !(items.get(5) instanceof None)
        ? new Storage(key, dtype, elements, view(items.get(5), elements))
        : Storage.whole(key, dtype, elements);
  }

  /** {@code (key, offset, size)}. */
  private View view(Object value, long elements) {
    if (!(value instanceof Tuple(var items))
        || items.size() != 3
        || !(items.get(1) instanceof Long offset)
        || !(items.get(2) instanceof Long size)
        || offset < 0
        || size < 0
        || size > elements - offset) {
      throw damaged("a view reaches outside of its storage");
    }
    return new View(offset, size);
  }

  private WeightsException damaged(String why) {
    return new WeightsException(Cause.INVALID_HEADER, location, "%s; the file is damaged", why);
  }
}
