package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which layer takes whose output, by positions: the image is at 0, the output of the layer {@code
 * i} at {@code i + 1}.
 */
final class Wiring {
  /** What a layer calls the network's image. */
  static final String IMAGE = "image";

  private final List<List<Integer>> inputs = new ArrayList<>();
  private final List<Integer> lastUse = new ArrayList<>();
  private final List<List<Integer>> users = new ArrayList<>();

  /** So many names are listed in a message. */
  private static final int MOST_NAMES = 30;

  /** A layer's name, and those whose outputs it takes; none means the one before it. */
  record Entry(String name, List<String> inputs, boolean joins) {}

  private final boolean normalised;

  private Wiring(boolean normalised) {
    this.normalised = normalised;
  }

  /**
   * Finds the names.
   *
   * @param normalised whether the first layer normalises the image for all others
   * @throws IllegalArgumentException if two layers have one name, a layer takes the output of one
   *     that isn't before it, or the wrong number of them, or an output isn't used
   */
  static Wiring of(List<Entry> layers, boolean normalised) {
    var wiring = new Wiring(normalised);
    wiring.lastUse.add(-1);
    wiring.users.add(new ArrayList<>());
    var positions = new HashMap<String, Integer>();
    for (var number = 0; number < layers.size(); number++) {
      wiring.add(layers, number, positions);
      check(
          positions.put(layers.get(number).name(), number + 1) == null,
          "Two layers are called %s",
          layers.get(number).name());
    }
    for (var number = 0; number < layers.size() - 1; number++) {
      check(
          wiring.lastUse(number + 1) >= 0,
          "No layer takes the output of %s; leave it out or name it as an input",
          layers.get(number).name());
    }
    return wiring;
  }

  private void add(List<Entry> layers, int number, Map<String, Integer> positions) {
    var layer = layers.get(number);
    var count = layer.inputs().size();
    check(
        layer.joins() ? count >= 2 : count <= 1,
        layer.joins()
            ? "The layer %s joins %d outputs where it needs at least two; name them as inputs"
            : "The layer %s has %d inputs where it takes one",
        layer.name(),
        count);
    var found = new ArrayList<Integer>();
    for (var name : layer.inputs()) {
      var position = Optional.ofNullable(positions.get(name)).or(() -> image(name));
      check(
          position.isPresent(),
          "The layer %s takes the output of %s, which is no layer before it; those are %s",
          layer.name(),
          name,
          before(layers, number));
      found.add(position.get());
    }
    if (found.isEmpty()) {
      found.add(number);
    }
    found.stream()
        .distinct()
        .forEach(
            position -> {
              lastUse.set(position, number);
              users.get(position).add(number);
            });
    inputs.add(List.copyOf(found));
    lastUse.add(-1);
    users.add(new ArrayList<>());
  }

  /** The image as the first layer after a normalisation sees it. */
  private Optional<Integer> image(String name) {
    return name.equals(IMAGE) ? Optional.of(normalised ? 1 : 0) : Optional.empty();
  }

  /** The names before a layer, the nearest of many. */
  private static String before(List<Entry> layers, int number) {
    var first = Math.max(0, number - MOST_NAMES);
    var names = layers.subList(first, number).stream().map(Entry::name).toList();
    return number == 0 ? IMAGE : (first > 0 ? "…, " : "") + String.join(", ", names);
  }

  /** The positions of what a layer takes, in its order. */
  List<Integer> inputs(int layer) {
    return inputs.get(layer);
  }

  /** The last layer that takes what is at a position; −1 if none does. */
  int lastUse(int position) {
    return lastUse.get(position);
  }

  /** Whether one layer alone takes another's output, and nothing else. */
  boolean isChain(int layer, int next) {
    return inputs.get(next).equals(List.of(layer + 1)) && users(layer).equals(List.of(next));
  }

  /** Whether all that follows a layer depends on its output alone. */
  boolean isCut(int layer) {
    return inputs.stream()
        .skip(layer + 1L)
        .allMatch(taken -> taken.stream().allMatch(position -> position > layer));
  }

  /** The layers that take another's output. */
  List<Integer> users(int layer) {
    return users.get(layer + 1);
  }
}
