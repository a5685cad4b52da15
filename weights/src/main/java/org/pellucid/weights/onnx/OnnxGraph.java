package org.pellucid.weights.onnx;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pellucid.weights.LinearWeight;

/**
 * The graph of an ONNX model, followed to find out what its anonymous weights are.
 *
 * <p>PyTorch's exporter stores the weight of a linear layer transposed under a name like {@code
 * onnx::MatMul_541}, while its bias keeps the name. The product that takes the weight leads to the
 * sum that takes the bias, and so the bias names the weight; where there is no bias, the node's own
 * name, {@code /encoder/layer.0/query/MatMul}, does.
 */
final class OnnxGraph {
  private static final Pattern ANONYMOUS = Pattern.compile("onnx::\\w+|\\d+");
  private static final Pattern NODE = Pattern.compile("/(.+)/(?:MatMul|Gemm)(?:_\\d+)?");
  private static final String BIAS = ".bias";

  private final List<GraphNode> nodes;
  private final Set<String> initialisers;
  private final Map<String, GraphNode> sums = new HashMap<>();

  OnnxGraph(List<GraphNode> nodes, Set<String> initialisers) {
    this.nodes = nodes;
    this.initialisers = initialisers;
    for (var node : nodes) {
      // A sum with more inputs is not valid, and would be searched for each product that it takes.
      if (node.operation().equals("Add") && node.inputs().size() == 2) {
        node.inputs().forEach(input -> sums.putIfAbsent(input, node));
      }
    }
  }

  /** The weights without a name of their own, by the name that the exporter made up. */
  Map<String, LinearWeight> linearWeights() {
    var weights = new LinkedHashMap<String, LinearWeight>();
    for (var node : nodes) {
      if (isProduct(node) && isAnonymous(node.inputs().get(1))) {
        layerOf(node)
            .ifPresent(
                layer ->
                    weights.putIfAbsent(
                        node.inputs().get(1),
                        new LinearWeight(layer + ".weight", !transposesWeight(node))));
      }
    }
    return weights;
  }

  private static boolean isProduct(GraphNode node) {
    return (node.operation().equals("MatMul") || node.operation().equals("Gemm"))
        && node.inputs().size() >= 2
        && !node.outputs().isEmpty();
  }

  /** Whether a {@code Gemm} takes its second input transposed. */
  private static boolean transposesWeight(GraphNode node) {
    return node.attributes().get("transB") instanceof Attribute.Whole(var flag) && flag != 0;
  }

  private boolean isAnonymous(String name) {
    return initialisers.contains(name) && ANONYMOUS.matcher(name).matches();
  }

  private Optional<String> layerOf(GraphNode product) {
    var ownBias = product.inputs().stream().skip(2);
    var sum = Optional.ofNullable(sums.get(product.outputs().getFirst()));
    var addedBias = sum.stream().flatMap(node -> node.inputs().stream());
    return Stream.concat(ownBias, addedBias)
        .filter(name -> initialisers.contains(name) && name.endsWith(BIAS))
        .map(name -> name.substring(0, name.length() - BIAS.length()))
        .findFirst()
        .or(() -> layerByNode(product));
  }

  private static Optional<String> layerByNode(GraphNode product) {
    var matcher = NODE.matcher(product.name());
    return matcher.matches() ? Optional.of(matcher.group(1).replace('/', '.')) : Optional.empty();
  }
}
