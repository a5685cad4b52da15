package org.pellucid.weights.convert;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.LinearWeight;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The names of BERT's parameters: from Google's TensorFlow checkpoints, from older PyTorch ones and
 * from ONNX models to those that Hugging Face uses today.
 *
 * <p>{@code bert/encoder/layer_3/attention/self/query/kernel} becomes {@code
 * bert.encoder.layer.3.attention.self.query.weight}, transposed, since TensorFlow stores {@code
 * [inputs, outputs]}; {@code gamma} and {@code beta} become {@code weight} and {@code bias}; what
 * an ONNX exporter left without a name gets that of the layer it works in.
 */
public final class BertNames {
  private static final Pattern TENSORFLOW =
      Pattern.compile("(?:module/)?((?:bert|cls)/(?!.*/(?:adam_m|adam_v)$).+|qa_outputs/.+)");
  private static final Pattern BARE = Pattern.compile("(?:embeddings|encoder\\.layer|pooler)\\..*");
  private static final String WRAPPER = "module.";
  private static final String MODEL = "bert.";

  private BertNames() {}

  /**
   * The same checkpoint with all names in Hugging Face's form; others stay as they are.
   *
   * @throws WeightsException if two names become the same, or a kernel is not a matrix
   */
  public static Checkpoint huggingFace(Checkpoint checkpoint) {
    return checkpoint.withTensors(Renamed.tensors(renamed(checkpoint)));
  }

  static SequencedMap<String, Renamed> renamed(Checkpoint checkpoint) {
    var graph = checkpoint.linearWeights();
    var result = new LinkedHashMap<String, Renamed>();
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) -> {
              var renamed =
                  graph.containsKey(name)
                      ? fromGraph(graph.get(name), tensor)
                      : renamed(checkpoint, name, tensor);
              if (result.put(renamed.name(), renamed) != null) {
                throw new WeightsException(
                    Cause.INVALID_LAYOUT,
                    FileLocation.in(checkpoint.file()).of(name),
                    "%s and another tensor both become %s; keep only one of them",
                    name,
                    renamed.name());
              }
            });
    return result;
  }

  private static Renamed fromGraph(LinearWeight weight, WeightTensor tensor) {
    var name = fromPyTorch(weight.name());
    return weight.isTransposed() ? Renamed.transposed(tensor, name) : Renamed.kept(tensor, name);
  }

  private static Renamed renamed(Checkpoint checkpoint, String name, WeightTensor tensor) {
    var matcher = TENSORFLOW.matcher(name);
    return matcher.matches()
        ? fromTensorFlow(checkpoint, matcher.group(1), tensor)
        : Renamed.kept(tensor, fromPyTorch(name));
  }

  private static Renamed fromTensorFlow(Checkpoint checkpoint, String name, WeightTensor tensor) {
    var dotted =
        name.replace("/layer_", "/layer/")
            .replace('/', '.')
            .replaceAll("\\.output_bias$", ".bias")
            .replaceAll("\\.output_weights$", ".weight")
            .replaceAll("\\.gamma$", ".weight")
            .replaceAll("\\.beta$", ".bias")
            .replaceAll("_embeddings$", "_embeddings.weight");
    var isKernel = dotted.endsWith(".kernel");
    if (isKernel && tensor.info().shape().length != 2) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          FileLocation.in(checkpoint.file()).of(tensor.info().name()),
          "the kernel %s is not a matrix, so this is not a BERT",
          tensor.info());
    }
    return isKernel
        ? Renamed.transposed(tensor, dotted.replaceAll("\\.kernel$", ".weight"))
        : Renamed.kept(tensor, dotted);
  }

  private static String fromPyTorch(String name) {
    var unwrapped = name.startsWith(WRAPPER) ? name.substring(WRAPPER.length()) : name;
    var whole = BARE.matcher(unwrapped).matches() ? MODEL + unwrapped : unwrapped;
    return whole
        .replaceAll("LayerNorm\\.gamma$", "LayerNorm.weight")
        .replaceAll("LayerNorm\\.beta$", "LayerNorm.bias");
  }
}
