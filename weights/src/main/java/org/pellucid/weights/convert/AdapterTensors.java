package org.pellucid.weights.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The tensors of a low-rank adapter, by the plain names of the modules that they change.
 *
 * @param modules the matrices of each module
 * @param others tensors that replace or join the base's, by their names there
 */
record AdapterTensors(
    SequencedMap<String, Module> modules, SequencedMap<String, WeightTensor> others) {
  private static final Pattern PREFIX = Pattern.compile("^(?:base_model\\.model\\.)+");
  private static final Pattern PART =
      Pattern.compile(
          "(.+)\\.lora_(A|B|embedding_A|embedding_B|magnitude_vector)"
              + "(?:\\.(?!weight$|bias$)([^.]+))?(?:\\.(weight|bias))?");
  private static final Pattern KEPT_WHOLE = Pattern.compile("\\.modules_to_save\\.[^.]+\\.");

  /** Parts of the names that adapters of other kinds have. */
  private static final List<String> UNKNOWN =
      List.of(
          ".lora_",
          ".ia3_",
          ".hada_",
          ".lokr_",
          ".oft_",
          ".vera_",
          ".token_adapter.",
          "prompt_embeddings");

  /**
   * What changes one module.
   *
   * @param a {@code [rank, inputs]}
   * @param b {@code [outputs, rank]}
   * @param bias of {@code b}, {@code [outputs]}
   * @param magnitudes of the rows, {@code [outputs]}
   * @param isEmbedding whether the module is a table of embeddings, {@code [inputs, outputs]}
   */
  record Module(
      Optional<WeightTensor> a,
      Optional<WeightTensor> b,
      Optional<WeightTensor> bias,
      Optional<WeightTensor> magnitudes,
      boolean isEmbedding) {
    private static final Module EMPTY =
        new Module(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

    private Module with(String part, boolean isBias, WeightTensor tensor) {
      var given = Optional.of(tensor);
      return switch (part) {
        case "A" -> new Module(given, b, bias, magnitudes, isEmbedding);
        case "embedding_A" -> new Module(given, b, bias, magnitudes, true);
        case "B" ->
            isBias
                ? new Module(a, b, given, magnitudes, isEmbedding)
                : new Module(a, given, bias, magnitudes, isEmbedding);
        case "embedding_B" -> new Module(a, given, bias, magnitudes, true);
        default -> new Module(a, b, bias, given, isEmbedding);
      };
    }
  }

  /**
   * Sorts an adapter's tensors.
   *
   * @throws WeightsException if it holds several adapters, or a tensor of an unknown kind
   */
  static AdapterTensors of(Checkpoint adapter) {
    var modules = new LinkedHashMap<String, Module>();
    var others = new LinkedHashMap<String, WeightTensor>();
    var names = new TreeSet<String>();
    adapter
        .tensors()
        .forEach(
            (name, tensor) -> {
              var plain = PREFIX.matcher(name).replaceFirst("");
              var part = PART.matcher(plain);
              if (part.matches()) {
                names.add(Optional.ofNullable(part.group(3)).orElse("default"));
                var before = modules.getOrDefault(part.group(1), Module.EMPTY);
                var isBias = "bias".equals(part.group(4));
                modules.put(part.group(1), before.with(part.group(2), isBias, tensor));
              } else if (!plain.contains(".original_module.")) {
                checkKind(adapter, plain);
                others.put(
                    KEPT_WHOLE.matcher(plain).replaceFirst(".").replace(".base_layer.", "."),
                    tensor);
              }
            });
    if (names.size() > 1) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          adapter.file(),
          "the file holds several adapters, %s; save the one you want by itself",
          String.join(" and ", names));
    }
    return new AdapterTensors(modules, others);
  }

  private static void checkKind(Checkpoint adapter, String name) {
    if (UNKNOWN.stream().anyMatch(name::contains)) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          adapter.file(),
          "the adapter's tensor %s is of a kind that can't be merged; merge it with the library "
              + "that trained it and give the result",
          name);
    }
  }
}
