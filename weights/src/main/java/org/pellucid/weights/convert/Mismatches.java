package org.pellucid.weights.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What differs between the parameters that a network needs and the tensors that a file holds.
 *
 * @param missing names that the file lacks
 * @param unexpected names that the network doesn't know
 * @param wrongShape sentences on tensors with a wrong shape
 */
record Mismatches(List<String> missing, List<String> unexpected, List<String> wrongShape) {

  static Mismatches between(
      Map<String, long[]> expected, Map<String, long[]> found, Predicate<String> isOptional) {
    var missing = new ArrayList<String>();
    var wrongShape = new ArrayList<String>();
    expected.forEach(
        (name, shape) -> {
          var actual = found.get(name);
          if (actual == null) {
            missing.add(name);
          } else if (!Arrays.equals(actual, shape)) {
            wrongShape.add(
                "%s is %s instead of %s"
                    .formatted(name, Arrays.toString(actual), Arrays.toString(shape)));
          }
        });
    var unexpected =
        found.keySet().stream()
            .filter(name -> !expected.containsKey(name) && !isOptional.test(name))
            .toList();
    return new Mismatches(List.copyOf(missing), unexpected, List.copyOf(wrongShape));
  }

  /** Whether the network could not be built from the file. */
  boolean areFatal() {
    return !missing.isEmpty() || !wrongShape.isEmpty();
  }

  /** All differences in one line. */
  String sentence() {
    var parts = new ArrayList<String>();
    add(parts, "missing", missing);
    add(parts, "with a wrong shape", wrongShape);
    add(parts, "unexpected", unexpected);
    return String.join("; ", parts);
  }

  private static void add(List<String> parts, String what, List<String> names) {
    if (!names.isEmpty()) {
      parts.add("%s (%d): %s".formatted(what, names.size(), String.join(", ", names)));
    }
  }
}
