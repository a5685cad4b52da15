package org.pellucid.models.zoo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.pellucid.models.ModelFileException;

/**
 * Names of a network's classes from a file: a line for each class, a JSON list, or a JSON object
 * either way round, {@code {"0": "cat"}} or torchvision's {@code {"cat": 0}}.
 */
final class ClassNames {
  private static final long LARGEST_FILE = 16 << 20;

  private ClassNames() {}

  /**
   * Reads a file with names alone.
   *
   * @throws ModelFileException if it can't be read or names no classes
   */
  static List<String> read(Path file) {
    var text = text(file);
    var first = text.strip();
    var names =
        first.startsWith("[") || first.startsWith("{")
            ? ofJson(json(file, text), file)
            : text.lines().map(String::strip).toList();
    var end = names.size();
    while (end > 0 && names.get(end - 1).isEmpty()) {
      end--;
    }
    if (end == 0) {
      throw new ModelFileException("%s names no classes; write a line for each.".formatted(file));
    }
    return List.copyOf(names.subList(0, end));
  }

  /**
   * The names that a model's {@code config.json} gives as {@code id2label}; empty where it doesn't.
   *
   * @throws ModelFileException if it can't be read
   */
  static List<String> ofConfig(Path file) {
    var labels = json(file, text(file)).path("id2label");
    return labels.isObject() && !labels.isEmpty() ? ofJson(labels, file) : List.of();
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new ModelFileException(
            "%s is larger than a list of classes; check the file.".formatted(file));
      }
      var text = Files.readString(file);
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new ModelFileException("%s is not UTF-8; save it as UTF-8.".formatted(file), e);
    } catch (IOException e) {
      throw new ModelFileException("%s can't be read; check the path.".formatted(file), e);
    }
  }

  private static JsonNode json(Path file, String text) {
    try {
      return new JsonMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new ModelFileException(
          "%s is not valid JSON: %s.".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static List<String> ofJson(JsonNode root, Path file) {
    if (root.isArray()) {
      return StreamSupport.stream(root.spliterator(), false).map(ClassNames::name).toList();
    }
    var byNumber = new TreeMap<Integer, String>();
    for (var entry : root.properties()) {
      var isNumbered = entry.getKey().matches("\\d{1,9}");
      if (!isNumbered && !entry.getValue().isInt()) {
        throw new ModelFileException(
            "\"%s\" in %s is neither a class's number nor has one; write {\"0\": \"name\"}."
                .formatted(entry.getKey(), file));
      }
      byNumber.put(
          isNumbered ? Integer.parseInt(entry.getKey()) : entry.getValue().intValue(),
          isNumbered ? name(entry.getValue()) : entry.getKey());
    }
    var names = new ArrayList<String>();
    for (var number : byNumber.keySet()) {
      if (number != names.size()) {
        throw new ModelFileException(
            "%s names class %d, but no class %d; number them from 0 without a gap."
                .formatted(file, number, names.size()));
      }
      names.add(byNumber.get(number));
    }
    return List.copyOf(names);
  }

  /** A name; of several, such as ImageNet's number and word, the last. */
  private static String name(JsonNode node) {
    return node.isArray() && !node.isEmpty()
        ? name(node.get(node.size() - 1))
        : node.asText().strip();
  }
}
