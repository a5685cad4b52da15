package org.pellucid.bench.graph;

import java.util.List;
import java.util.Map;
import org.pellucid.bench.work.FoodParameters;
import org.pellucid.bench.work.Numbers;

/**
 * Image classifiers as PyTorch exports them: batch normalisations are in the convolutions' weights,
 * which are drawn as He et al. (2015) initialise them, with small biases. The food classifier has
 * its own weights.
 */
final class ImageGraph {
  private static final String INPUT = GraphFile.IMAGES;
  private static final String OUTPUT = GraphFile.LOGITS;
  private static final int CLASSES = 1000;

  private final GraphWriter graph = new GraphWriter();
  private int layers;

  private ImageGraph() {}

  /** He et al., "Deep Residual Learning for Image Recognition", 2016, with 18 layers. */
  static GraphWriter resnet18() {
    var network = new ImageGraph();
    network.graph.images(INPUT, "batch", 3, 224, 224);
    var x = network.relu(network.convolution(INPUT, 3, 64, 7, 2, 1, 2));
    x =
        network.graph.node(
            "MaxPool",
            List.of(x),
            GraphWriter.attribute("kernel_shape", new long[] {3, 3}),
            GraphWriter.attribute("pads", new long[] {1, 1, 1, 1}),
            GraphWriter.attribute("strides", new long[] {2, 2}));
    var channels = 64;
    for (var filters : new int[] {64, 128, 256, 512}) {
      x = network.residual(x, channels, filters, filters == 64 ? 1 : 2);
      x = network.residual(x, filters, filters, 1);
      channels = filters;
    }
    return network.classes(x, channels);
  }

  private String residual(String x, int channels, int filters, int stride) {
    var inner = relu(convolution(x, channels, filters, 3, stride, 1, 2));
    var changed = convolution(inner, filters, filters, 3, 1, 1, 1);
    var kept = channels == filters ? x : convolution(x, channels, filters, 1, stride, 1, 1);
    return relu(graph.node("Add", List.of(changed, kept)));
  }

  /** Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018. */
  static GraphWriter mobilenet2() {
    // Expansion, filters, repetitions and the first's stride, the paper's table 2.
    int[][] stages = {
      {1, 16, 1, 1},
      {6, 24, 2, 2},
      {6, 32, 3, 2},
      {6, 64, 4, 2},
      {6, 96, 3, 1},
      {6, 160, 3, 2},
      {6, 320, 1, 1}
    };
    var network = new ImageGraph();
    network.graph.images(INPUT, "batch", 3, 224, 224);
    network.graph.number("zero", 0);
    network.graph.number("six", 6);
    var x = network.relu6(network.convolution(INPUT, 3, 32, 3, 2, 1, 2));
    var channels = 32;
    for (var stage : stages) {
      for (var i = 0; i < stage[2]; i++) {
        x = network.bottleneck(x, channels, stage[1], stage[0], i == 0 ? stage[3] : 1);
        channels = stage[1];
      }
    }
    x = network.relu6(network.convolution(x, channels, 1280, 1, 1, 1, 2));
    return network.classes(x, 1280);
  }

  private String bottleneck(String x, int channels, int filters, int expansion, int stride) {
    var wide = channels * expansion;
    var expanded = expansion == 1 ? x : relu6(convolution(x, channels, wide, 1, 1, 1, 2));
    var moved = relu6(convolution(expanded, wide, wide, 3, stride, wide, 2));
    var narrow = convolution(moved, wide, filters, 1, 1, 1, 1);
    return stride == 1 && channels == filters ? graph.node("Add", List.of(x, narrow)) : narrow;
  }

  /** The homework's classifier of food. */
  static GraphWriter food() {
    var parameters = FoodParameters.folded();
    var network = new ImageGraph();
    var graph = network.graph;
    graph.images(INPUT, "batch", 3, 128, 128);
    var x = INPUT;
    var layer = 0;
    for (var convolutions : FoodParameters.stacks()) {
      for (var i = 0; i < convolutions; i++) {
        x =
            network.relu(
                network.window(x, network.parameters(parameters, "cnn." + layer), 3, 1, 1));
        layer += 3;
      }
      x =
          graph.node(
              "MaxPool",
              List.of(x),
              GraphWriter.attribute("kernel_shape", new long[] {2, 2}),
              GraphWriter.attribute("strides", new long[] {2, 2}));
      layer++;
    }
    x = graph.node("Flatten", List.of(x), GraphWriter.attribute("axis", 1));
    x = network.relu(network.product(x, network.parameters(parameters, "fc.0")));
    return network.finished(x, network.parameters(parameters, "fc.3"));
  }

  private List<String> parameters(Map<String, FoodParameters.Parameter> parameters, String layer) {
    return List.of(layer + ".weight", layer + ".bias").stream()
        .map(
            name -> {
              var parameter = parameters.get(name);
              return graph.floats(name, parameter::values, parameter.shape());
            })
        .toList();
  }

  /**
   * A convolution with new weights.
   *
   * @param gain by how much it scales the mean of squares: 2 before a ReLU, which halves it
   */
  private String convolution(
      String x, int channels, int filters, int side, int stride, int groups, double gain) {
    var name = "conv." + layers++;
    var length = channels / groups * side * side;
    var weight =
        graph.floats(
            name + ".weight",
            () ->
                Numbers.centred(name.hashCode(), (long) filters * length, Math.sqrt(gain / length)),
            filters,
            channels / groups,
            side,
            side);
    var bias =
        graph.floats(
            name + ".bias", () -> Numbers.centred(name.hashCode() + 1, filters, 0.02), filters);
    return window(x, List.of(weight, bias), side, stride, groups);
  }

  private String window(String x, List<String> parameters, int side, int stride, int groups) {
    var pad = side / 2;
    return graph.node(
        "Conv",
        List.of(x, parameters.get(0), parameters.get(1)),
        GraphWriter.attribute("dilations", new long[] {1, 1}),
        GraphWriter.attribute("group", groups),
        GraphWriter.attribute("kernel_shape", new long[] {side, side}),
        GraphWriter.attribute("pads", new long[] {pad, pad, pad, pad}),
        GraphWriter.attribute("strides", new long[] {stride, stride}));
  }

  private String relu(String x) {
    return graph.node("Relu", List.of(x));
  }

  private String relu6(String x) {
    return graph.node("Clip", List.of(x, "zero", "six"));
  }

  private String product(String x, List<String> parameters) {
    return graph.node(
        "Gemm",
        List.of(x, parameters.get(0), parameters.get(1)),
        GraphWriter.attribute("transB", 1));
  }

  private GraphWriter classes(String x, int channels) {
    var means = graph.node("GlobalAveragePool", List.of(x));
    var flat = graph.node("Flatten", List.of(means), GraphWriter.attribute("axis", 1));
    var weight =
        graph.floats(
            "fc.weight",
            () -> Numbers.centred(20, (long) CLASSES * channels, 1 / Math.sqrt(channels)),
            CLASSES,
            channels);
    var bias = graph.floats("fc.bias", () -> Numbers.centred(21, CLASSES, 0.02), CLASSES);
    return finished(flat, List.of(weight, bias));
  }

  private GraphWriter finished(String x, List<String> parameters) {
    graph.node("Identity", List.of(product(x, parameters)), OUTPUT);
    graph.output(OUTPUT, List.of("batch", "classes"));
    return graph;
  }
}
