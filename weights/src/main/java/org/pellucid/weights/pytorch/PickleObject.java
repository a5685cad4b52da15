package org.pellucid.weights.pytorch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An object of Python's that the pickle describes and nobody makes: the name of what would be
 * called, with what arguments, and the state and items that it would be given. Nothing is imported
 * or called.
 */
final class PickleObject implements PickleValue {
  private static final int LONGEST_NAME = 200;

  private final String type;
  private final List<Object> arguments;
  private Optional<Object> state = Optional.empty();
  private Optional<List<Object>> items = Optional.empty();
  private Optional<PickleDictionary> entries = Optional.empty();

  private PickleObject(String type, List<Object> arguments) {
    this.type = type;
    this.arguments = arguments;
  }

  /**
   * What a call of a function or class would give. Two functions make objects of the class that is
   * their first argument, or a member of it such as an enumeration's.
   */
  static PickleObject of(Global callable, List<Object> arguments) {
    if (!arguments.isEmpty() && arguments.getFirst() instanceof Global first) {
      switch (callable.qualified()) {
        case "copyreg._reconstructor", "copy_reg._reconstructor" -> {
          return new PickleObject(first.qualified(), arguments.subList(1, arguments.size()));
        }
        case "builtins.getattr", "__builtin__.getattr" -> {
          if (arguments.size() == 2 && arguments.get(1) instanceof String name) {
            var member = Descriptions.shortened(name, LONGEST_NAME);
            return new PickleObject(first.qualified() + "." + member, List.of());
          }
        }
        default -> {}
      }
    }
    return new PickleObject(callable.qualified(), arguments);
  }

  /** What a call of an object would give, described by that object's class. */
  static PickleObject of(PickleObject callable, List<Object> arguments) {
    return new PickleObject(callable.type, arguments);
  }

  /** The full name of its class, or of the function that would make it. */
  String type() {
    return type;
  }

  List<Object> arguments() {
    return arguments;
  }

  /** What a list's subclass holds. */
  List<Object> items() {
    return items.orElse(List.of());
  }

  void addItems(List<Object> further) {
    if (items.isEmpty()) {
      items = Optional.of(new ArrayList<>());
    }
    items.get().addAll(further);
  }

  /** What a dictionary's subclass holds, if it is one. */
  Optional<PickleDictionary> entries() {
    return entries;
  }

  /** The dictionary to put entries into. */
  PickleDictionary entriesToFill() {
    if (entries.isEmpty()) {
      entries = Optional.of(new PickleDictionary());
    }
    return entries.get();
  }

  /** The state, a dictionary of attributes as a rule. */
  Optional<Object> state() {
    return state;
  }

  /**
   * Sets the state.
   *
   * @return whether it had none before, as in every pickle that Python writes
   */
  boolean setState(Object value) {
    var isFirst = state.isEmpty();
    state = Optional.of(value);
    return isFirst;
  }

  /** An attribute, whether attributes are kept in a dictionary, in slots or in both. */
  Optional<Object> attribute(String name) {
    return attributes().stream().flatMap(part -> part.get(name).stream()).findFirst();
  }

  /** The dictionaries that the attributes are kept in. */
  List<PickleDictionary> attributes() {
    var parts =
        switch (state.orElse(new None())) {
          case PickleDictionary dictionary -> List.of(dictionary);
          case Tuple(var two) when two.size() == 2 && two.get(1) instanceof PickleDictionary -> two;
          default -> List.of();
        };
    return parts.stream()
        .filter(PickleDictionary.class::isInstance)
        .map(PickleDictionary.class::cast)
        .toList();
  }

  /** The class's name, since a description of an object that holds itself would never end. */
  @Override
  public String toString() {
    return type();
  }
}
