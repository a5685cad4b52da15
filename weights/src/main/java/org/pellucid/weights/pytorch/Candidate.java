package org.pellucid.weights.pytorch;

import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import org.pellucid.weights.pytorch.PickleValue.AnyTensor;

/**
 * What may be the state dict of a network.
 *
 * @param node where it lies
 * @param tensors by their names in it
 */
record Candidate(ValueNode node, SequencedMap<String, ValueNode> tensors) {

  String path() {
    return node.path();
  }

  /** Whether a tensor is named like a parameter in a module, such as {@code fc.weight}. */
  boolean hasNamesOfParameters() {
    return tensors.sequencedKeySet().stream()
        .anyMatch(name -> name.contains(".") || name.equals("weight") || name.equals("bias"));
  }

  /** How many numbers all tensors hold; the largest number there is if they are more. */
  long numbers() {
    return tensors.values().stream()
        .map(tensor -> (AnyTensor) tensor.value())
        .mapToLong(tensor -> elements(tensor.shape()))
        .reduce(0, (a, b) -> Long.MAX_VALUE - a < b ? Long.MAX_VALUE : a + b);
  }

  private static long elements(long[] shape) {
    var product = Arrays.stream(shape).asDoubleStream().map(Math::abs).reduce(1, (a, b) -> a * b);
    return (long) product;
  }

  /** Its path and size as messages give them. */
  @Override
  public String toString() {
    return "%s (%d tensors, %,d numbers)"
        .formatted(path().isEmpty() ? StateSearch.WHOLE : path(), tensors.size(), numbers());
  }

  /** The paths and sizes of the first of them. */
  static String listed(List<Candidate> candidates) {
    var shown = candidates.stream().limit(20).map(Candidate::toString).toList();
    var rest = candidates.size() - shown.size();
    return String.join(", ", shown) + (rest > 0 ? " and %d more".formatted(rest) : "");
  }
}
