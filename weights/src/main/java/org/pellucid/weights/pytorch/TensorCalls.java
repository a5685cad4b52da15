package org.pellucid.weights.pytorch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.AnyTensor;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.None;
import org.pellucid.weights.pytorch.PickleValue.Storage;
import org.pellucid.weights.pytorch.PickleValue.Tensor;
import org.pellucid.weights.pytorch.PickleValue.Tuple;
import org.pellucid.weights.pytorch.PickleValue.UnreadTensor;
import org.pellucid.weights.pytorch.PickleValue.View;

/**
 * The calls that make a tensor, as functions on inert data (torch/_utils.py, torch/_tensor.py).
 * This list is closed: what makes a tensor must be one of these functions over a storage, all the
 * way down, since a tensor made by anything else would be taken for weights.
 */
final class TensorCalls {
  private static final int MAXIMAL_AXES = 64;
  private static final String SUBCLASS = "torch._tensor._rebuild_from_type_v2";

  /** The classes that hold a tensor and nothing else. */
  private static final Set<String> WRAPPERS =
      Set.of(
          "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter",
          "torch.nn.parameter.Buffer",
          "torch.autograd.variable.Variable");

  private static final Set<String> CLASSES =
      Set.of(
          "torch.Tensor",
          "torch._tensor.Tensor",
          "torch.nn.parameter.Parameter",
          "torch.nn.parameter.Buffer");

  private final FileLocation location;
  private final Map<String, Integer> widths = new HashMap<>();

  TensorCalls(FileLocation location) {
    this.location = location;
  }

  /** Whether a call of that function or class makes a tensor, or a storage's class is called. */
  static boolean makesTensor(Global global) {
    return WRAPPERS.contains(global.qualified())
        || CLASSES.contains(global.qualified())
        || (global.module().equals("torch._utils") || global.module().equals("torch._tensor"))
            && global.name().startsWith("_rebuild_")
        || global.module().equals("torch.storage") && global.name().endsWith("Storage")
        || ElementType.isStorageOrTensorClass(global);
  }

  /** The tensor that a call makes. */
  AnyTensor call(Global global, List<Object> arguments) {
    if (WRAPPERS.contains(global.qualified())) {
      return wrapped(global, arguments);
    }
    if (ElementType.isStorageOrTensorClass(global)
        || CLASSES.contains(global.qualified())
        || global.module().equals("torch.storage")) {
      throw forbidden(global.qualified());
    }
    return switch (global.qualified()) {
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
      case "torch._utils._rebuild_tensor_v3" -> typedTensor(arguments);
      case SUBCLASS -> subclass(arguments);
      case "torch._utils._rebuild_qtensor" -> quantised(arguments);
      case "torch._utils._rebuild_sparse_tensor", "torch._utils._rebuild_sparse_csr_tensor" ->
          sparse(arguments);
      case "torch._utils._rebuild_meta_tensor_no_storage" ->
          new UnreadTensor("without values (meta device)", shapeAt(1, arguments));
      case "torch._utils._rebuild_nested_tensor" -> new UnreadTensor("nested", new long[0]);
      default -> new UnreadTensor("of an unknown kind (%s)".formatted(global.name()), new long[0]);
    };
  }

  private AnyTensor wrapped(Global global, List<Object> arguments) {
    if (arguments.isEmpty()) {
      throw damaged(global.qualified() + " is called without arguments");
    }
    return switch (arguments.getFirst()) {
      case AnyTensor tensor -> tensor;
      case PickleObject object -> throw forbidden(object.type());
      case Global other -> throw forbidden(other.qualified());
      default -> throw damaged("a parameter is made of something other than a tensor");
    };
  }

  /** {@code (function, type, arguments, state)}: what {@code function(*arguments)} gives. */
  private AnyTensor subclass(List<Object> arguments) {
    if (arguments.size() < 3
        || !(arguments.get(0) instanceof Global function)
        || function.qualified().equals(SUBCLASS)
        || !(arguments.get(2) instanceof Tuple(var inner))) {
      throw damaged("a subclass of a tensor is rebuilt from something other than a tensor");
    }
    if (!makesTensor(function)) {
      throw forbidden(function.qualified());
    }
    if (!(arguments.get(1) instanceof Global type) || !CLASSES.contains(type.qualified())) {
      throw forbidden(Descriptions.of(arguments.get(1), 200));
    }
    return call(function, inner);
  }

  private AnyTensor tensor(List<Object> arguments) {
    var storage = storageOf(arguments, 4);
    var strides = longs(arguments.get(3));
    var shape = longs(arguments.get(2));
    return storage.type().dtype().isPresent()
        ? new Tensor(storage, storage.type().dtype().get(), offset(arguments), shape, strides)
        : new UnreadTensor(storage.type().kind(), shape);
  }

  /** {@code (storage, offset, size, stride, requires_grad, hooks, dtype)}. */
  private AnyTensor typedTensor(List<Object> arguments) {
    var storage = storageOf(arguments, 4);
    var shape = longs(arguments.get(2));
    var strides = longs(arguments.get(3));
    if (arguments.size() < 7 || !(arguments.get(6) instanceof Global(_, var type))) {
      throw damaged("a tensor is rebuilt without its type");
    }
    return ElementType.named(type)
        .<AnyTensor>map(dtype -> typed(storage, dtype, arguments, shape, strides))
        .orElseGet(() -> new UnreadTensor(ElementType.kindOf(type), shape));
  }

  private Tensor typed(
      Storage storage, DType dtype, List<Object> arguments, long[] shape, long[] strides) {
    return new Tensor(storage, dtype, offset(arguments), shape, strides);
  }

  /** {@code (storage, offset, size, stride, quantiser, requires_grad, hooks)}. */
  private UnreadTensor quantised(List<Object> arguments) {
    var kind = storageOf(arguments, 4).type().kind();
    return new UnreadTensor(
        kind.startsWith("quantised") ? kind : "quantised", longs(arguments.get(2)));
  }

  /** {@code (layout, (indices, values, size, ...))}; the compressed layouts have two indices. */
  private UnreadTensor sparse(List<Object> arguments) {
    if (arguments.size() < 2 || !(arguments.get(1) instanceof Tuple(var parts))) {
      throw damaged("a sparse tensor is rebuilt without its parts");
    }
    var layout =
        arguments.get(0) instanceof PickleObject object && !object.arguments().isEmpty()
            ? Descriptions.of(object.arguments().getFirst(), 40)
            : "";
    var kind = layout.contains("_csr") ? "CSR" : layout.contains("_csc") ? "CSC" : "COO";
    for (var part : parts) {
      if (!(part instanceof AnyTensor) && (part instanceof Tuple || part instanceof List<?>)) {
        return new UnreadTensor("sparse (%s)".formatted(kind), longs(part));
      }
    }
    throw damaged("a sparse tensor has no size");
  }

  private long[] shapeAt(int index, List<Object> arguments) {
    if (arguments.size() <= index) {
      throw damaged("a tensor has no size");
    }
    return longs(arguments.get(index));
  }

  /** The first of at least that many arguments, which must be a storage. */
  private Storage storageOf(List<Object> arguments, int count) {
    if (!arguments.isEmpty() && arguments.getFirst() instanceof PickleObject object) {
      throw forbidden(object.type());
    }
    if (arguments.size() < count || !(arguments.getFirst() instanceof Storage storage)) {
      throw damaged("a tensor is rebuilt from something other than a storage");
    }
    return storage;
  }

  private long offset(List<Object> arguments) {
    if (!(arguments.get(1) instanceof Long offset)) {
      throw damaged("a tensor's offset is not a whole number");
    }
    return offset;
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

  /**
   * What a persistent id stands for: a storage, or the class of a module, which the older form
   * wrote with its source text.
   */
  PickleValue persistent(Object id) {
    if (id instanceof Tuple(var items)
        && items.size() > 1
        && "module".equals(items.getFirst())
        && items.get(1) instanceof Global type) {
      return type;
    }
    return storage(id);
  }

  private Storage storage(Object id) {
    if (!(id instanceof Tuple(var items))
        || items.size() < 5
        || !"storage".equals(items.get(0))
        || !(items.get(1) instanceof PickleValue type)
        || !(items.get(2) instanceof String key)
        || !(items.get(4) instanceof Long elements)
        || elements < 0) {
      throw damaged("a persistent id is not a storage");
    }
    var elementType =
        ElementType.ofStorage(type).orElseThrow(() -> forbidden(Descriptions.of(type, 200)));
    widths.put(key, elementType.bytes());
    return items.size() > 5 && !(items.get(5) instanceof None)
        ? new Storage(key, elementType, elements, view(items.get(5), elements))
        : Storage.whole(key, elementType, elements);
  }

  /** Bytes of an element of each storage that the pickle names. */
  Map<String, Integer> widths() {
    return widths;
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

  private WeightsException forbidden(String name) {
    return new WeightsException(
        Cause.FORBIDDEN_CODE,
        location,
        "a tensor in the pickle is made by %s, which is not on the list of harmless names; nothing"
            + " was executed, save the file again as a plain state dict",
        name);
  }

  private WeightsException damaged(String why) {
    return new WeightsException(Cause.INVALID_HEADER, location, "%s; the file is damaged", why);
  }
}
