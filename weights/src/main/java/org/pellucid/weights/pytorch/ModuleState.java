package org.pellucid.weights.pytorch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.None;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/**
 * The state dict of a module that was saved as a whole, read out of the attributes that every
 * {@code torch.nn.Module} has: its parameters, its buffers but for those that are not persistent,
 * and its submodules (torch/nn/modules/module.py). The module's class isn't needed.
 */
final class ModuleState {
  private static final String PARAMETERS = "_parameters";
  private static final String BUFFERS = "_buffers";
  private static final String MODULES = "_modules";

  private final FileLocation file;
  private final Limits limits;
  private final SequencedMap<String, Object> entries = new LinkedHashMap<>();
  private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private long visited;
  private long characters;

  private ModuleState(FileLocation file, Limits limits) {
    this.file = file;
    this.limits = limits;
  }

  /** Whether an object has the attributes of a module. */
  static boolean isModule(PickleObject object) {
    return List.of(PARAMETERS, BUFFERS, MODULES).stream()
        .allMatch(name -> object.attribute(name).orElse("") instanceof PickleDictionary);
  }

  /**
   * The parameters and persistent buffers by name; a value that is no tensor is kept, so that it
   * can be refused by its name.
   *
   * @throws WeightsException if modules hold one another or more than the limits allow
   */
  static SequencedMap<String, Object> of(PickleObject module, FileLocation file, Limits limits) {
    var state = new ModuleState(file, limits);
    state.collect("", module, 0);
    return state.entries;
  }

  private void collect(String prefix, PickleObject module, int depth) {
    count(prefix);
    if (depth > limits.depth() || !open.add(module)) {
      throw tooLarge();
    }
    add(prefix, dictionary(module, PARAMETERS), Set.of());
    add(prefix, dictionary(module, BUFFERS), nonPersistent(module));
    var inner = new ArrayList<Runnable>();
    dictionary(module, MODULES)
        .forEach(
            (key, value) -> {
              if (value instanceof PickleObject object && isModule(object)) {
                inner.add(() -> collect(prefix + key.text() + ".", object, depth + 1));
              } else if (!(value instanceof None)) {
                add(prefix + key.text(), value);
              }
            });
    inner.forEach(Runnable::run);
    open.remove(module);
  }

  private void add(String prefix, PickleDictionary tensors, Set<String> leftOut) {
    tensors.forEach(
        (key, value) -> {
          if (!(value instanceof None) && !leftOut.contains(key.text())) {
            add(prefix + key.text(), value);
          }
        });
  }

  private void add(String name, Object value) {
    count(name);
    entries.put(name, value);
  }

  /** Shared modules are walked under each of their names, so all visits count. */
  private void count(String name) {
    characters += name.length();
    if (++visited > limits.tensors() || characters > limits.headerBytes()) {
      throw tooLarge();
    }
  }

  private static PickleDictionary dictionary(PickleObject module, String attribute) {
    return module
        .attribute(attribute)
        .filter(PickleDictionary.class::isInstance)
        .map(PickleDictionary.class::cast)
        .orElseGet(PickleDictionary::new);
  }

  private static Set<String> nonPersistent(PickleObject module) {
    return module.attribute("_non_persistent_buffers_set").stream()
        .flatMap(
            value ->
                switch (value) {
                  case List<?> list -> list.stream();
                  case Tuple(var items) -> items.stream();
                  default -> Optional.empty().stream();
                })
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .collect(Collectors.toSet());
  }

  private WeightsException tooLarge() {
    return new WeightsException(
        Cause.LIMIT,
        file,
        "a module's submodules hold one another, are nested deeper than %d or hold more than %d"
            + " tensors",
        limits.depth(),
        limits.tensors());
  }
}
