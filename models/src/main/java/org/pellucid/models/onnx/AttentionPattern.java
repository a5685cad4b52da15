package org.pellucid.models.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pellucid.models.onnx.NodePattern.Match;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/**
 * Finds scaled dot-product attention of several heads, as frameworks write it out: queries, keys
 * and values reshaped to {@code [batch, tokens, heads, head size]} and turned to {@code [batch,
 * heads, tokens, head size]}, the scores scaled by {@code 1 / √(head size)}, perhaps with a mask
 * added, their softmax, the product with the values, and its heads side by side again.
 */
final class AttentionPattern {
  private static final List<Long> HEADS_FIRST = List.of(0L, 2L, 1L, 3L);
  private static final List<Long> KEYS_LAST = List.of(0L, 2L, 3L, 1L);
  private static final List<Long> LAST_SWAPPED = List.of(0L, 1L, 3L, 2L);

  private final NodePattern pattern;
  private final List<GraphNode> inner = new ArrayList<>();

  private AttentionPattern(NodePattern pattern) {
    this.pattern = pattern;
  }

  /** A projection, the shape that cuts it into heads, and these. */
  private record Heads(String projection, String shape, long count, long size) {}

  /** Scores, and the mask that is added to them. */
  private record Scores(GraphNode product, Optional<String> mask) {}

  static Optional<Match> find(NodePattern pattern, GraphNode last) {
    return NodePattern.is(last, "Reshape") && last.inputs().size() == 2
        ? new AttentionPattern(pattern).match(last)
        : Optional.empty();
  }

  private Optional<Match> match(GraphNode last) {
    var product =
        transposed(last.inputs().getFirst(), HEADS_FIRST).flatMap(name -> producer(name, "MatMul"));
    if (product.isEmpty()) {
      return Optional.empty();
    }
    var probabilities =
        producer(product.get().inputs().get(0), "Softmax").filter(AttentionPattern::isOverKeys);
    var values = heads(product.get().inputs().get(1), HEADS_FIRST);
    if (probabilities.isEmpty() || values.isEmpty()) {
      return Optional.empty();
    }
    var scores = scores(probabilities.get().inputs().getFirst(), values.get());
    var queries = scores.flatMap(s -> heads(s.product().inputs().get(0), HEADS_FIRST));
    var keys = scores.flatMap(s -> keys(s.product().inputs().get(1)));
    if (queries.isEmpty()
        || keys.isEmpty()
        || !alike(queries.get(), values.get())
        || !alike(keys.get(), values.get())
        || !joins(last, values.get())) {
      return Optional.empty();
    }
    var heads = List.of(queries.get(), keys.get(), values.get());
    var inputs = new ArrayList<>(heads.stream().map(Heads::projection).toList());
    heads.stream().map(Heads::shape).forEach(inputs::add);
    inputs.add(keepsTokens(last) ? "" : last.inputs().get(1));
    scores.get().mask().ifPresent(inputs::add);
    var attributes =
        Map.<String, Attribute>of(
            AttentionOperator.HEADS,
            new Attribute.Whole(values.get().count()),
            AttentionOperator.SCORES,
            new Attribute.Text(scores.get().product().outputs().getFirst()));
    return Optional.of(
        new Match(
            last,
            List.copyOf(inner),
            new GraphNode(
                last.name(),
                AttentionOperator.NAME,
                "",
                inputs,
                List.of(last.outputs().getFirst()),
                attributes)));
  }

  private Optional<GraphNode> producer(String name, String operation) {
    var node = pattern.producer(name, operation);
    node.ifPresent(inner::add);
    return node;
  }

  private Optional<String> transposed(String name, List<Long> order) {
    return pattern
        .producer(name, "Transpose")
        .filter(node -> new Attribute.Wholes(order).equals(node.attributes().get("perm")))
        .map(
            node -> {
              inner.add(node);
              return node.inputs().getFirst();
            });
  }

  /** The axis is named: without a name it is another one before operator set 13. */
  private static boolean isOverKeys(GraphNode softmax) {
    return softmax.attributes().get("axis") instanceof Attribute.Whole(var axis)
        && (axis == -1 || axis == 3);
  }

  private Optional<Heads> heads(String name, List<Long> order) {
    return transposed(name, order).flatMap(this::split);
  }

  private Optional<Heads> keys(String name) {
    var direct = heads(name, KEYS_LAST);
    return direct.isPresent()
        ? direct
        : transposed(name, LAST_SWAPPED).flatMap(turned -> heads(turned, HEADS_FIRST));
  }

  private Optional<Heads> split(String name) {
    var reshape = producer(name, "Reshape").filter(node -> node.inputs().size() == 2);
    if (reshape.isEmpty()) {
      return Optional.empty();
    }
    var shape = reshape.get().inputs().get(1);
    var count = sizeAt(shape, 4, 2);
    var size = sizeAt(shape, 4, 3);
    return count.isPresent() && size.isPresent() && count.getAsLong() > 0 && size.getAsLong() > 0
        ? Optional.of(
            new Heads(
                reshape.get().inputs().getFirst(), shape, count.getAsLong(), size.getAsLong()))
        : Optional.empty();
  }

  private static boolean alike(Heads first, Heads second) {
    return first.count() == second.count() && first.size() == second.size();
  }

  /** Whether the last axis becomes all heads side by side. */
  private boolean joins(GraphNode last, Heads heads) {
    var size = sizeAt(last.inputs().get(1), 3, 2);
    return size.isPresent()
        && (size.getAsLong() == heads.count() * heads.size() || size.getAsLong() == -1);
  }

  /** A size out of a shape of so many sizes, a constant or put together of some. */
  private OptionalLong sizeAt(String shape, int rank, int position) {
    var constant = pattern.constant(shape).map(NumericArray::wholes);
    if (constant.isPresent()) {
      return constant.get().length == rank
          ? OptionalLong.of(constant.get()[position])
          : OptionalLong.empty();
    }
    return pattern
        .producer(shape, "Concat")
        .filter(node -> node.inputs().size() == rank)
        .flatMap(node -> pattern.constant(node.inputs().get(position)))
        .map(NumericArray::wholes)
        .filter(sizes -> sizes.length == 1)
        .map(sizes -> OptionalLong.of(sizes[0]))
        .orElse(OptionalLong.empty());
  }

  private Optional<Scores> scores(String name, Heads heads) {
    var scaled = scaled(name, heads);
    if (scaled.isPresent()) {
      return scaled.map(product -> new Scores(product, Optional.empty()));
    }
    var sum = producer(name, "Add");
    if (sum.isEmpty()) {
      return Optional.empty();
    }
    for (var i = 0; i < 2; i++) {
      var mask = sum.get().inputs().get(1 - i);
      var product = scaled(sum.get().inputs().get(i), heads);
      if (product.isPresent()) {
        return Optional.of(new Scores(product.get(), Optional.of(mask)));
      }
    }
    return Optional.empty();
  }

  private Optional<GraphNode> scaled(String name, Heads heads) {
    var root = Math.sqrt(heads.size());
    var division =
        pattern.producer(name, "Div").filter(node -> pattern.isAbout(node.inputs().get(1), root));
    var scaling =
        division.or(
            () ->
                pattern
                    .producer(name, "Mul")
                    .filter(node -> pattern.besides(node, 1 / root).isPresent()));
    return scaling.flatMap(
        node -> {
          var product =
              node.inputs().stream()
                  .flatMap(input -> pattern.producer(input, "MatMul").stream())
                  .findFirst();
          product.ifPresent(found -> inner.addAll(Arrays.asList(node, found)));
          return product;
        });
  }

  /**
   * Whether the last shape is put together of the first two sizes of the value before it; then the
   * nodes that do so have no use any more.
   */
  private boolean keepsTokens(GraphNode last) {
    var whole = pattern.producer(last.inputs().get(1), "Concat");
    if (whole.isEmpty()) {
      return false;
    }
    var nodes = new ArrayList<>(List.of(whole.get()));
    for (var axis = 0; axis < 2; axis++) {
      var part = whole.get().inputs().get(axis);
      var unsqueezed = pattern.producer(part, "Unsqueeze");
      unsqueezed.ifPresent(nodes::add);
      var name = unsqueezed.map(node -> node.inputs().getFirst()).orElse(part);
      var position = axis;
      var gather =
          pattern
              .producer(name, "Gather")
              .filter(node -> isPosition(node.inputs().get(1), position));
      var shape =
          gather
              .flatMap(node -> pattern.producer(node.inputs().getFirst(), "Shape"))
              .filter(node -> node.inputs().getFirst().equals(last.inputs().getFirst()));
      if (shape.isEmpty()) {
        return false;
      }
      nodes.addAll(List.of(gather.get(), shape.get()));
    }
    inner.addAll(nodes);
    return true;
  }

  private boolean isPosition(String name, int position) {
    var scalar = pattern.scalar(name);
    return scalar.isPresent() && scalar.getAsDouble() == position;
  }
}
