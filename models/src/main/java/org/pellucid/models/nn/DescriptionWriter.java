package org.pellucid.models.nn;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.ActivationFunction.ExponentialLinear;
import org.pellucid.models.nn.ActivationFunction.LeakyRectifier;
import org.pellucid.models.nn.ActivationFunction.Plain;
import org.pellucid.models.nn.LayerKind.Extent;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;
import org.pellucid.weights.AtomicFile;

/** Writes network descriptions; what {@link DescriptionReader} takes for granted is left out. */
final class DescriptionWriter {
  private DescriptionWriter() {}

  /**
   * Writes a file, which appears under its name only when it is whole.
   *
   * @throws ModelFileException if it can't be written
   */
  static void write(NetworkDescription description, Path file) {
    var mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    var json = json(description);
    try {
      AtomicFile.write(file, target -> mapper.writeValue(target.toFile(), json));
    } catch (IOException e) {
      throw new ModelFileException(
          "The network description %s can't be written (%s); check the directory's permissions."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static ObjectNode json(NetworkDescription description) {
    var json = JsonNodeFactory.instance.objectNode();
    integer(json, "inputChannels", description.inputChannels(), 0);
    integer(json, "inputHeight", description.inputHeight(), 0);
    integer(json, "inputWidth", description.inputWidth(), 0);
    description
        .normalisation()
        .ifPresent(
            constants -> {
              constants.mean().forEach(json.withArray("mean")::add);
              constants.std().forEach(json.withArray("std")::add);
            });
    var layers = json.putArray("layers");
    description.layers().forEach(layer -> layers.add(json(layer)));
    return json;
  }

  private static ObjectNode json(LayerDescription layer) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("name", layer.name());
    add(json, layer.kind());
    if (layer.kind().joins()) {
      layer.inputs().forEach(json.withArray("inputs")::add);
    } else {
      layer.inputs().forEach(name -> json.put("input", name));
    }
    return json;
  }

  private static void add(ObjectNode json, LayerKind kind) {
    switch (kind) {
      case LayerKind.Convolution convolution -> add(json, convolution);
      case LayerKind.BatchNorm(var epsilon) ->
          json.put("kind", "batch-norm").put("epsilon", epsilon);
      case LayerKind.Relu() -> json.put("kind", "relu");
      case LayerKind.Activation(var function) -> add(json, function);
      case LayerKind.Softmax() -> json.put("kind", "softmax");
      case LayerKind.MaxPool(var window) -> add(json.put("kind", "max-pool"), window);
      case LayerKind.AveragePool(var window, var countsPadding) -> {
        add(json.put("kind", "average-pool"), window);
        if (!countsPadding) {
          json.put("countPadding", false);
        }
      }
      case LayerKind.AdaptivePool(var largest, var size) -> add(json, largest, size);
      case LayerKind.Flatten() -> json.put("kind", "flatten");
      case LayerKind.Dropout(var probability) ->
          json.put("kind", "dropout").put("probability", probability);
      case LayerKind.Linear(var outputs, var bias) -> {
        integer(json.put("kind", "linear"), "outputs", outputs, 0);
        bias.filter(has -> !has).ifPresent(has -> json.put("bias", has));
      }
      case LayerKind.Add() -> json.put("kind", "add");
      case LayerKind.Concatenate() -> json.put("kind", "concat");
      case LayerKind.Normalise() -> json.put("kind", "normalise");
    }
  }

  private static void add(ObjectNode json, LayerKind.Convolution convolution) {
    json.put("kind", "convolution");
    integer(json, "outputs", convolution.outputs(), 0);
    convolution.size().ifPresent(size -> extent(json, "size", size, Extent.ZERO));
    extent(json, "stride", convolution.stride(), Extent.ONE);
    extent(json, "padding", convolution.padding(), Extent.ZERO);
    extent(json, "dilation", convolution.dilation(), Extent.ONE);
    integer(json, "groups", convolution.groups(), 0);
    convolution.bias().filter(has -> !has).ifPresent(has -> json.put("bias", has));
  }

  private static void add(ObjectNode json, SlidingWindow window) {
    var size = new Extent(window.height(), window.width());
    extent(json, "size", size, Extent.ZERO);
    extent(json, "stride", new Extent(window.strideHeight(), window.strideWidth()), size);
    extent(json, "padding", new Extent(window.paddingHeight(), window.paddingWidth()), Extent.ZERO);
    if (window.ceiling()) {
      json.put("ceil", true);
    }
  }

  private static void add(ObjectNode json, boolean largest, Extent size) {
    var pooling = largest ? "max-pool" : "average-pool";
    if (size.equals(Extent.ONE)) {
      json.put("kind", "global-" + pooling);
    } else {
      extent(json.put("kind", "adaptive-" + pooling), "size", size, Extent.ZERO);
    }
  }

  private static void add(ObjectNode json, ActivationFunction function) {
    switch (function) {
      case LeakyRectifier(var slope) -> json.put("kind", "leaky-relu").put("slope", slope);
      case ExponentialLinear(var alpha) -> json.put("kind", "elu").put("alpha", alpha);
      case Plain.SIGMOID -> json.put("kind", "sigmoid");
      case Plain.TANH -> json.put("kind", "tanh");
      case Plain.GELU -> json.put("kind", "gelu");
      case Plain.TANH_GELU -> json.put("kind", "gelu").put("approximate", "tanh");
      case Plain.SILU -> json.put("kind", "silu");
      case Plain.RELU6 -> json.put("kind", "relu6");
      case Plain.HARD_SWISH -> json.put("kind", "hard-swish");
      case Plain.HARD_SIGMOID -> json.put("kind", "hard-sigmoid");
    }
  }

  private static void integer(ObjectNode json, String name, int value, int usual) {
    if (value != usual) {
      json.put(name, value);
    }
  }

  private static void extent(ObjectNode json, String name, Extent value, Extent usual) {
    if (value.equals(usual)) {
      return;
    }
    if (value.height() == value.width()) {
      json.put(name, value.height());
    } else {
      json.putArray(name).add(value.height()).add(value.width());
    }
  }
}
