package org.pellucid.weights.convert;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The names of BERT's parameters: from Google's TensorFlow checkpoints and from older PyTorch ones
 * to those that Hugging Face uses today.
 *
 * <p>{@code bert/encoder/layer_3/attention/self/query/kernel} becomes {@code
 * bert.encoder.layer.3.attention.self.query.weight}, transposed, since TensorFlow stores {@code
 * [inputs, outputs]}; {@code gamma} and {@code beta} become {@code weight} and {@code bias}.
 */
public final class BertNames {
  private static final Pattern TENSORFLOW =
      Pattern.compile("(?:module/)?((?:bert|cls)/(?!.*/(?:adam_m|adam_v)$).+|qa_outputs/.+)");
  private static final String WRAPPER = "module.";

  private BertNames() {}

  /**
   * The same checkpoint with all names in Hugging Face's form; others stay as they are.
   *
   * @throws WeightsException if two names become the same, or a kernel is no matrix
   */
  public static Checkpoint huggingFace(Checkpoint checkpoint) {
    return checkpoint.with(tensors -> renamed(checkpoint, tensors));
  }

  private static SequencedMap<String, WeightTensor> renamed(
      Checkpoint checkpoint, SequencedMap<String, WeightTensor> tensors) {
    var result = new LinkedHashMap<String, WeightTensor>();
    tensors.forEach(
        (name, tensor) -> {
          var matcher = TENSORFLOW.matcher(name);
          var renamed =
              matcher.matches()
                  ? fromTensorFlow(checkpoint, matcher.group(1), tensor)
                  : tensor.named(fromOldPyTorch(name));
          if (result.put(renamed.info().name(), renamed) != null) {
            throw new WeightsException(
                Cause.INVALID_LAYOUT,
                checkpoint.file(),
                "%s and another tensor both become %s; keep only one of them",
                name,
                renamed.info().name());
          }
        });
    return result;
  }

  private static WeightTensor fromTensorFlow(
      Checkpoint checkpoint, String name, WeightTensor tensor) {
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
          checkpoint.file(),
          "the kernel %s is no matrix, so this is no BERT",
          tensor.info());
    }
    return isKernel
        ? new TransposedTensor(dotted.replaceAll("\\.kernel$", ".weight"), tensor)
        : tensor.named(dotted);
  }

  private static String fromOldPyTorch(String name) {
    var bare = name.startsWith(WRAPPER) ? name.substring(WRAPPER.length()) : name;
    return bare.replaceAll("LayerNorm\\.gamma$", "LayerNorm.weight")
        .replaceAll("LayerNorm\\.beta$", "LayerNorm.bias");
  }
}
