package org.pellucid.weights.convert;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * Custom names: a JSON object from old names to new ones, or to {@code null} for a tensor to leave
 * out. What it doesn't name keeps its name.
 */
final class NameMap {
  private final Path file;
  private final Map<String, Optional<String>> names;

  private NameMap(Path file, Map<String, Optional<String>> names) {
    this.file = file;
    this.names = names;
  }

  /**
   * Reads a map.
   *
   * @throws WeightsException if the file is missing or is not a JSON object of strings
   */
  static NameMap read(Path file) {
    JsonNode root;
    try {
      root =
          JsonMapper.builder()
              .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
              .build()
              .readTree(file.toFile());
    } catch (IOException e) {
      throw new WeightsException(
          Cause.FILE,
          e,
          file,
          "the map of names can't be read (%s)",
          e.getMessage().lines().findFirst().orElse(""));
    }
    var names = new LinkedHashMap<String, Optional<String>>();
    for (var entry : root.properties()) {
      if (!entry.getValue().isTextual() && !entry.getValue().isNull()) {
        throw new WeightsException(
            Cause.INVALID_HEADER,
            file,
            "the map gives %s something other than a name or null",
            entry.getKey());
      }
      names.put(entry.getKey(), Optional.ofNullable(entry.getValue().textValue()));
    }
    if (!root.isObject()) {
      throw new WeightsException(
          Cause.INVALID_HEADER, file, "the map of names is not a JSON object {\"old\": \"new\"}");
    }
    return new NameMap(file, names);
  }

  SequencedMap<String, Renamed> apply(Checkpoint checkpoint) {
    var unknown = new ArrayList<>(names.keySet());
    unknown.removeAll(checkpoint.names());
    var result = new LinkedHashMap<String, Renamed>();
    var twice = new ArrayList<String>();
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) ->
                names
                    .getOrDefault(name, Optional.of(name))
                    .map(renamed -> Renamed.kept(tensor, renamed))
                    .filter(renamed -> result.putIfAbsent(renamed.name(), renamed) != null)
                    .ifPresent(renamed -> twice.add(renamed.name())));
    if (!unknown.isEmpty() || !twice.isEmpty()) {
      throw new WeightsException(
          unknown.isEmpty() ? Cause.INVALID_LAYOUT : Cause.MISSING_TENSOR,
          file,
          "the map doesn't fit %s: missing names: %s; duplicate names: %s",
          checkpoint.file(),
          unknown,
          twice);
    }
    return result;
  }
}
