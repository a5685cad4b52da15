package org.pellucid.weights.pytorch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.pellucid.weights.Content;
import org.pellucid.weights.pytorch.PickleValue.Bytes;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.Large;
import org.pellucid.weights.pytorch.PickleValue.None;
import org.pellucid.weights.pytorch.PickleValue.Tensor;
import org.pellucid.weights.pytorch.PickleValue.Tuple;
import org.pellucid.weights.pytorch.PickleValue.UnreadTensor;

/** Describes what lies beside the weights, in bounded depth and number. */
final class ContentTree {
  private static final int DEEPEST = 8;
  private static final int MOST_CHILDREN = 50;
  private static final int MOST = 1000;
  private static final int LONGEST_TEXT = 100;

  private final Candidate taken;
  private final Set<ValueNode> weights;
  private int described;

  /**
   * Descriptions of everything but the weights.
   *
   * @param taken the state dict, which is described by its size
   * @param weights the nodes of its tensors, compared by identity
   */
  ContentTree(Candidate taken, Set<ValueNode> weights) {
    this.taken = taken;
    this.weights = weights;
  }

  /** What lies in the pickle's outermost value beside the weights. */
  List<Content> of(ValueNode root) {
    return root == taken.node() && root.isModule() ? List.of(described(root, 0)) : inner(root, 0);
  }

  private List<Content> inner(ValueNode node, int depth) {
    var contents = new ArrayList<Content>();
    for (var child : node.children()) {
      if (contents.size() < MOST_CHILDREN && described < MOST && !weights.contains(child)) {
        contents.add(described(child, depth));
      }
    }
    return contents;
  }

  private Content described(ValueNode node, int depth) {
    described++;
    var name = Descriptions.shortened(node.key(), LONGEST_TEXT);
    if (node == taken.node()) {
      var size = "%d tensors".formatted(taken.tensors().size());
      var text = node.isModule() ? "%s of the module %s".formatted(size, node.value()) : size;
      return Content.leaf(name.isEmpty() ? StateSearch.WHOLE : name, "weights", text);
    }
    if (node.isModule()) {
      return Content.leaf(
          name, "module", "%s, %d tensors".formatted(node.value(), node.tensors().size()));
    }
    var isShown = depth < DEEPEST && described < MOST;
    var children = isShown ? inner(node, depth + 1) : List.<Content>of();
    var beside = node.children().stream().filter(child -> !weights.contains(child)).count();
    var omitted = (int) beside - children.size();
    return new Content(name, kind(node.value()), text(node.value()), children, omitted);
  }

  private static String kind(Object value) {
    return switch (value) {
      case Tensor _, UnreadTensor _ -> "tensor";
      case PickleDictionary _ -> "dict";
      case Tuple _ -> "tuple";
      case List<?> _ -> "list";
      case PickleObject _ -> "object";
      case Global _ -> "name";
      case String _ -> "str";
      case Boolean _ -> "bool";
      case Double _ -> "float";
      case Number _ -> "int";
      case None _ -> "None";
      case Bytes _, Large _ -> "bytes";
      default -> "value";
    };
  }

  private static String text(Object value) {
    return switch (value) {
      case Tensor(_, var dtype, _, var shape, _) -> dtype + Arrays.toString(shape);
      case UnreadTensor(var kind, var shape) -> kind + " " + Arrays.toString(shape);
      case PickleDictionary dictionary -> Integer.toString(dictionary.size());
      case Tuple(var items) -> Integer.toString(items.size());
      case List<?> items -> Integer.toString(items.size());
      case None _ -> "";
      default -> Descriptions.of(value, LONGEST_TEXT);
    };
  }
}
