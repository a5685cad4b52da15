package org.pellucid.weights.onnx;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.pellucid.weights.DType;
import org.pellucid.weights.PrintableText;

/**
 * An input or output of a graph.
 *
 * @param type of its numbers, if it is one that is read
 * @param axes its shape; empty if the graph doesn't tell it
 */
public record GraphValue(String name, Optional<DType> type, Optional<List<Axis>> axes) {

  /**
   * The size along an axis.
   *
   * @param size empty if it is chosen with each input
   * @param name of a size that is chosen, such as {@code batch}; may be empty
   */
  public record Axis(OptionalLong size, String name) {
    @Override
    public String toString() {
      return size.isPresent() ? Long.toString(size.getAsLong()) : name.isEmpty() ? "?" : name;
    }
  }

  @Override
  public String toString() {
    var shape =
        axes.map(
                all -> all.stream().map(Axis::toString).collect(Collectors.joining(", ", "[", "]")))
            .orElse("of unknown shape");
    return "%s %s %s"
        .formatted(
            PrintableText.shortened(name),
            type.map(DType::name).orElse("of unread type"),
            PrintableText.of(shape));
  }
}
