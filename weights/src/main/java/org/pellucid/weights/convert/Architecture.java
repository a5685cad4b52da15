package org.pellucid.weights.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.pellucid.weights.TensorInfo;

/** The networks whose parameters a conversion knows, so that it can tell whether all are there. */
enum Architecture {
  /** BERT in Hugging Face's names. */
  BERT("BERT", List.of()) {
    @Override
    boolean recognises(Map<String, TensorInfo> tensors) {
      return tensors.containsKey(BertParameters.WORDS);
    }

    @Override
    SequencedMap<String, long[]> expected(Map<String, TensorInfo> tensors) {
      return BertParameters.expected(tensors);
    }

    @Override
    boolean isOptional(String name) {
      return BertParameters.isOptional(name);
    }
  },
  /** The classifier of homework 3 in 2021. */
  FOOD_2021("food classifier (homework 3, 2021)", List.of(0, 4, 8)) {
    @Override
    ConvolutionalParameters layout() {
      return new ConvolutionalParameters(
          "cnn_layers", "fc_layers", convolutions(), List.of(0, 2, 4));
    }
  },
  /** The classifier of homework 3 in 2022. */
  FOOD_2022("food classifier (homework 3, 2022)", List.of(0, 4, 8, 12, 16)) {
    @Override
    ConvolutionalParameters layout() {
      return new ConvolutionalParameters("cnn", "fc", convolutions(), List.of(0, 2, 4));
    }
  },
  /** The classifier that homework 9 explains. */
  FOOD_EXPLAINED("food classifier (homework 9)", List.of(0, 3, 6, 10, 13, 16, 20, 23, 26, 30, 34)) {
    @Override
    ConvolutionalParameters layout() {
      return new ConvolutionalParameters("cnn", "fc", convolutions(), List.of(0, 3));
    }
  };

  private final String title;
  private final List<Integer> convolutions;

  Architecture(String title, List<Integer> convolutions) {
    this.title = title;
    this.convolutions = convolutions;
  }

  /** The network that these tensors are the parameters of, if one is recognised. */
  static Optional<Architecture> of(Map<String, TensorInfo> tensors) {
    return List.of(values()).stream()
        .filter(architecture -> architecture.recognises(tensors))
        .findFirst();
  }

  String title() {
    return title;
  }

  List<Integer> convolutions() {
    return convolutions;
  }

  ConvolutionalParameters layout() {
    throw new UnsupportedOperationException(title + " is no convolutional network.");
  }

  /** Whether most of the network's parameters are there and none of another network's. */
  boolean recognises(Map<String, TensorInfo> tensors) {
    return layout().recognises(tensors);
  }

  /** The parameters that must be there, with their shapes. */
  SequencedMap<String, long[]> expected(Map<String, TensorInfo> tensors) {
    return layout().expected(tensors);
  }

  /** Whether a tensor may stand beside the expected ones. */
  boolean isOptional(String name) {
    return false;
  }

  /** What differs between the network's parameters and these tensors. */
  Mismatches mismatches(Map<String, TensorInfo> tensors) {
    var expected = expected(tensors);
    var shapes = new LinkedHashMap<String, long[]>();
    tensors.forEach((name, info) -> shapes.put(name, info.shape()));
    return Mismatches.between(expected, shapes, this::isOptional);
  }
}
