package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.models.nn.LayerKind.Extent;

/**
 * The fields of a JSON object in a network description, each under one of several names, of which
 * the first is the usual one. What is asked for is remembered, so that the others can be refused.
 */
final class DescriptionFields {
  /** No image has a larger side, no layer more channels. */
  private static final int LARGEST = 1 << 20;

  private final String owner;
  private final JsonNode json;
  private final Set<String> known = new LinkedHashSet<>(List.of("name", "kind"));
  private final Set<String> shown = new LinkedHashSet<>();

  /**
   * The fields of an object.
   *
   * @param owner what has them, to begin messages with
   */
  DescriptionFields(String owner, JsonNode json) {
    this.owner = owner;
    this.json = json;
  }

  /** What has the fields. */
  String owner() {
    return owner;
  }

  private Optional<JsonNode> find(String... names) {
    known.addAll(List.of(names));
    shown.add(names[0]);
    var found = Optional.<JsonNode>empty();
    for (var name : names) {
      if (json.hasNonNull(name)) {
        check(found.isEmpty(), "%s has %s and the same under another name", owner, name);
        found = Optional.of(json.get(name));
      }
    }
    return found;
  }

  boolean has(String name) {
    known.add(name);
    return json.hasNonNull(name);
  }

  /** Accepts fields that say nothing new. */
  void ignore(String... names) {
    known.addAll(List.of(names));
  }

  /** A number from 0 on. */
  int integer(int usual, String... names) {
    return find(names).map(node -> integer(node, names[0])).orElse(usual);
  }

  private int integer(JsonNode node, String name) {
    check(
        node.isIntegralNumber()
            && node.canConvertToInt()
            && node.intValue() >= 0
            && node.intValue() <= LARGEST,
        "%s has the %s %s, which is no whole number from 0 to %d",
        owner,
        name,
        node,
        LARGEST);
    return node.intValue();
  }

  /** One number for both directions, or a list of two, rows first. */
  Optional<Extent> extent(String... names) {
    return find(names)
        .map(
            node -> {
              if (!node.isArray()) {
                return Extent.square(integer(node, names[0]));
              }
              check(
                  node.size() == 2,
                  "%s has the %s %s, which is neither a number nor [height, width]",
                  owner,
                  names[0],
                  node);
              return new Extent(integer(node.get(0), names[0]), integer(node.get(1), names[0]));
            });
  }

  /** A finite number. */
  double number(double usual, String... names) {
    return find(names).map(node -> number(node, names[0])).orElse(usual);
  }

  private double number(JsonNode node, String name) {
    check(
        node.isNumber() && Double.isFinite(node.doubleValue()),
        "%s has the %s %s, which is no number",
        owner,
        name,
        node);
    return node.doubleValue();
  }

  /** A list of finite numbers; empty where there is none. */
  List<Double> numbers(String name) {
    var numbers = new ArrayList<Double>();
    find(name)
        .ifPresent(
            list -> {
              check(list.isArray(), "%s has the %s %s, which is no list", owner, name, list);
              list.forEach(node -> numbers.add(number(node, name)));
            });
    return numbers;
  }

  /** {@code true} or {@code false}. */
  Optional<Boolean> flag(String... names) {
    return find(names)
        .map(
            node -> {
              check(
                  node.isBoolean(),
                  "%s has the %s %s, which is neither true nor false",
                  owner,
                  names[0],
                  node);
              return node.booleanValue();
            });
  }

  Optional<String> text(String... names) {
    return find(names).map(node -> text(node, names[0]));
  }

  private String text(JsonNode node, String name) {
    check(node.isTextual(), "%s has the %s %s, which is no name", owner, name, node);
    return node.textValue();
  }

  /** Names, or one name; empty where there are none. */
  List<String> texts(String name) {
    var texts = new ArrayList<String>();
    find(name)
        .ifPresent(
            node -> {
              if (node.isArray()) {
                node.forEach(element -> texts.add(text(element, name)));
              } else {
                texts.add(text(node, name));
              }
            });
    return texts;
  }

  /** Refuses fields that nobody asked for. */
  void checkAllKnown() {
    shown.remove("kind");
    json.fieldNames()
        .forEachRemaining(
            name ->
                check(
                    known.contains(name),
                    "%s has the field %s, which its kind doesn't know; it knows %s",
                    owner,
                    name,
                    String.join(", ", shown)));
  }
}
