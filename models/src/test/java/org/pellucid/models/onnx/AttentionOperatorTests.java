package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/** Attention in one step and step by step. */
@Tag("numeric")
class AttentionOperatorTests {
  private static final int BATCH = 2;
  private static final int TOKENS = 5;
  private static final int HIDDEN = 12;

  private final Random random = new Random(3);

  private Tensor numbers(long... shape) {
    var tensor = Tensor.uninitialised(ElementType.FLOAT64, shape);
    tensor.set(random.doubles(tensor.elements()).map(x -> 2 * x - 1).toArray());
    return tensor;
  }

  /** The output, then the gradients of its sum of squares by queries, keys and values. */
  private static List<double[]> results(List<Tensor> projections, Optional<Tensor> mask) {
    var hidden = new double[] {0, -1, 3, HIDDEN / 3};
    return results(projections, mask, hidden, new double[] {0, 0, -1});
  }

  private static List<double[]> results(
      List<Tensor> projections, Optional<Tensor> mask, double[] heads, double[] result) {
    var node =
        new GraphNode(
            "y",
            AttentionOperator.NAME,
            "",
            List.of("q", "k", "v", "h", "h", "h", "shape", "mask"),
            List.of("y"),
            Map.of(AttentionOperator.HEADS, new Attribute.Whole(3)));
    try (var tape = new Tape();
        var constants = new Constants(ElementType.FLOAT64)) {
      projections.forEach(tape::watch);
      var inputs =
          Stream.of(
                  projections.stream().map(AttentionOperatorTests::real),
                  Stream.generate(() -> sizes(heads)).limit(3),
                  Stream.of(sizes(result)),
                  mask.stream().map(AttentionOperatorTests::real))
              .flatMap(each -> each)
              .map(Optional::of)
              .toList();
      var operator = Operators.fused(AttentionOperator.NAME);
      var call = new NodeCall(new Step(node, operator, List.of(true)), 17, tape, constants, inputs);
      var outputs = operator.apply(call);
      var y = ((Real) outputs.getFirst()).tensor();
      var gradients = tape.gradient(y, y, projections);
      call.finish(outputs);
      return Stream.concat(
              Stream.of(y.toDoubles()), projections.stream().map(p -> gradients.of(p).toDoubles()))
          .toList();
    }
  }

  private static Value real(Tensor tensor) {
    return new Real(tensor, false);
  }

  private static Value sizes(double... sizes) {
    return new Known(new NumericArray(DType.I64, new long[] {sizes.length}, sizes));
  }

  private static void assertAlike(List<double[]> actual, List<double[]> expected) {
    for (var i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as("result %d", i).containsExactly(expected.get(i), within(1e-12));
    }
  }

  private List<Tensor> projections() {
    return Stream.generate(() -> numbers(BATCH, TOKENS, HIDDEN)).limit(3).toList();
  }

  @Test
  void computesOneMaskForAllTextsAndQueriesAsAMaskForEach() {
    var projections = projections();
    var row = random.doubles(TOKENS).map(x -> -3 * x).toArray();
    var shared = Tensor.uninitialised(ElementType.FLOAT64, 1, 1, 1, TOKENS);
    shared.set(row);
    var whole = Tensor.uninitialised(ElementType.FLOAT64, BATCH, 1, TOKENS, TOKENS);
    var all = new double[BATCH * TOKENS * TOKENS];
    for (var i = 0; i < all.length; i++) {
      all[i] = row[i % TOKENS];
    }
    whole.set(all);
    assertAlike(
        results(projections, Optional.of(shared)), results(projections, Optional.of(whole)));
  }

  @Test
  void computesNoMaskAsAMaskOfZeros() {
    var projections = projections();
    var zeros = Tensor.uninitialised(ElementType.FLOAT64, BATCH, 1, TOKENS, TOKENS);
    zeros.set(new double[BATCH * TOKENS * TOKENS]);
    assertAlike(results(projections, Optional.empty()), results(projections, Optional.of(zeros)));
  }

  /** Two texts of five tokens, taken as one of ten, whose result is a table. */
  @Test
  void groupsTokensAsTheShapesDo() {
    var projections = projections();
    var together = projections.stream().map(p -> p.view(1, BATCH * TOKENS, HIDDEN)).toList();
    var expected = results(together, Optional.empty());
    var heads = new double[] {1, -1, 3, HIDDEN / 3};
    assertAlike(
        results(projections, Optional.empty(), heads, new double[] {BATCH * TOKENS, HIDDEN}),
        expected);
    var table = projections.stream().map(p -> p.view(BATCH * TOKENS, HIDDEN)).toList();
    assertAlike(results(table, Optional.empty(), heads, new double[] {0, 0, -1}), expected);
  }
}
