package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.weights.DType;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/** Which groups of nodes become one, as frameworks write them. */
class FusionsTests {
  private final Map<String, NumericArray> constants = new HashMap<>();
  private final List<GraphNode> nodes = new ArrayList<>();

  private String node(String operation, String output, String... inputs) {
    return node(operation, Map.of(), output, inputs);
  }

  private String node(
      String operation, Map<String, Attribute> attributes, String output, String... inputs) {
    nodes.add(new GraphNode(output, operation, "", List.of(inputs), List.of(output), attributes));
    return output;
  }

  private String number(String name, double value) {
    constants.put(name, new NumericArray(DType.F32, new long[0], new double[] {value}));
    return name;
  }

  private String sizes(String name, double... values) {
    constants.put(name, new NumericArray(DType.I64, new long[] {values.length}, values));
    return name;
  }

  private List<String> operations(String... kept) {
    return new Fusions(name -> Optional.ofNullable(constants.get(name)), Set.of(kept))
        .apply(nodes).stream().map(GraphNode::operation).toList();
  }

  /** What goes into the function is a sum itself, that of a layer and its bias. */
  private void gelu() {
    node("Add", "x", "product", "row");
    node("Div", "scaled", "x", number("root", Math.sqrt(2)));
    node("Erf", "erf", "scaled");
    node("Add", "sum", "erf", number("one", 1));
    node("Mul", "weighted", "x", "sum");
    node("Mul", "y", "weighted", number("half", 0.5));
  }

  @Test
  void findsGeluOfASum() {
    gelu();
    assertThat(operations("y")).containsExactly("Add", "Gelu");
  }

  @Test
  void leavesNodesWhoseValuesAreWanted() {
    gelu();
    assertThat(operations("y", "erf")).doesNotContain("Gelu").contains("Erf");
  }

  private String heads(String x, Long... order) {
    node("Reshape", x + " split", x, sizes("in heads", 0, 0, 12, 64));
    return turned(x + " split", order);
  }

  private String turned(String x, Long... order) {
    return node(
        "Transpose", Map.of("perm", new Attribute.Wholes(List.of(order))), x + " turned", x);
  }

  private void attention(String keys, String scale, double by) {
    var q = heads("q", 0L, 2L, 1L, 3L);
    var v = heads("v", 0L, 2L, 1L, 3L);
    node("MatMul", "scores", q, keys);
    node(scale, "scaled", "scores", number("scale", by));
    node("Add", "masked", "scaled", "mask");
    node("Softmax", Map.of("axis", new Attribute.Whole(-1)), "probabilities", "masked");
    node("MatMul", "context", "probabilities", v);
    var context = turned("context", 0L, 2L, 1L, 3L);
    node("Shape", "shape", context);
    node("Gather", "batch", "shape", number("first", 0));
    node("Gather", "tokens", "shape", number("second", 1));
    node("Concat", "merged shape", "batch", "tokens", sizes("hidden", 768));
    node("Reshape", "y", context, "merged shape");
  }

  @Test
  void findsAttention() {
    attention(heads("k", 0L, 2L, 3L, 1L), "Div", 8);
    var fused =
        new Fusions(name -> Optional.ofNullable(constants.get(name)), Set.of("y")).apply(nodes);
    assertThat(fused).hasSize(1);
    assertThat(fused.getFirst().operation()).isEqualTo(AttentionOperator.NAME);
    assertThat(fused.getFirst().inputs())
        .containsExactly("q", "k", "v", "in heads", "in heads", "in heads", "", "mask");
    assertThat(fused.getFirst().outputs()).containsExactly("y");
  }

  @Test
  void findsAttentionWhoseKeysAreTurnedTwice() {
    attention(turned(heads("k", 0L, 2L, 1L, 3L), 0L, 1L, 3L, 2L), "Mul", 0.125);
    assertThat(operations("y")).containsExactly(AttentionOperator.NAME);
  }

  /** Before operator set 13 such a softmax is over heads and queries as well. */
  @Test
  void leavesAttentionWhoseSoftmaxNamesNoAxis() {
    attention(heads("k", 0L, 2L, 3L, 1L), "Div", 8);
    nodes.replaceAll(
        each ->
            each.operation().equals("Softmax")
                ? new GraphNode(each.name(), "Softmax", "", each.inputs(), each.outputs(), Map.of())
                : each);
    assertThat(operations("y")).contains("Softmax", "MatMul");
  }

  @Test
  void leavesAttentionThatIsScaledOtherwise() {
    attention(heads("k", 0L, 2L, 3L, 1L), "Div", 4);
    assertThat(operations("y")).contains("Softmax", "MatMul");
  }

  @Test
  void leavesAttentionWhoseProbabilitiesAreWanted() {
    attention(heads("k", 0L, 2L, 3L, 1L), "Div", 8);
    assertThat(operations("y", "probabilities")).contains("Softmax", "MatMul");
  }

  @Test
  void putsRectifiersIntoTheConvolutionsBefore() {
    node("Conv", "a", "x", "weight");
    node("Relu", "b", "a");
    node("Conv", "c", "b", "weight");
    node("Clip", "d", "c", number("least", 0), number("most", 6));
    node("Conv", "e", "d", "weight");
    node("Clip", bounds(0, 6), "f", "e");
    assertThat(operations("f")).containsExactly("Conv", "Conv", "Conv");
  }

  @Test
  void leavesBoundsThatMakeNoRectifier() {
    node("Conv", "a", "x", "weight");
    node("Clip", bounds(0, 5), "b", "a");
    node("Conv", "c", "b", "weight");
    node("Clip", "d", "c", number("least", -1), number("most", 6));
    node("Conv", "e", "d", "weight");
    node("Clip", "f", "e", "computed", number("six", 6));
    node("Conv", "g", "f", "weight");
    node("Clip", "h", "g", number("zero", 0));
    assertThat(operations("h").stream().filter("Clip"::equals)).hasSize(4);
  }

  @Test
  void leavesTheSecondOfTwoRectifiersAndSumsThatAreWanted() {
    node("Conv", "a", "x", "weight");
    node("Clip", bounds(0, 6), "b", "a");
    node("Relu", "c", "b");
    assertThat(operations("c")).containsExactly("Conv", "Relu");
    assertThat(operations("c", "a")).containsExactly("Conv", "Clip", "Relu");
  }

  private void weight(String name, long... shape) {
    constants.put(
        name, new NumericArray(DType.F32, shape, new double[(int) Shapes.elements(shape)]));
  }

  /** An inverted bottleneck, its depthwise convolution padded as given. */
  private void bottleneck(Long... pads) {
    weight("wide", 12, 2, 1, 1);
    weight("each", 12, 1, 3, 3);
    weight("narrow", 2, 12, 1, 1);
    weight("shift", 12);
    node("Conv", "a", "x", "wide");
    node("Clip", bounds(0, 6), "b", "a");
    node(
        "Conv",
        Map.of("group", new Attribute.Whole(12), "pads", new Attribute.Wholes(List.of(pads))),
        "c",
        "b",
        "each",
        "shift");
    node("Relu", "d", "c");
    node("Conv", "e", "d", "narrow");
    node("Add", "f", "e", "x");
  }

  private List<GraphNode> chained(String... kept) {
    return new Fusions(name -> Optional.ofNullable(constants.get(name)), Set.of(kept))
        .applyWithChains(nodes);
  }

  @Test
  void chainsTheConvolutionsOfABottleneck() {
    bottleneck(1L, 1L, 1L, 1L);
    assertThat(operations("f")).containsExactly("Conv", "Conv", "Conv", "Add");
    var fused = chained("f");
    assertThat(fused.stream().map(GraphNode::operation))
        .containsExactly(ConvolutionChainPattern.OPERATION, "Add");
    assertThat(fused.getFirst().inputs())
        .containsExactly("x", "wide", "", "each", "shift", "narrow", "");
    assertThat(fused.getFirst().attributes())
        .containsEntry(
            ConvolutionChainPattern.RECTIFIERS,
            new Attribute.Wholes(
                List.of(
                    (long) Rectifier.RELU6.ordinal(),
                    (long) Rectifier.RELU.ordinal(),
                    (long) Rectifier.NONE.ordinal())));
  }

  @Test
  void chainsNothingOverValuesThatAreWanted() {
    bottleneck(1L, 1L, 1L, 1L);
    assertThat(chained("f", "b").stream().map(GraphNode::operation))
        .containsExactly("Conv", ConvolutionChainPattern.OPERATION, "Add");
    assertThat(chained("f", "d").stream().map(GraphNode::operation))
        .containsExactly(ConvolutionChainPattern.OPERATION, "Conv", "Add");
    assertThat(chained("f", "b", "d").stream().map(GraphNode::operation))
        .containsExactly("Conv", "Conv", "Conv", "Add");
  }

  @Test
  void leavesDepthwiseConvolutionsThatArePaddedOnOneSide() {
    bottleneck(0L, 0L, 1L, 1L);
    assertThat(chained("f").stream().map(GraphNode::operation))
        .containsExactly("Conv", "Conv", "Conv", "Add");
  }

  private static Map<String, Attribute> bounds(float least, float most) {
    return Map.of("min", new Attribute.Number(least), "max", new Attribute.Number(most));
  }
}
