package org.pellucid.weights.pytorch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.Bytes;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/**
 * The Python calls in a checkpoint, as functions on inert data: a few have a meaning here, and any
 * other makes a {@link PickleObject} that only says what would have been called.
 */
final class PickleCalls {
  private static final String SCRIPT_CLASSES = "__torch__";
  private static final String SCRIPT_FUNCTIONS = "torch.jit._pickle";

  private final FileLocation location;
  private final Dialect dialect;
  private final Limits limits;
  private final TensorCalls tensors;
  private long copied;

  PickleCalls(FileLocation location, Dialect dialect, Limits limits) {
    this.location = location;
    this.dialect = dialect;
    this.limits = limits;
    this.tensors = new TensorCalls(location);
  }

  /** The calls that make tensors. */
  TensorCalls tensors() {
    return tensors;
  }

  private static boolean isOfScripts(Global global) {
    return global.module().equals(SCRIPT_CLASSES)
        || global.module().startsWith(SCRIPT_CLASSES + ".")
        || global.module().equals(SCRIPT_FUNCTIONS);
  }

  /**
   * What a call stands for.
   *
   * @throws WeightsException if something is called that is neither a name nor an object
   */
  Object call(Object callable, List<Object> arguments) {
    return switch (callable) {
      case Global global when dialect == Dialect.SCRIPT && isOfScripts(global) ->
          global.module().equals(SCRIPT_FUNCTIONS)
              ? first(global, arguments)
              : new PickleDictionary();
      case Global global when TensorCalls.makesTensor(global) -> tensors.call(global, arguments);
      case Global global -> call(global, arguments);
      case PickleObject object -> PickleObject.of(object, arguments);
      default ->
          throw new WeightsException(
              Cause.FORBIDDEN_CODE,
              location,
              "the pickle calls something that has no name; it is refused");
    };
  }

  private Object call(Global global, List<Object> arguments) {
    return switch (global.qualified()) {
      case "collections.OrderedDict" -> orderedDictionary(arguments);
      case "collections.Counter", "collections.defaultdict", "builtins.dict", "__builtin__.dict" ->
          arguments.size() == 1 && arguments.getFirst() instanceof PickleDictionary entries
              ? entries
              : new PickleDictionary();
      case "torch.Size" -> first(global, arguments);
      case "builtins.set", "__builtin__.set" ->
          arguments.isEmpty() ? new ArrayList<>() : arguments.getFirst();
      case "builtins.frozenset", "__builtin__.frozenset" -> frozen(arguments);
      case "_codecs.encode" ->
          arguments.size() == 2
                  && arguments.get(0) instanceof String latin
                  && "latin1".equals(arguments.get(1))
              ? new Bytes(latin)
              : PickleObject.of(global, arguments);
      case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar" ->
          NumpyScalars.number(arguments)
              .<Object>map(number -> number)
              .orElseGet(() -> PickleObject.of(global, arguments));
      default -> PickleObject.of(global, arguments);
    };
  }

  /** A set that never changes may be a key, as a tuple may. */
  private static Tuple frozen(List<Object> arguments) {
    return !arguments.isEmpty() && arguments.getFirst() instanceof List<?> items
        ? new Tuple(Collections.unmodifiableList(items))
        : new Tuple(arguments);
  }

  private Object first(Global global, List<Object> arguments) {
    if (arguments.isEmpty()) {
      throw damaged(global.qualified() + " is called without arguments");
    }
    return arguments.getFirst();
  }

  private PickleDictionary orderedDictionary(List<Object> arguments) {
    var dictionary = new PickleDictionary();
    if (!arguments.isEmpty() && arguments.getFirst() instanceof List<?> pairs) {
      checkCopies(pairs.size());
      for (var pair : pairs) {
        var items = pair instanceof Tuple tuple ? tuple.items() : pair;
        if (!(items instanceof List<?> two)
            || two.size() != 2
            || !dictionary.put(two.get(0), two.get(1))) {
          throw damaged("an ordered dictionary is made of something other than keys and values");
        }
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

  private WeightsException damaged(String why) {
    return new WeightsException(Cause.INVALID_HEADER, location, "%s; the file is damaged", why);
  }
}
