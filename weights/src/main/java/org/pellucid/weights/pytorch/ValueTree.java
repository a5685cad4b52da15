package org.pellucid.weights.pytorch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleDictionary.Key;
import org.pellucid.weights.pytorch.PickleValue.AnyTensor;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/** Walks through a pickle's value within limits. */
final class ValueTree {
  private static final int LONGEST_PATH = 4096;

  private final FileLocation file;
  private final Limits limits;
  private final Set<Object> objects = Collections.newSetFromMap(new IdentityHashMap<>());
  private int visited;
  private long characters;

  private ValueTree(FileLocation file, Limits limits) {
    this.file = file;
    this.limits = limits;
  }

  /**
   * The tree of a value.
   *
   * @throws WeightsException if it is larger or deeper than the limits allow
   */
  static ValueNode of(Object value, FileLocation file, Limits limits) {
    return new ValueTree(file, limits).node("", "", value, 0);
  }

  /**
   * Every visit counts, of empty lists too: a few lists that each hold the one before twice stand
   * for more values than can ever be walked. Every path counts too: a long key above a long list
   * would be written out once for each item.
   */
  private ValueNode node(String key, String path, Object value, int depth) {
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
    var children = new ArrayList<ValueNode>();
    forEachInner(
        value,
        (name, inner) -> children.add(node(name, ValueNode.joined(path, name), inner, depth + 1)));
    return new ValueNode(key, path, value, children);
  }

  private void forEachInner(Object value, BiConsumer<String, Object> action) {
    switch (value) {
      case AnyTensor _ -> {}
      case PickleDictionary dictionary -> forEachEntry(dictionary, action);
      case Tuple(var items) -> forEachItem(items, action);
      case List<?> items -> forEachItem(items, action);
      case PickleObject object -> forEachPart(object, action);
      default -> {}
    }
  }

  /** A text that a number in the same dictionary looks like is given quotation marks. */
  private static void forEachEntry(PickleDictionary dictionary, BiConsumer<String, Object> action) {
    dictionary.forEach(
        (key, value) -> {
          var isAmbiguous =
              key.kind() == Key.Kind.TEXT
                  && dictionary.contains(new Key(Key.Kind.NUMBER, key.text()));
          action.accept(isAmbiguous ? '"' + key.text() + '"' : key.text(), value);
        });
  }

  private static void forEachItem(List<?> items, BiConsumer<String, Object> action) {
    for (var i = 0; i < items.size(); i++) {
      action.accept(Integer.toString(i), items.get(i));
    }
  }

  /** Objects often hold back references to those that hold them, so each is walked once. */
  private void forEachPart(PickleObject object, BiConsumer<String, Object> action) {
    if (!objects.add(object) || NumpyScalars.isOfNumpy(object)) {
      return;
    }
    if (ModuleState.isModule(object)) {
      ModuleState.of(object, file, limits).forEach(action);
      return;
    }
    object.entries().ifPresent(entries -> forEachEntry(entries, action));
    forEachItem(object.items(), action);
    var attributes = object.attributes();
    attributes.forEach(part -> forEachEntry(part, action));
    if (attributes.isEmpty()) {
      object.state().ifPresent(state -> action.accept("state", state));
    }
    for (var i = 0; i < object.arguments().size(); i++) {
      if (holdsOthers(object.arguments().get(i))) {
        action.accept("argument " + i, object.arguments().get(i));
      }
    }
  }

  private static boolean holdsOthers(Object argument) {
    return switch (argument) {
      case AnyTensor _ -> true;
      case PickleDictionary _ -> true;
      case PickleObject _ -> true;
      case Tuple(var items) -> !items.isEmpty();
      case List<?> items -> !items.isEmpty();
      default -> false;
    };
  }
}
