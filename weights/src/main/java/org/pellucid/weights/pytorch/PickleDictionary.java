package org.pellucid.weights.pytorch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.pellucid.weights.pytorch.PickleValue.None;
import org.pellucid.weights.pytorch.PickleValue.Plain;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/** A dictionary with keys of any kind, in the order of the pickle. */
final class PickleDictionary implements PickleValue {
  private static final int LONGEST_KEY = 200;

  private final LinkedHashMap<Key, Object> entries = new LinkedHashMap<>();

  /**
   * A key. All keys are of this one class, so that Java's map orders those of one hash code: it
   * would look through keys of several classes one after the other, for each of them.
   *
   * @param kind distinguishes the number 0 from the text "0"
   * @param text what names are made of
   */
  record Key(Kind kind, String text) implements Comparable<Key> {
    /** The kinds of keys. */
    enum Kind {
      TEXT,
      NUMBER,
      OTHER
    }

    static Key text(String text) {
      return new Key(Kind.TEXT, text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }

    @Override
    public int compareTo(Key other) {
      var byKind = kind.compareTo(other.kind);
      return byKind == 0 ? text.compareTo(other.text) : byKind;
    }
  }

  /**
   * Puts an entry.
   *
   * @return whether the key is one and new: lists and dictionaries are no keys
   */
  boolean put(Object key, Object value) {
    var known =
        switch (key) {
          case String text -> Optional.of(Key.text(text));
          case Number number -> Optional.of(new Key(Key.Kind.NUMBER, number.toString()));
          case Boolean bool -> Optional.of(new Key(Key.Kind.NUMBER, bool ? "True" : "False"));
          case None _ -> Optional.of(new Key(Key.Kind.OTHER, "None"));
          case Plain _, PickleObject _ -> Optional.of(new Key(Key.Kind.OTHER, unique(key)));
          default -> Optional.<Key>empty();
        };
    return known.isPresent() && isHashable(key) && entries.put(known.get(), value) == null;
  }

  /** Objects are compared by Python, so two of one description are two keys. */
  private String unique(Object key) {
    var text = Descriptions.of(key, LONGEST_KEY);
    return entries.containsKey(new Key(Key.Kind.OTHER, text))
        ? "%s (entry %d)".formatted(text, entries.size())
        : text;
  }

  private static boolean isHashable(Object key) {
    return !(key instanceof Tuple(var items))
        || items.stream()
            .noneMatch(item -> item instanceof PickleDictionary || item instanceof List<?>);
  }

  /** The value under a text. */
  Optional<Object> get(String key) {
    return Optional.ofNullable(entries.get(Key.text(key)));
  }

  boolean contains(Key key) {
    return entries.containsKey(key);
  }

  int size() {
    return entries.size();
  }

  /** Calls {@code action} with each key and value in the order of the pickle. */
  void forEach(BiConsumer<Key, Object> action) {
    entries.forEach(action);
  }

  /** Adds the entries of another dictionary, whose values replace those of the same keys. */
  void putAll(PickleDictionary other) {
    entries.putAll(other.entries);
  }

  /** The class's name, since a description of a dictionary that holds itself would never end. */
  @Override
  public String toString() {
    return "dict";
  }
}
