package org.pellucid.weights.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.weights.TensorInfo;

/** The networks whose parameters a conversion knows, so that it can tell whether all are there. */
enum Architecture {
  /** BERT in Hugging Face's names. */
  BERT("BERT", new BertLayout()),
  /** The classifier of homework 3 in 2021. */
  FOOD_2021(
      "food classifier (homework 3, 2021)",
      new ConvolutionalLayout("cnn_layers", "fc_layers", List.of(0, 4, 8), List.of(0, 2, 4))),
  /** The classifier of homework 3 in 2022. */
  FOOD_2022(
      "food classifier (homework 3, 2022)",
      new ConvolutionalLayout("cnn", "fc", List.of(0, 4, 8, 12, 16), List.of(0, 2, 4))),
  /** The classifier that homework 9 explains. */
  FOOD_EXPLAINED(
      "food classifier (homework 9)",
      new ConvolutionalLayout(
          "cnn", "fc", List.of(0, 3, 6, 10, 13, 16, 20, 23, 26, 30, 34), List.of(0, 3)));

  private final String title;
  private final ParameterLayout parameters;

  Architecture(String title, ParameterLayout parameters) {
    this.title = title;
    this.parameters = parameters;
  }

  /** The network that these tensors are the parameters of, if one is recognised. */
  static Optional<Architecture> of(Map<String, TensorInfo> tensors) {
    return List.of(values()).stream()
        .filter(architecture -> architecture.parameters.recognises(tensors))
        .findFirst();
  }

  String title() {
    return title;
  }

  /** What differs between the network's parameters and these tensors. */
  Mismatches mismatches(Map<String, TensorInfo> tensors) {
    var shapes = new LinkedHashMap<String, long[]>();
    tensors.forEach((name, info) -> shapes.put(name, info.shape()));
    return Mismatches.between(parameters.expected(tensors), shapes, parameters::isOptional);
  }
}
