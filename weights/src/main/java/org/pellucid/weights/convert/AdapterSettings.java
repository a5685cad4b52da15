package org.pellucid.weights.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * How a low-rank adapter is to be merged, as PEFT's {@code adapter_config.json} beside it or the
 * adapter's own metadata ({@code lora_alpha} or {@code alpha}, {@code r} or {@code rank}) tell.
 *
 * @param source the file that tells it
 * @param base the model that the adapter was trained over ({@code base_model_name_or_path})
 * @param rank of modules that no pattern names ({@code r})
 * @param alpha of modules that no pattern names ({@code lora_alpha})
 * @param ranks other ranks by the end of a module's name ({@code rank_pattern})
 * @param alphas other alphas by the end of a module's name ({@code alpha_pattern})
 * @param dividesByRoot whether alpha is divided by the rank's square root ({@code use_rslora})
 * @param isTransposed whether the base stores {@code [inputs, outputs]} ({@code fan_in_fan_out})
 * @param hasMagnitudes whether each module has a vector of magnitudes ({@code use_dora})
 */
record AdapterSettings(
    Path source,
    Optional<String> base,
    double rank,
    double alpha,
    Map<String, Double> ranks,
    Map<String, Double> alphas,
    boolean dividesByRoot,
    boolean isTransposed,
    boolean hasMagnitudes) {
  static final String FILE = "adapter_config.json";

  private static final long LARGEST = 1 << 20;

  /** Ways to begin that change the base itself, so that the adapter means nothing over another. */
  private static final Set<String> CHANGED_BASES =
      Set.of("pissa", "olora", "corda", "loftq", "lora_ga");

  /**
   * The settings that belong to an adapter.
   *
   * @throws WeightsException if neither a configuration nor metadata tell alpha and rank, or they
   *     describe an adapter that can't be merged by adding matrices
   */
  static AdapterSettings of(Checkpoint adapter) {
    var file = adapter.file().toAbsolutePath().resolveSibling(FILE);
    return Files.isRegularFile(file) ? read(file) : fromMetadata(adapter);
  }

  private static AdapterSettings fromMetadata(Checkpoint adapter) {
    var told = adapter.metadata();
    var alpha = told.getOrDefault("lora_alpha", told.getOrDefault("alpha", ""));
    var rank = told.getOrDefault("r", told.getOrDefault("rank", ""));
    try {
      return new AdapterSettings(
          adapter.file(),
          Optional.empty(),
          positive(adapter.file(), "rank", Double.parseDouble(rank)),
          positive(adapter.file(), "alpha", Double.parseDouble(alpha)),
          Map.of(),
          Map.of(),
          false,
          false,
          false);
    } catch (NumberFormatException e) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          e,
          adapter.file(),
          "the adapter doesn't give its alpha and rank; put its adapter_config.json beside it");
    }
  }

  /**
   * Reads an {@code adapter_config.json}.
   *
   * @throws WeightsException if it can't be read or describes another kind of adapter
   */
  static AdapterSettings read(Path file) {
    var root = object(file);
    check(file, root);
    return new AdapterSettings(
        file,
        Optional.ofNullable(root.path("base_model_name_or_path").textValue())
            .filter(name -> !name.isBlank()),
        number(file, root, "r"),
        number(file, root, "lora_alpha"),
        pattern(file, root, "rank_pattern"),
        pattern(file, root, "alpha_pattern"),
        root.path("use_rslora").asBoolean(),
        root.path("fan_in_fan_out").asBoolean(),
        root.path("use_dora").asBoolean());
  }

  private static JsonNode object(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        throw new WeightsException(
            Cause.LIMIT, file, "the adapter's configuration is larger than %d bytes", LARGEST);
      }
      var root = JsonMapper.builder().build().readTree(Files.readAllBytes(file));
      if (root.isObject()) {
        return root;
      }
      throw new WeightsException(
          Cause.INVALID_HEADER, file, "the adapter's configuration is not a JSON object");
    } catch (IOException e) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          e,
          file,
          "the adapter's configuration can't be read (%s); download it again",
          e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private static void check(Path file, JsonNode root) {
    var type = root.path("peft_type").asText("LORA");
    if (!type.equals("LORA")) {
      throw unsupported(file, "an adapter of the type " + type);
    }
    var beginning = root.path("init_lora_weights").asText("");
    if (CHANGED_BASES.stream().anyMatch(beginning::startsWith)) {
      throw unsupported(
          file, "an adapter that also changed its base (init_lora_weights " + beginning + ")");
    }
    for (var name : List.of("layer_replication", "alora_invocation_tokens", "use_qalora")) {
      var value = root.path(name);
      if (!value.isMissingNode() && !value.isNull() && !value.equals(BooleanNode.FALSE)) {
        throw unsupported(file, "an adapter with " + name);
      }
    }
  }

  private static WeightsException unsupported(Path file, String what) {
    return new WeightsException(
        Cause.UNSUPPORTED,
        file,
        "this describes %s, which can't be merged; merge it with the library that trained it and "
            + "give the result",
        what);
  }

  private static Map<String, Double> pattern(Path file, JsonNode root, String name) {
    var result = new LinkedHashMap<String, Double>();
    root.path(name)
        .properties()
        .forEach(
            entry ->
                result.put(
                    entry.getKey(), positive(file, entry.getKey(), entry.getValue().asDouble())));
    return result;
  }

  private static double number(Path file, JsonNode root, String name) {
    return positive(file, name, root.path(name).asDouble());
  }

  private static double positive(Path file, String name, double value) {
    if (value > 0 && Double.isFinite(value)) {
      return value;
    }
    throw new WeightsException(
        Cause.INVALID_HEADER,
        file,
        "the adapter's %s is missing or no number above 0; download its configuration again",
        name);
  }

  /**
   * What the product of a module's matrices is multiplied by.
   *
   * @param module the module's name
   * @param actual the rank that its matrices have
   * @throws WeightsException if the settings give it another rank
   */
  double scaling(String module, long actual) {
    var told = ModulePattern.find(source, ranks, module).orElse(rank);
    if (told != actual) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          source,
          "it gives %s the rank %s, but the adapter's matrices have the rank %d; put the "
              + "configuration beside the adapter that it belongs to",
          module,
          String.valueOf(told).replaceAll("\\.0$", ""),
          actual);
    }
    var own = ModulePattern.find(source, alphas, module).orElse(alpha);
    return own / (dividesByRoot ? Math.sqrt(told) : told);
  }

  /** Whom to use the adapter with, for messages. */
  String advice() {
    return base.map(name -> "use it with the model it was trained over, " + name)
        .orElse("use it with the model it was trained over");
  }
}
