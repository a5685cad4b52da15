package org.pellucid.weights.onnx;

import java.util.LinkedHashMap;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightFormat;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The initialisers of an ONNX model, whether their numbers lie in the file or in others beside it;
 * with the layers that its graph gives to those without a name of their own.
 */
public final class OnnxFormat implements WeightFormat {
  /** Whether the content is a model; a SavedModel's protobuf begins alike but holds no graph. */
  @Override
  public boolean recognises(MappedFile file) {
    return OnnxModel.recognises(file.content());
  }

  /**
   * Reads a mapped file.
   *
   * @throws WeightsException if it breaks a rule of the format or a limit, or an external file lies
   *     outside of the model's directory
   */
  @Override
  public Checkpoint read(MappedFile file) {
    var model = OnnxModel.parse(file);
    var tensors = model.tensors();
    var metadata = new LinkedHashMap<>(model.metadata());
    model.texts().forEach(name -> metadata.put(name, "text, not read"));
    if (tensors.isEmpty()) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT, file.file(), "the model holds no initialisers, so no weights");
    }
    return new Checkpoint(file, "onnx", tensors)
        .withMetadata(metadata)
        .withLinearWeights(new OnnxGraph(model.nodes(), tensors.keySet()).linearWeights());
  }
}
