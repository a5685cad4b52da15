package org.pellucid.weights.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.LinearWeight;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The names of BERT's parameters: from Google's TensorFlow checkpoints, from older PyTorch ones,
 * from modules that wrap a model and from ONNX models to those that Hugging Face uses today.
 *
 * <p>{@code bert/encoder/layer_3/attention/self/query/kernel} becomes {@code
 * bert.encoder.layer.3.attention.self.query.weight}, transposed, since TensorFlow stores {@code
 * [inputs, outputs]}; {@code gamma} and {@code beta} become {@code weight} and {@code bias}; what
 * an ONNX exporter left without a name gets that of the layer it works in. What stands before the
 * word embeddings' name beyond the model's own prefix, such as {@code _orig_mod.module.}, is left
 * out, and a model saved without a prefix gets its own. Heads are found under the same prefix or a
 * shorter one.
 *
 * <p>DistilBERT and ELECTRA are made of BERT's layers under prefixes, and partly under names, of
 * their own; {@link #asBert} gives them BERT's.
 */
public final class BertNames {
  private static final Pattern TENSORFLOW =
      Pattern.compile(
          "(?:module/)?((?:bert|cls|electra|discriminator_predictions|generator_predictions)"
              + "/(?!.*/(?:adam_m|adam_v)$).+|qa_outputs/.+)");
  private static final Pattern BARE = Pattern.compile("(?:embeddings|encoder\\.layer|pooler)\\..*");
  private static final String WRAPPER = "module.";

  private BertNames() {}

  /**
   * The same checkpoint with all names in Hugging Face's form; others stay as they are. What was
   * left out of the names is told in its notes.
   *
   * @throws WeightsException if two names become the same, or a kernel is not a matrix
   */
  public static Checkpoint huggingFace(Checkpoint checkpoint) {
    var dotted = dotted(checkpoint);
    var places = BertPlace.in(dotted.keySet());
    return withNotes(
        resolved(checkpoint, Renamed.tensors(renamed(checkpoint, dotted, places))), places);
  }

  /**
   * The same checkpoint with the names that BERT's parameters have at Hugging Face, also where it
   * holds a DistilBERT or an ELECTRA.
   *
   * @throws WeightsException if it holds two encoders or one of another family, two names become
   *     the same, or a kernel is not a matrix
   */
  public static Checkpoint asBert(Checkpoint checkpoint) {
    var dotted = dotted(checkpoint);
    var places = BertPlace.in(dotted.keySet());
    if (places.size() > 1) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          checkpoint.file(),
          "the file holds %d BERT models, whose names begin with %s; save the one you want by "
              + "itself",
          places.size(),
          places.stream()
              .map(place -> place.prefix().isEmpty() ? "embeddings" : place.prefix())
              .collect(Collectors.joining(" and ")));
    }
    if (places.isEmpty()) {
      BertPlace.other(dotted.keySet()).ifPresent(family -> refuse(checkpoint, family));
    }
    var renamed = Renamed.tensors(renamed(checkpoint, dotted, places));
    if (places.isEmpty()) {
      return resolved(checkpoint, renamed);
    }
    var kind = places.getFirst().kind();
    var result = new LinkedHashMap<String, WeightTensor>();
    renamed.forEach(
        (name, tensor) -> {
          var own = kind.ofBert(name);
          result.put(own, own.equals(name) ? tensor : tensor.named(own));
        });
    return withNotes(resolved(checkpoint, result), places);
  }

  /** What a graph tells of unnamed weights is in their names now. */
  private static Checkpoint resolved(
      Checkpoint checkpoint, SequencedMap<String, WeightTensor> tensors) {
    return checkpoint.withTensors(tensors).withLinearWeights(Map.of());
  }

  private static void refuse(Checkpoint checkpoint, String family) {
    throw new WeightsException(
        Cause.UNSUPPORTED,
        checkpoint.file(),
        "these are weights of the family %s, whose network is not BERT's; give a BERT, a "
            + "DistilBERT or an ELECTRA",
        family);
  }

  private static Checkpoint withNotes(Checkpoint checkpoint, List<BertPlace> places) {
    var all = new ArrayList<>(checkpoint.notes());
    all.addAll(notes(checkpoint, places));
    return checkpoint.withNotes(all);
  }

  private static List<String> notes(Checkpoint checkpoint, List<BertPlace> places) {
    return places.size() == 1 && !places.getFirst().wrapper().isEmpty()
        ? List.of(
            "The names of the parameters in %s begin with %s, which was left out."
                .formatted(checkpoint.file(), places.getFirst().wrapper()))
        : List.of();
  }

  static SequencedMap<String, Renamed> renamed(Checkpoint checkpoint) {
    var dotted = dotted(checkpoint);
    return renamed(checkpoint, dotted, BertPlace.in(dotted.keySet()));
  }

  /** What is to be said of the names that {@link #renamed(Checkpoint)} gives. */
  static List<String> notes(Checkpoint checkpoint) {
    return notes(checkpoint, BertPlace.in(dotted(checkpoint).keySet()));
  }

  private static SequencedMap<String, Renamed> renamed(
      Checkpoint checkpoint, SequencedMap<String, Renamed> dotted, List<BertPlace> places) {
    UnaryOperator<String> names =
        switch (places.size()) {
          case 0 -> BertNames::alone;
          case 1 -> places.getFirst()::unwrapped;
          default -> name -> name;
        };
    var result = new LinkedHashMap<String, Renamed>();
    for (var tensor : dotted.values()) {
      put(checkpoint, result, tensor.as(names.apply(tensor.name())));
    }
    return result;
  }

  /** The name of a parameter beside which there is no whole encoder. */
  private static String alone(String name) {
    var unwrapped = name.startsWith(WRAPPER) ? name.substring(WRAPPER.length()) : name;
    return BARE.matcher(unwrapped).matches() && !unwrapped.contains("albert_layer_groups")
        ? BertKind.BERT.prefix() + unwrapped
        : unwrapped;
  }

  /** Names with dots in place of TensorFlow's slashes, and parameters' names of today. */
  private static SequencedMap<String, Renamed> dotted(Checkpoint checkpoint) {
    var graph = checkpoint.linearWeights();
    var result = new LinkedHashMap<String, Renamed>();
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) ->
                put(
                    checkpoint,
                    result,
                    graph.containsKey(name)
                        ? fromGraph(graph.get(name), tensor)
                        : dotted(checkpoint, name, tensor)));
    return result;
  }

  private static void put(
      Checkpoint checkpoint, SequencedMap<String, Renamed> result, Renamed renamed) {
    if (result.put(renamed.name(), renamed) != null) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          FileLocation.in(checkpoint.file()).of(renamed.from().name()),
          "%s and another tensor both become %s; keep only one of them",
          renamed.from().name(),
          renamed.name());
    }
  }

  private static Renamed fromGraph(LinearWeight weight, WeightTensor tensor) {
    var name = fromPyTorch(weight.name());
    return weight.isTransposed() ? Renamed.transposed(tensor, name) : Renamed.kept(tensor, name);
  }

  private static Renamed dotted(Checkpoint checkpoint, String name, WeightTensor tensor) {
    var matcher = TENSORFLOW.matcher(name);
    return matcher.matches()
        ? fromTensorFlow(checkpoint, matcher.group(1), tensor)
        : Renamed.kept(tensor, fromPyTorch(name));
  }

  private static Renamed fromTensorFlow(Checkpoint checkpoint, String name, WeightTensor tensor) {
    var dotted =
        name.replaceFirst("^cls/squad/", "qa_outputs/")
            .replace("/layer_", "/layer/")
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
    return name.replaceAll("LayerNorm\\.gamma$", "LayerNorm.weight")
        .replaceAll("LayerNorm\\.beta$", "LayerNorm.bias");
  }
}
