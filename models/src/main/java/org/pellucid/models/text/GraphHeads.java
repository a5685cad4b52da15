package org.pellucid.models.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pellucid.models.onnx.NumericArray;

/**
 * What the outputs of a language model's graph are, found by their shapes for a text of some
 * tokens, and by their names where two kinds have the same shape.
 *
 * @param hidden the last hidden states {@code [batch, tokens, hidden]}
 * @param vector a vector of the text {@code [batch, size]}
 * @param vocabulary the logits of the vocabulary's pieces {@code [batch, tokens, pieces]}
 * @param classes the logits of the text's classes {@code [batch, classes]}
 * @param answer the logits of an answer's start and of its end: two of {@code [batch, tokens]}, or
 *     one of {@code [batch, tokens, 2]}; or none
 * @param sizes of the last axes by name
 */
record GraphHeads(
    Optional<String> hidden,
    Optional<String> vector,
    Optional<String> vocabulary,
    Optional<String> classes,
    List<String> answer,
    Map<String, Integer> sizes) {

  /** What an output is. */
  private enum Kind {
    HIDDEN,
    VECTOR,
    VOCABULARY,
    CLASSES,
    ANSWER,
    OTHER
  }

  /**
   * Finds out what outputs are.
   *
   * @param outputs of a text, by name in the graph's order
   * @param tokens of that text
   * @param pieces rows of the table of word embeddings
   */
  static GraphHeads of(Map<String, NumericArray> outputs, int tokens, long pieces) {
    var kinds = new LinkedHashMap<String, Kind>();
    var hasHidden = false;
    for (var output : outputs.entrySet()) {
      var kind = kind(output.getKey(), output.getValue().shape(), tokens, pieces);
      kinds.put(output.getKey(), kind);
      hasHidden |= kind == Kind.HIDDEN;
    }
    var sizes = new HashMap<String, Integer>();
    outputs.forEach(
        (name, array) -> {
          var shape = array.shape();
          sizes.put(name, shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]));
        });
    if (hasHidden) {
      // Beside hidden states stands what is made of them: a pooler's output, whatever its name.
      kinds.replaceAll((name, kind) -> isNameless(name, kind) ? Kind.VECTOR : kind);
    }
    return new GraphHeads(
        first(kinds, Kind.HIDDEN),
        first(kinds, Kind.VECTOR),
        first(kinds, Kind.VOCABULARY),
        first(kinds, Kind.CLASSES),
        answer(kinds, sizes),
        sizes);
  }

  private static boolean isNameless(String name, Kind kind) {
    return kind == Kind.CLASSES && !name.toLowerCase(Locale.ROOT).contains("logit");
  }

  private static Kind kind(String output, long[] shape, int tokens, long pieces) {
    var name = output.toLowerCase(Locale.ROOT);
    var isLogits = name.contains("logit");
    if (shape.length == 3 && shape[1] == tokens) {
      if (shape[2] == 2) {
        return Kind.ANSWER;
      }
      if (shape[2] == pieces && !name.contains("hidden")) {
        return Kind.VOCABULARY;
      }
      return isLogits ? Kind.OTHER : Kind.HIDDEN;
    }
    if (shape.length == 2) {
      if (shape[1] == tokens) {
        return Kind.ANSWER;
      }
      var isVector =
          !isLogits
              && List.of("pool", "embed", "sentence", "vector").stream().anyMatch(name::contains);
      return isVector ? Kind.VECTOR : Kind.CLASSES;
    }
    return Kind.OTHER;
  }

  private static Optional<String> first(Map<String, Kind> kinds, Kind wanted) {
    return kinds.entrySet().stream()
        .filter(entry -> entry.getValue() == wanted)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The start comes first where the names don't say which is which. */
  private static List<String> answer(Map<String, Kind> kinds, Map<String, Integer> sizes) {
    var all = new ArrayList<String>();
    kinds.forEach(
        (name, kind) -> {
          if (kind == Kind.ANSWER) {
            all.add(name);
          }
        });
    var pairs = all.stream().filter(name -> sizes.get(name) == 2).findFirst();
    if (all.size() != 2) {
      return pairs.map(List::of).orElse(List.of());
    }
    var endsFirst = all.getFirst().toLowerCase(Locale.ROOT).contains("end");
    return endsFirst ? List.of(all.get(1), all.getFirst()) : List.copyOf(all);
  }

  /** What a text can be asked, in words for messages. */
  String offers() {
    var kinds = new ArrayList<String>();
    hidden.ifPresent(name -> kinds.add("hidden states (%s)".formatted(name)));
    vector.ifPresent(name -> kinds.add("a text's vector (%s)".formatted(name)));
    vocabulary.ifPresent(name -> kinds.add("a masked token's logits (%s)".formatted(name)));
    classes.ifPresent(name -> kinds.add("classes (%s)".formatted(name)));
    if (!answer.isEmpty()) {
      kinds.add("answers (%s)".formatted(String.join(", ", answer)));
    }
    return kinds.isEmpty() ? "nothing that a text can be asked" : String.join(", ", kinds);
  }
}
