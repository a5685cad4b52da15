package org.pellucid.models.bert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.ModelFileException;

/**
 * A JSON object out of a file of a model's folder, whose fields are fetched with a clear sentence
 * where they are missing or of the wrong kind.
 */
public record JsonFile(Path file, JsonNode root) {
  /**
   * Reads a file that holds one JSON object.
   *
   * @throws ModelFileException if it doesn't
   */
  public static JsonFile read(Path file) {
    JsonNode root;
    try {
      root = JsonMapper.builder().build().readTree(TextFile.read(file, "file"));
    } catch (JsonProcessingException e) {
      throw new ModelFileException(
          "%s is not valid JSON (%s); download it again."
              .formatted(file, e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    }
    if (!root.isObject()) {
      throw new ModelFileException(file + " holds no JSON object.");
    }
    return new JsonFile(file, root);
  }

  /** An object without fields that stands for an absent file. */
  public static JsonFile empty(Path file) {
    return new JsonFile(file, JsonNodeFactory.instance.objectNode());
  }

  /**
   * A field that is true or false, if it is there.
   *
   * @throws ModelFileException if it is neither
   */
  public Optional<Boolean> flag(String name) {
    var value = present(name);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw wrong(name, value.get(), "true or false");
    }
    return value.map(JsonNode::booleanValue);
  }

  /**
   * A field that is a text, if it is there.
   *
   * @throws ModelFileException if it is none
   */
  public Optional<String> text(String name) {
    var value = present(name);
    if (value.isPresent() && !value.get().isTextual()) {
      throw wrong(name, value.get(), "a text");
    }
    return value.map(JsonNode::textValue);
  }

  /**
   * A field that is a number, if it is there.
   *
   * @throws ModelFileException if it is none
   */
  public Optional<Double> number(String name) {
    var value = present(name);
    if (value.isPresent() && !value.get().isNumber()) {
      throw wrong(name, value.get(), "a number");
    }
    return value.map(JsonNode::doubleValue);
  }

  /**
   * A field that is a whole number, if it is there.
   *
   * @throws ModelFileException if it is none
   */
  public Optional<Integer> integer(String name) {
    var value = present(name);
    if (value.isPresent()
        && !(value.get().canConvertToExactIntegral() && value.get().canConvertToInt())) {
      throw wrong(name, value.get(), "a whole number");
    }
    return value.map(JsonNode::intValue);
  }

  int requiredInteger(String name) {
    var value = integer(name);
    if (value.isEmpty()) {
      throw new ModelFileException(file + " has no field \"" + name + "\".");
    }
    return value.get();
  }

  /**
   * The texts of an object whose names are 0, 1, 2 …, in that order; none if it isn't there.
   *
   * @throws ModelFileException if it is no such object
   */
  public List<String> numberedTexts(String name) {
    var texts = new ArrayList<String>();
    var value = present(name);
    if (value.isEmpty()) {
      return texts;
    }
    for (int i = 0; i < value.get().size(); i++) {
      var text = value.get().get(Integer.toString(i));
      if (text == null || !text.isTextual()) {
        throw wrong(name, value.get(), "an object that maps 0, 1, 2 … to texts");
      }
      texts.add(text.textValue());
    }
    return texts;
  }

  private Optional<JsonNode> present(String name) {
    return Optional.ofNullable(root.get(name)).filter(value -> !value.isNull());
  }

  private ModelFileException wrong(String name, JsonNode value, String expected) {
    var shown = value.toString();
    return new ModelFileException(
        "%s: field \"%s\" must be %s, not %s."
            .formatted(
                file, name, expected, shown.length() > 60 ? shown.substring(0, 60) + "…" : shown));
  }
}
