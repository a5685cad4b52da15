package org.pellucid.weights.pytorch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.weights.DType;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.Opaque;
import org.pellucid.weights.pytorch.PickleValue.Storage;
import org.pellucid.weights.pytorch.PickleValue.Tensor;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/** The few Python calls that a checkpoint makes, as functions on inert data. */
final class Reductions {
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
          Map.entry("BoolStorage", DType.BOOL));

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

  private static final Set<String> TORCH_TYPES =
      Set.of(
          "float64",
          "float32",
          "float16",
          "bfloat16",
          "int64",
          "int32",
          "int16",
          "int8",
          "uint8",
          "bool");

  private final Path file;

  Reductions(Path file) {
    this.file = file;
  }

  /** The type of number that a storage class holds. */
  static DType dtype(Storage storage) {
    return STORAGES.get(storage.type());
  }

  void checkAllowed(Global global) {
    var known =
        ALLOWED.contains(global.qualified())
            || global.module().equals("torch")
                && (STORAGES.containsKey(global.name()) || TORCH_TYPES.contains(global.name()));
    if (!known) {
      throw new WeightsException(
          Cause.FORBIDDEN_CODE,
          file,
          "the pickle refers to %s, which is not on the list of harmless names; nothing was "
              + "executed, save the file anew as a plain state dict",
          global.qualified());
    }
  }

  Object call(Global global, List<Object> arguments) {
    return switch (global.qualified()) {
      case "collections.OrderedDict" -> orderedDictionary(arguments);
      case "collections.Counter", "collections.defaultdict" -> new LinkedHashMap<>();
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
      case "torch._utils._rebuild_tensor_v3" ->
          throw new WeightsException(
              Cause.UNSUPPORTED,
              file,
              "a tensor has a type of number that only newer PyTorch knows; convert it to float32 "
                  + "and save the file anew");
      case "torch._tensor._rebuild_from_type_v2" -> subclass(arguments);
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter" ->
          first(global, arguments);
      case "torch.Size" -> first(global, arguments);
      case "builtins.set", "__builtin__.set" ->
          arguments.isEmpty() ? new ArrayList<>() : first(global, arguments);
      case "torch.device", "builtins.complex", "builtins.bytearray", "_codecs.encode" ->
          new Opaque(global.name());
      default ->
          throw new WeightsException(
              Cause.FORBIDDEN_CODE,
              file,
              "the pickle calls %s, which is no function of a checkpoint; nothing was executed",
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
      for (var pair : pairs) {
        var items = pair instanceof Tuple tuple ? tuple.items() : pair;
        if (!(items instanceof List<?> two)
            || two.size() != 2
            || !Unpickler.isKey(two.getFirst())) {
          throw damaged("an ordered dictionary is made of something other than keys and values");
        }
        dictionary.put(two.get(0), two.get(1));
      }
    }
    return dictionary;
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
    return new Tensor(storage, offset, longs(arguments.get(2)), longs(arguments.get(3)));
  }

  private long[] longs(Object value) {
    var items = value instanceof Tuple tuple ? tuple.items() : value;
    if (!(items instanceof List<?> list)) {
      throw damaged("a tensor's size is no tuple");
    }
    return list.stream()
        .mapToLong(
            item -> {
              if (!(item instanceof Long number)) {
                throw damaged("a tensor's size is no whole number");
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
      throw damaged("a persistent id is no storage");
    }
    if (!STORAGES.containsKey(type.name())) {
      throw new WeightsException(
          Cause.UNSUPPORTED, file, "storages of the type %s aren't supported", type.name());
    }
    var view = items.size() > 5 && items.get(5) instanceof Tuple;
    if (view) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          file,
          "storage %s is a view, as only very old PyTorch wrote them; save the file anew",
          key);
    }
    return new Storage(type.name(), key, elements);
  }

  private WeightsException damaged(String why) {
    return new WeightsException(Cause.INVALID_HEADER, file, "%s; the file is damaged", why);
  }
}
