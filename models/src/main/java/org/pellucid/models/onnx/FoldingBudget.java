package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/**
 * How much of a graph may be computed when it is opened. What is beyond it is left to the runs, so
 * that a file opens fast, however much it asks for.
 */
final class FoldingBudget {
  /** Elements that all nodes together may take and give: about a second's work. */
  private static final long MOST_ELEMENTS = 1L << 29;

  /** Multiplications of one product, about a second's work too. */
  private static final double MOST_PRODUCTS = 1 << 30;

  private static final Set<String> PRODUCTS =
      Set.of("MatMul", "Gemm", "Einsum", "Conv", "ConvTranspose", "ConvInteger");

  private final long mostKept = Runtime.getRuntime().maxMemory() / (2 * Double.BYTES);
  private long elements;
  private long kept;

  /** Whether a node whose inputs are all known may be computed now. */
  boolean allows(GraphNode node, Function<String, Optional<long[]>> shapes) {
    var products = 1.0;
    for (var name : node.inputs()) {
      var shape = shapes.apply(name).orElse(new long[0]);
      elements += Shapes.elements(shape);
      products *= Math.max(1, Shapes.elements(shape));
    }
    var first =
        node.inputs().isEmpty() ? Optional.<long[]>empty() : shapes.apply(node.inputs().getFirst());
    return elements <= MOST_ELEMENTS
        && (!PRODUCTS.contains(node.operation())
            || products / Math.max(1, shared(node, first)) <= MOST_PRODUCTS)
        && first.map(Shapes::elements).orElse(0L) * window(node) <= MOST_PRODUCTS;
  }

  /** The size of an axis that both factors surely share; 1 where none is known. */
  private static long shared(GraphNode node, Optional<long[]> first) {
    var shape = first.orElse(new long[0]);
    return switch (node.operation()) {
      case "MatMul" -> shape.length > 0 ? shape[shape.length - 1] : 1;
      case "Conv", "ConvTranspose", "ConvInteger" -> shape.length > 1 ? shape[1] : 1;
      default -> 1;
    };
  }

  /** The values that each result of a pooling or a normalisation looks at, at least. */
  private static double window(GraphNode node) {
    return switch (node.attributes()
        .get(node.operation().equals("LRN") ? "size" : "kernel_shape")) {
      case Attribute.Whole(var size) -> Math.max(1, size);
      case Attribute.Wholes(var sizes) ->
          sizes.stream().mapToDouble(size -> Math.max(1, size)).reduce(1, (a, b) -> a * b);
      case null, default -> 1;
    };
  }

  /**
   * Counts a result that is kept.
   *
   * @throws IllegalArgumentException if there are more of them than the memory holds
   */
  void keep(GraphNode node, long[] shape) {
    // The same number everywhere isn't kept as an array.
    if (!node.operation().equals("ConstantOfShape")) {
      elements += Shapes.elements(shape);
      kept += Shapes.elements(shape);
    }
    check(
        kept <= mostKept,
        "The constants up to %s take more than half of the JVM's memory (-Xmx)",
        node);
  }
}
