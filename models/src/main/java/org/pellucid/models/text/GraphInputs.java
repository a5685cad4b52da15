package org.pellucid.models.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.pellucid.models.ModelFileException;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphNode;
import org.pellucid.weights.onnx.GraphValue;

/**
 * What the inputs of a language model's graph are for, found by what is done with them: token ids
 * and segments look up rows of tables, and what looks nothing up is the attention mask.
 *
 * @param ids the input of token ids
 * @param mask the input that tells which tokens are attended to
 * @param segments the input of token types
 * @param positions the input of position numbers
 * @param words the lookup of the word embeddings
 * @param positionRows rows of the table of position embeddings, if there is one
 * @param countsIds whether positions are counted among the tokens that don't pad, and begin after
 *     the padding token's id, as RoBERTa does
 */
record GraphInputs(
    String ids,
    Optional<String> mask,
    Optional<String> segments,
    Optional<String> positions,
    Lookup words,
    OptionalLong positionRows,
    boolean countsIds) {

  /** More token types than this are no segments. */
  private static final int MOST_SEGMENTS = 16;

  /** Operators that leave an input's numbers as they are. */
  private static final Set<String> PASSING =
      Set.of("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten");

  /** Rows of position embeddings are cut from the table where they are the first ones. */
  private static final Set<String> LOOKING_UP = Set.of("Gather", "Slice");

  /**
   * A lookup of a table's rows.
   *
   * @param value the name of what is looked up
   * @param rows of the table
   * @param width of a row
   * @param input the graph's input that chooses the rows; empty for an inner value
   */
  record Lookup(String value, long rows, long width, Optional<String> input) {}

  /**
   * Finds out the inputs of a graph.
   *
   * @throws ModelFileException if the graph looks up no words, or has inputs that no text gives
   */
  static GraphInputs of(GraphFile graph) {
    var lookups = lookups(graph);
    var words = words(graph, lookups);
    var ids = words.input().orElseThrow();
    var left = new ArrayList<>(graph.inputs().stream().map(GraphValue::name).toList());
    left.remove(ids);
    var looked = new HashMap<String, Lookup>();
    lookups.forEach(lookup -> lookup.input().ifPresent(name -> looked.put(name, lookup)));
    var segments =
        take(
            left,
            name ->
                name.contains("type") || name.contains("segment") || isSegments(looked.get(name)));
    var positions = take(left, name -> name.contains("position") || looked.containsKey(name));
    var mask = take(left, name -> name.contains("mask")).or(() -> take(left, _ -> true));
    ModelFileException.check(
        left.isEmpty(),
        "The graph %s takes %s, which no text gives; export an encoder with token ids and an"
            + " attention mask alone",
        graph.path(),
        String.join(", ", left));
    return new GraphInputs(
        ids,
        mask,
        segments,
        positions,
        words,
        lookups.stream()
            .filter(lookup -> !lookup.equals(words))
            .filter(lookup -> lookup.input().isEmpty() || lookup.input().equals(positions))
            .filter(lookup -> lookup.width() == words.width() && lookup.rows() > MOST_SEGMENTS)
            .mapToLong(Lookup::rows)
            .min(),
        graph.nodes().stream().anyMatch(node -> node.operation().equals("CumSum")));
  }

  private static boolean isSegments(Lookup lookup) {
    return lookup != null && lookup.rows() <= MOST_SEGMENTS;
  }

  private static Optional<String> take(List<String> names, Predicate<String> is) {
    var found = names.stream().filter(is).findFirst();
    found.ifPresent(names::remove);
    return found;
  }

  private static Lookup words(GraphFile graph, List<Lookup> lookups) {
    return lookups.stream()
        .filter(lookup -> lookup.input().isPresent())
        .max(
            Comparator.comparing((Lookup lookup) -> lookup.input().equals(Optional.of("input_ids")))
                .thenComparing(Lookup::rows))
        .orElseThrow(
            () ->
                new ModelFileException(
                    "The graph %s looks up no words: none of its inputs (%s) chooses rows of a table"
                            .formatted(
                                graph.path(),
                                String.join(
                                    ", ", graph.inputs().stream().map(GraphValue::name).toList()))
                        + " by Gather; give a language model."));
  }

  private static List<Lookup> lookups(GraphFile graph) {
    var sources = new HashMap<String, GraphNode>();
    for (var node : graph.nodes()) {
      node.outputs().forEach(output -> sources.put(output, node));
    }
    var inputs = graph.inputs().stream().map(GraphValue::name).toList();
    var lookups = new ArrayList<Lookup>();
    for (var node : graph.nodes()) {
      if (!LOOKING_UP.contains(node.operation()) || node.inputs().size() < 2) {
        continue;
      }
      var table = graph.initialisers().get(origin(node.inputs().getFirst(), sources));
      if (table != null
          && table.info().dtype().isFloatingPoint()
          && table.info().shape().length == 2) {
        var shape = table.info().shape();
        var chosen = Optional.of(origin(node.inputs().get(1), sources)).filter(inputs::contains);
        lookups.add(new Lookup(node.outputs().getFirst(), shape[0], shape[1], chosen));
      }
    }
    return lookups;
  }

  /** The name of the value that a value has its numbers from. */
  private static String origin(String name, Map<String, GraphNode> sources) {
    var at = name;
    for (var left = sources.size(); left > 0; left--) {
      var node = sources.get(at);
      if (node == null || !PASSING.contains(node.operation())) {
        break;
      }
      at = node.inputs().getFirst();
    }
    return at;
  }
}
