package org.pellucid.models.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.DataType;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphNode;

/** What of a graph can be run: operators, their attributes, and the operator set. */
final class Support {
  /** The newest operator set whose forms are all known here. */
  static final int NEWEST = 22;

  /** Named by old writers and without a meaning. */
  private static final Set<String> MEANINGLESS = Set.of("consumed_inputs");

  /** The attributes of each operator that has some (onnx/docs/Operators.md, Changelog.md). */
  private static final Map<String, Set<String>> ATTRIBUTES =
      """
      ArgMax axis keepdims select_last_index
      ArgMin axis keepdims select_last_index
      AveragePool auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides
      BatchNormalization epsilon is_test momentum spatial training_mode
      Cast round_mode saturate to
      CastLike round_mode saturate
      Celu alpha
      Clip max min
      Concat axis
      Constant value value_float value_floats value_int value_ints
      ConstantOfShape value
      Conv auto_pad dilations group kernel_shape pads strides
      ConvInteger auto_pad dilations group kernel_shape pads strides
      ConvTranspose auto_pad dilations group kernel_shape output_padding output_shape pads strides
      CumSum exclusive reverse
      DepthToSpace blocksize mode
      Dropout is_test ratio seed
      Einsum equation
      Elu alpha
      EyeLike dtype k
      Flatten axis
      Gather axis
      GatherElements axis
      GatherND batch_dims
      Gelu approximate
      Gemm alpha beta transA transB
      GlobalLpPool p
      GridSample align_corners mode padding_mode
      GroupNormalization epsilon num_groups stash_type
      HardSigmoid alpha beta
      Hardmax axis
      InstanceNormalization epsilon
      IsInf detect_negative detect_positive
      LRN alpha beta bias size
      LayerNormalization axis epsilon stash_type
      LeakyRelu alpha
      LogSoftmax axis
      LpNormalization axis p
      LpPool auto_pad ceil_mode dilations kernel_shape p pads strides
      MaxPool auto_pad ceil_mode dilations kernel_shape pads storage_order strides
      MeanVarianceNormalization axes
      Mod fmod
      OneHot axis
      Pad mode paddings pads value
      ReduceL1 axes keepdims noop_with_empty_axes
      ReduceL2 axes keepdims noop_with_empty_axes
      ReduceLogSum axes keepdims noop_with_empty_axes
      ReduceLogSumExp axes keepdims noop_with_empty_axes
      ReduceMax axes keepdims noop_with_empty_axes
      ReduceMean axes keepdims noop_with_empty_axes
      ReduceMin axes keepdims noop_with_empty_axes
      ReduceProd axes keepdims noop_with_empty_axes
      ReduceSum axes keepdims noop_with_empty_axes
      ReduceSumSquare axes keepdims noop_with_empty_axes
      Reshape allowzero shape
      Resize antialias axes coordinate_transformation_mode cubic_coeff_a exclude_outside \
        extrapolation_value keep_aspect_ratio_policy mode nearest_mode
      Scatter axis
      ScatterElements axis reduction
      ScatterND reduction
      Selu alpha gamma
      Shape end start
      Shrink bias lambd
      Slice axes ends starts
      Softmax axis
      SpaceToDepth blocksize
      Split axis num_outputs split
      Squeeze axes
      ThresholdedRelu alpha
      TopK axis k largest sorted
      Transpose perm
      Trilu upper
      Unsqueeze axes
      Upsample mode scales
      """
          .lines()
          .map(line -> line.split(" +"))
          .collect(
              Collectors.toUnmodifiableMap(
                  words -> words[0],
                  words -> Set.copyOf(Arrays.asList(words).subList(1, words.length))));

  /** The least and the largest number of inputs, with the operators that have so many. */
  private static final Map<String, Inputs> INPUTS =
      """
      0 0 Constant
      1 1 Abs Acos Acosh ArgMax ArgMin Asin Asinh Atan Atanh AveragePool Cast Ceil Celu \
        ConstantOfShape Cos Cosh DepthToSpace Elu Erf Exp EyeLike Flatten Floor Gelu \
        GlobalAveragePool GlobalLpPool GlobalMaxPool HardSigmoid HardSwish Hardmax Identity IsInf \
        IsNaN LRN LeakyRelu Log LogSoftmax LpNormalization LpPool MaxPool \
        MeanVarianceNormalization Mish Neg NonZero Not Reciprocal Relu Round Selu Shape Shrink \
        Sigmoid Sign Sin Sinh Size Softmax Softplus Softsign SpaceToDepth Sqrt Tan Tanh \
        ThresholdedRelu Transpose
      1 2 ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin \
        ReduceProd ReduceSum ReduceSumSquare Reshape Split Squeeze TopK Trilu Unsqueeze Upsample
      1 3 Clip Dropout
      1 4 Pad Resize
      1 5 Slice
      1 2147483647 Concat Einsum Max Mean Min Sum
      2 2 Add And CastLike CumSum Div Equal Expand Gather GatherElements GatherND Greater \
        GreaterOrEqual GridSample Less LessOrEqual MatMul Mod Mul Or PRelu Pow Sub Tile Xor
      2 3 Conv ConvTranspose Gemm LayerNormalization
      2 4 ConvInteger
      3 3 GroupNormalization InstanceNormalization OneHot Range Scatter ScatterElements ScatterND \
        Where
      5 5 BatchNormalization
      """
          .lines()
          .map(line -> line.split(" +"))
          .flatMap(Support::inputs)
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private record Inputs(int least, int most) {}

  private static Stream<Map.Entry<String, Inputs>> inputs(String... words) {
    var inputs = new Inputs(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
    return Arrays.stream(words).skip(2).map(operator -> Map.entry(operator, inputs));
  }

  /** The values that an attribute may have, where some aren't supported. */
  private static final Map<String, Predicate<Attribute>> VALUES =
      Map.ofEntries(
          Map.entry("BatchNormalization.is_test", is(1)),
          Map.entry("BatchNormalization.spatial", is(1)),
          Map.entry("BatchNormalization.training_mode", is(0)),
          Map.entry("Cast.to", Support::isType),
          Map.entry("EyeLike.dtype", Support::isType),
          Map.entry("Constant.value", Attribute.Array.class::isInstance),
          Map.entry("ConstantOfShape.value", Attribute.Array.class::isInstance),
          Map.entry("DepthToSpace.mode", is("DCR", "CRD")),
          Map.entry("Gelu.approximate", is("none", "tanh")),
          Map.entry("GridSample.mode", is("linear", "bilinear", "nearest", "cubic", "bicubic")),
          Map.entry("GridSample.padding_mode", is("zeros", "border", "reflection")),
          Map.entry("LpNormalization.p", is(1, 2)),
          Map.entry("Pad.mode", is("constant", "reflect", "edge", "wrap")),
          Map.entry(
              "Resize.coordinate_transformation_mode",
              is(
                  "half_pixel",
                  "half_pixel_symmetric",
                  "pytorch_half_pixel",
                  "align_corners",
                  "asymmetric",
                  "tf_half_pixel_for_nn",
                  "tf_crop_and_resize")),
          Map.entry("Resize.keep_aspect_ratio_policy", is("stretch", "not_larger", "not_smaller")),
          Map.entry("Resize.mode", is("nearest", "linear", "cubic")),
          Map.entry(
              "Resize.nearest_mode",
              is("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")),
          Map.entry("ScatterElements.reduction", is("none", "add", "mul", "max", "min")),
          Map.entry("ScatterND.reduction", is("none", "add", "mul", "max", "min")),
          Map.entry("Upsample.mode", is("nearest", "linear")));

  private Support() {}

  /** The attributes that an operator may have. */
  static Set<String> attributesOf(String operator) {
    return ATTRIBUTES.getOrDefault(operator, Set.of());
  }

  /** The operators whose number of inputs is known. */
  static Set<String> counted() {
    return INPUTS.keySet();
  }

  /** The largest number of inputs that an operator takes. */
  static int mostInputs(String operator) {
    return INPUTS.get(operator).most();
  }

  private static Predicate<Attribute> is(long... numbers) {
    return value ->
        value instanceof Attribute.Whole(var number)
            && Arrays.stream(numbers).anyMatch(each -> each == number);
  }

  private static Predicate<Attribute> is(String... texts) {
    return value -> value instanceof Attribute.Text(var text) && List.of(texts).contains(text);
  }

  private static boolean isType(Attribute value) {
    return value instanceof Attribute.Whole(var number)
        && number == (int) number
        && DataType.of((int) number).isPresent();
  }

  /** Everything in a graph that isn't supported, each with the nodes that ask for it. */
  static Map<String, List<String>> missing(GraphFile file) {
    var missing = new TreeMap<String, List<String>>();
    if (file.opset() > NEWEST) {
      missing.put(
          "operator set %d (export for at most %d)".formatted(file.opset(), NEWEST), List.of());
    }
    for (var node : file.nodes()) {
      for (var each : missing(node)) {
        missing
            .computeIfAbsent(PrintableText.shortened(each), _ -> new ArrayList<>())
            .add(PrintableText.shortened(nameOf(node)));
      }
    }
    return missing;
  }

  private static List<String> missing(GraphNode node) {
    if (!node.domain().isEmpty()) {
      return List.of(node.domain() + "." + node.operation());
    }
    if (Operators.named(node.operation()).isEmpty()) {
      return List.of(node.operation());
    }
    var known = attributesOf(node.operation());
    var missing = new ArrayList<String>();
    var inputs = INPUTS.get(node.operation());
    var count = node.inputs().size();
    if (count < inputs.least() || count > inputs.most()) {
      missing.add("%s with %d inputs".formatted(node.operation(), count));
    }
    node.attributes()
        .forEach(
            (name, value) -> {
              var allowed = VALUES.getOrDefault(node.operation() + "." + name, _ -> true);
              if (!known.contains(name) && !MEANINGLESS.contains(name)) {
                missing.add("%s with the attribute %s".formatted(node.operation(), name));
              } else if (!allowed.test(value)) {
                missing.add("%s with %s = %s".formatted(node.operation(), name, text(value)));
              }
            });
    return missing;
  }

  private static String text(Attribute value) {
    return switch (value) {
      case Attribute.Text(var text) -> text;
      case Attribute.Whole(var number) -> Long.toString(number);
      case Attribute.Number(var number) -> Float.toString(number);
      case Attribute.Unread(var kind) -> "a " + kind;
      default -> "a list";
    };
  }

  private static String nameOf(GraphNode node) {
    return node.name().isEmpty() && !node.outputs().isEmpty()
        ? node.outputs().getFirst()
        : node.name();
  }
}
