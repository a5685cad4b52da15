package org.pellucid.explain.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.pellucid.explain.server.http.Refusal;

/**
 * The values that a request gives for its fields, checked: no other field, each of its type, and
 * all that are required.
 *
 * @param json an object of them
 */
record Given(ObjectNode json) {
  private static final int DEEPEST = 8;
  private static final JsonMapper JSON = mapper();

  private static JsonMapper mapper() {
    var json =
        JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    json.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxNumberLength(20).build());
    return json;
  }

  /**
   * Reads a body.
   *
   * @throws Refusal 400 if it isn't such an object
   */
  static Given read(byte[] body, List<Field> fields) {
    JsonNode node;
    try {
      node = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (IOException e) {
      throw new IllegalStateException("Bytes in memory can always be read.", e);
    }
    if (!(node instanceof ObjectNode object)) {
      throw new Refusal(400, "The body must be a JSON object.");
    }
    return checked(object, fields);
  }

  private static Refusal malformed(JsonProcessingException e) {
    var place = Optional.ofNullable(e.getLocation());
    return new Refusal(
        400,
        "The body is not well-formed JSON in UTF-8%s."
            .formatted(
                place
                    .map(p -> " (line %d, column %d)".formatted(p.getLineNr(), p.getColumnNr()))
                    .orElse("")));
  }

  /**
   * Reads the parameters of a page's address.
   *
   * @throws Refusal 400 if they aren't the fields' values
   */
  static Given read(Map<String, List<String>> query, List<Field> fields) {
    var types = fields.stream().collect(Collectors.toMap(Field::name, Field::type));
    var object = JSON.createObjectNode();
    query.forEach(
        (name, values) ->
            object.set(
                name, types.getOrDefault(name, Field.Type.TEXT).read(String.join("\n", values))));
    return checked(object, fields);
  }

  /** Values that this program gives itself. */
  static Given of(Map<String, Object> values) {
    return new Given(JSON.valueToTree(values));
  }

  private static Given checked(ObjectNode object, List<Field> fields) {
    var known = new LinkedHashMap<String, Field>();
    fields.forEach(field -> known.put(field.name(), field));
    object.properties().removeIf(entry -> entry.getValue().isNull());
    for (var entry : object.properties()) {
      var field =
          Optional.ofNullable(known.get(entry.getKey()))
              .orElseThrow(
                  () ->
                      new Refusal(
                          400,
                          "There is no field %s; the fields are %s."
                              .formatted(
                                  shortened(entry.getKey()), String.join(", ", known.keySet()))));
      if (!field.type().fits(entry.getValue())) {
        throw new Refusal(
            400, "The field %s must be %s.".formatted(field.name(), field.type().words()));
      }
    }
    for (var field : fields) {
      if (field.required() && !object.has(field.name())) {
        throw new Refusal(
            400,
            "The field %s is missing; it must be %s."
                .formatted(field.name(), field.type().words()));
      }
    }
    return new Given(object);
  }

  private static String shortened(String name) {
    return name.length() <= 40 ? name : name.substring(0, 40) + "…";
  }

  String text(String name) {
    return json.path(name).textValue();
  }

  /** A text that isn't empty, as forms send what was left out. */
  Optional<String> optionalText(String name) {
    return Optional.ofNullable(json.path(name).textValue()).filter(text -> !text.isEmpty());
  }

  OptionalInt optionalNumber(String name) {
    return json.has(name) ? OptionalInt.of(json.path(name).intValue()) : OptionalInt.empty();
  }

  /** Whether a flag is given and true. */
  boolean flag(String name) {
    return json.path(name).asBoolean();
  }

  List<String> texts(String name) {
    return json.path(name).valueStream().map(JsonNode::textValue).toList();
  }

  /** Words of a list, each entry one or several with commas between them. */
  List<String> names(String name) {
    return texts(name).stream()
        .flatMap(entry -> Arrays.stream(entry.split(",")))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  int[] numbers(String name) {
    return json.path(name).valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  /** These values with another one. */
  Given with(String name, String value) {
    var copy = json.deepCopy();
    copy.put(name, value);
    return new Given(copy);
  }
}
