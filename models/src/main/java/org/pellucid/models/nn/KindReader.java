package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.models.nn.ActivationFunction.ExponentialLinear;
import org.pellucid.models.nn.ActivationFunction.LeakyRectifier;
import org.pellucid.models.nn.ActivationFunction.Plain;
import org.pellucid.models.nn.LayerKind.Extent;

/**
 * Reads what a layer does from its fields. PyTorch's names of modules and arguments are understood
 * beside the description's own.
 */
final class KindReader {
  /** The kinds as docs/networks.md spells them. */
  static final List<String> KINDS =
      List.of(
          "convolution",
          "batch-norm",
          "relu",
          "leaky-relu",
          "elu",
          "relu6",
          "sigmoid",
          "tanh",
          "gelu",
          "silu",
          "hard-swish",
          "hard-sigmoid",
          "softmax",
          "max-pool",
          "average-pool",
          "adaptive-max-pool",
          "adaptive-average-pool",
          "global-max-pool",
          "global-average-pool",
          "flatten",
          "dropout",
          "linear",
          "add",
          "concat");

  private KindReader() {}

  /**
   * Reads a layer's kind.
   *
   * @throws IllegalArgumentException if it is unknown or a field is wrong
   */
  static LayerKind read(DescriptionFields fields) {
    var kind = fields.text("kind").orElse(fields.has("add") ? "add" : "");
    check(!kind.isEmpty(), "%s has no kind", fields.owner());
    try {
      return read(kind, fields);
    } catch (IllegalArgumentException e) {
      var message = e.getMessage();
      throw message.startsWith(fields.owner())
          ? e
          : new IllegalArgumentException(fields.owner() + ": " + message, e);
    }
  }

  private static LayerKind read(String kind, DescriptionFields fields) {
    return switch (kind.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "")) {
      case "convolution", "conv", "conv2d" -> convolution(fields);
      case "batchnorm", "batchnorm2d", "batchnorm1d" -> batchNorm(fields);
      case "relu" -> plain(new LayerKind.Relu(), fields);
      case "softmax" -> softmax(fields);
      case "maxpool", "maxpool2d" -> maxPool(fields);
      case "averagepool", "avgpool", "avgpool2d" -> averagePool(fields);
      case "adaptivemaxpool", "adaptivemaxpool2d" -> adaptivePool(true, fields);
      case "adaptiveaveragepool", "adaptiveavgpool", "adaptiveavgpool2d" ->
          adaptivePool(false, fields);
      case "globalmaxpool" -> new LayerKind.AdaptivePool(true, Extent.ONE);
      case "globalaveragepool", "globalavgpool" -> new LayerKind.AdaptivePool(false, Extent.ONE);
      case "flatten" -> new LayerKind.Flatten();
      case "dropout", "dropout2d" -> dropout(fields);
      case "linear" -> linear(fields);
      case "add" -> new LayerKind.Add();
      case "concat", "concatenate", "cat" -> new LayerKind.Concatenate();
      default ->
          activation(kind.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", ""), fields)
              .<LayerKind>map(LayerKind.Activation::new)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "%s is of the unknown kind %s; the kinds are %s."
                              .formatted(fields.owner(), kind, String.join(", ", KINDS))));
    };
  }

  private static Optional<ActivationFunction> activation(String kind, DescriptionFields fields) {
    fields.ignore("inplace");
    return switch (kind) {
      case "leakyrelu" -> {
        var slope = fields.number(LeakyRectifier.PYTORCH_SLOPE, "slope", "negative_slope");
        yield Optional.of(new LeakyRectifier(fromZero(slope)));
      }
      case "elu" -> {
        var alpha = fields.number(ExponentialLinear.PYTORCH_ALPHA, "alpha");
        yield Optional.of(new ExponentialLinear(fromZero(alpha)));
      }
      case "sigmoid" -> Optional.of(Plain.SIGMOID);
      case "tanh" -> Optional.of(Plain.TANH);
      case "gelu" -> Optional.of(gelu(fields));
      case "silu", "swish" -> Optional.of(Plain.SILU);
      case "relu6" -> Optional.of(Plain.RELU6);
      case "hardswish" -> Optional.of(Plain.HARD_SWISH);
      case "hardsigmoid" -> Optional.of(Plain.HARD_SIGMOID);
      default -> Optional.empty();
    };
  }

  private static double fromZero(double value) {
    check(value >= 0, "its slope or alpha %s is negative", value);
    return value;
  }

  private static Plain gelu(DescriptionFields fields) {
    var form = fields.text("approximate").orElse("none");
    check(
        form.equals("none") || form.equals("tanh"),
        "its approximate %s is neither none nor tanh",
        form);
    return form.equals("tanh") ? Plain.TANH_GELU : Plain.GELU;
  }

  private static LayerKind plain(LayerKind kind, DescriptionFields fields) {
    fields.ignore("inplace");
    return kind;
  }

  private static LayerKind softmax(DescriptionFields fields) {
    var axis = fields.number(1, "dim");
    check(axis == 1 || axis == -1, "a softmax is over the classes, dim 1");
    return new LayerKind.Softmax();
  }

  private static LayerKind convolution(DescriptionFields fields) {
    fields.ignore("in_channels");
    return new LayerKind.Convolution(
        fields.integer(0, "outputs", "out_channels"),
        fields.extent("size", "kernel_size").filter(Extent::isPositive),
        fields.extent("stride").filter(Extent::isPositive).orElse(Extent.ONE),
        fields.extent("padding").orElse(Extent.ZERO),
        fields.extent("dilation").orElse(Extent.ONE),
        fields.integer(0, "groups"),
        fields.flag("bias"));
  }

  private static LayerKind batchNorm(DescriptionFields fields) {
    fields.ignore("num_features");
    var epsilon = fields.number(0, "epsilon", "eps");
    check(epsilon >= 0, "its epsilon %s is negative", epsilon);
    return new LayerKind.BatchNorm(epsilon > 0 ? epsilon : LayerKind.BatchNorm.PYTORCH_EPSILON);
  }

  private static SlidingWindow window(DescriptionFields fields) {
    var size = fields.extent("size", "kernel_size").orElse(Extent.ZERO);
    check(size.isPositive(), "a pooling needs a size of at least 1");
    var stride = fields.extent("stride").filter(Extent::isPositive).orElse(size);
    var padding = fields.extent("padding").orElse(Extent.ZERO);
    var window =
        new SlidingWindow(
            size.height(),
            size.width(),
            stride.height(),
            stride.width(),
            padding.height(),
            padding.width());
    return fields.flag("ceil", "ceil_mode").orElse(false) ? window.roundedUp() : window;
  }

  private static LayerKind maxPool(DescriptionFields fields) {
    var dilation = fields.extent("dilation").orElse(Extent.ONE);
    check(dilation.equals(Extent.ONE), "a pooling can't be dilated");
    return new LayerKind.MaxPool(window(fields));
  }

  private static LayerKind averagePool(DescriptionFields fields) {
    return new LayerKind.AveragePool(
        window(fields), fields.flag("countPadding", "count_include_pad").orElse(true));
  }

  private static LayerKind adaptivePool(boolean largest, DescriptionFields fields) {
    var size = fields.extent("size", "output_size");
    check(size.isPresent(), "an adaptive pooling needs the size of its output");
    return new LayerKind.AdaptivePool(largest, size.get());
  }

  private static LayerKind dropout(DescriptionFields fields) {
    fields.ignore("inplace");
    var probability = fields.number(0, "probability", "p");
    check(probability >= 0 && probability < 1, "its probability %s is not in 0..1", probability);
    return new LayerKind.Dropout(
        probability > 0 ? probability : LayerKind.Dropout.PYTORCH_PROBABILITY);
  }

  private static LayerKind linear(DescriptionFields fields) {
    fields.ignore("in_features");
    return new LayerKind.Linear(fields.integer(0, "outputs", "out_features"), fields.flag("bias"));
  }
}
