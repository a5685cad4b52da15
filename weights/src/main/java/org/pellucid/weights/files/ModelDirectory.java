package org.pellucid.weights.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/** A directory that holds a model's weights under one of the usual names. */
final class ModelDirectory {
  /** In order of preference. */
  private static final List<String> USUAL_NAMES =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json",
          "adapter_model.safetensors",
          "adapter_model.bin",
          "variables/variables.index",
          "model.ckpt.index",
          "bert_model.ckpt.index",
          "model.onnx");

  private ModelDirectory() {}

  /**
   * The file with the weights in a directory.
   *
   * @throws WeightsException if none of the usual names is there
   */
  static Path weightsIn(Path directory) {
    return USUAL_NAMES.stream()
        .map(directory::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new WeightsException(
                    Cause.UNKNOWN_FORMAT,
                    directory,
                    "the directory holds neither model.safetensors, pytorch_model.bin nor a "
                        + "SavedModel; name a directory that does, or a file"));
  }
}
