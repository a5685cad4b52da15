package org.pellucid.models.onnx;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.MemoryEstimate;
import org.pellucid.weights.onnx.GraphNode;

/**
 * How many bytes the passes of a graph need at most, for one example, by the shapes of its values:
 *
 * <pre>{@code
 * forward  = 3 · a₀ + maxᵢ (Lᵢ + 3 · aᵢ)
 * gradient = 3 · a₀ + Σ aᵢ + maxᵢ (Lᵢ + 3 · aᵢ)
 * }</pre>
 *
 * <p>with {@code a₀} the bytes of the image, {@code aᵢ} those that step {@code i} gives and {@code
 * Lᵢ} those that steps before it gave and it or later ones take. Attention that is computed step by
 * step gives its scores as well, which nothing takes. A step may need room for twice its result
 * beside it, such as a border around an image or a maximum's position; a backward pass holds what
 * the steps kept, at most all results, and the gradients of what is taken later, as much as was
 * held forward. Most graphs keep less, so the estimate is above what is used, up to three times.
 */
final class GraphMemory {
  private static final int BESIDE = 3;

  /** A 3×3 convolution keeps 36 numbers for 9, forward and backward; others keep 2 for 1. */
  private static final int TRANSFORMED_THREE = 8;

  private static final int PANELS = 2;

  /** Scratch of transformed tiles for each channel in and out. */
  private static final long SCRATCH = 20_000;

  private GraphMemory() {}

  /**
   * The estimate for a graph from its image to a value.
   *
   * @param shapes of the values for one image
   */
  static MemoryEstimate of(
      OnnxModel model,
      String image,
      Set<String> output,
      Map<String, long[]> shapes,
      long[] imageShape) {
    var elementBytes = model.type().bytes();
    var steps = model.program().scheduled(Set.of(image), output);
    var weights = 0L;
    var kept = 0L;
    var scratch = 0L;
    var all = 0L;
    var live = 0L;
    var most = 0L;
    for (var position = 0; position < steps.steps().size(); position++) {
      var node = steps.steps().get(position).node();
      for (var name : new HashSet<>(node.inputs())) {
        var constant = model.program().constant(name).map(NumericArray::shape);
        var bytes = constant.map(shape -> Shapes.elements(shape) * elementBytes).orElse(0L);
        weights += bytes;
        kept += bytes * copies(node, constant);
        scratch = Math.max(scratch, scratch(node, constant));
      }
      var given = bytes(node.outputs(), shapes, elementBytes);
      var scores =
          AttentionOperator.openScores(
              node, name -> model.program().constant(name).map(NumericArray::shape), shapes);
      var own = given + bytes(scores.stream().toList(), shapes, elementBytes);
      all += own;
      most = Math.max(most, live + BESIDE * own);
      live += given;
      live -= bytes(steps.endingAt(position), shapes, elementBytes);
    }
    var images = BESIDE * Shapes.elements(imageShape) * elementBytes;
    return new MemoryEstimate(weights, kept + scratch, images + most, images + all + most);
  }

  /** The bytes of the constants that nodes take. */
  static long weightBytes(OnnxModel model, List<GraphNode> nodes) {
    var names = new HashSet<String>();
    nodes.forEach(node -> names.addAll(node.inputs()));
    return names.stream()
            .flatMap(name -> model.program().constant(name).stream())
            .mapToLong(array -> Shapes.elements(array.shape()))
            .sum()
        * model.type().bytes();
  }

  private static long bytes(List<String> names, Map<String, long[]> shapes, long elementBytes) {
    return names.stream()
            .flatMap(name -> Optional.ofNullable(shapes.get(name)).stream())
            .mapToLong(Shapes::elements)
            .sum()
        * elementBytes;
  }

  private static boolean isThree(GraphNode node, long[] shape) {
    return node.operation().equals("Conv")
        && shape.length == 4
        && shape[2] == 3
        && shape[3] == 3
        && shape[1] > 1;
  }

  private static int copies(GraphNode node, Optional<long[]> constant) {
    return constant
        .filter(shape -> shape.length >= 2)
        .map(shape -> isThree(node, shape) ? TRANSFORMED_THREE : PANELS)
        .orElse(0);
  }

  private static long scratch(GraphNode node, Optional<long[]> constant) {
    return constant
        .filter(shape -> isThree(node, shape))
        .map(shape -> SCRATCH * (shape[0] + shape[1]))
        .orElse(0L);
  }
}
