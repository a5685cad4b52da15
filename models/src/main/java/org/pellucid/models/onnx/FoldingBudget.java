package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pellucid.engine.tensor.Shapes;
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
    var summed = first.filter(shape -> shape.length > 0).map(shape -> shape[shape.length - 1]);
    return elements <= MOST_ELEMENTS
        && (!PRODUCTS.contains(node.operation())
            || products / Math.max(1, summed.orElse(1L)) <= MOST_PRODUCTS);
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
