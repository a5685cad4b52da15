package org.pellucid.weights.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * Reads the initialisers of an ONNX model, whether their numbers lie in the file or in others
 * beside it.
 */
public final class OnnxFormat {
  private OnnxFormat() {}

  /** Whether the content is a model; a SavedModel's protobuf begins alike but holds no graph. */
  public static boolean recognises(MemorySegment content) {
    return OnnxModel.recognises(content);
  }

  /**
   * Reads a mapped file.
   *
   * @throws WeightsException if it breaks a rule of the format or a limit, or an external file lies
   *     outside of the model's directory
   */
  public static Checkpoint read(Path file, MemorySegment content, Arena arena, Limits limits) {
    var model = OnnxModel.parse(file, content, limits);
    var external = new ExternalFiles(file, arena, limits);
    var tensors = new LinkedHashMap<String, WeightTensor>();
    var metadata = new LinkedHashMap<>(model.metadata());
    for (var message : model.initialisers()) {
      var initialiser = Initialiser.parse(message);
      if (initialiser.isText()) {
        metadata.put(initialiser.name(), "text, not read");
      } else if (tensors.put(initialiser.name(), initialiser.tensor(external)) != null) {
        throw new WeightsException(
            Cause.INVALID_LAYOUT,
            message.place().of(initialiser.name()),
            "the initialiser %s stands in the model twice; the file is damaged",
            initialiser.name());
      }
    }
    if (tensors.isEmpty()) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT,
          FileLocation.in(file),
          "the model holds no initialisers, so no weights");
    }
    return new Checkpoint(file, "onnx", tensors, new LinkedHashMap<>(), metadata, arena);
  }
}
