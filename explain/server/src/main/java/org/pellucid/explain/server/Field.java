package org.pellucid.explain.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;

/**
 * A field of a request in JSON, or a parameter of a page's address.
 *
 * @param meaning a sentence for the interface's description
 */
record Field(String name, Type type, boolean required, String meaning) {
  /** What a field may hold. */
  enum Type {
    TEXT("a text", "string"),
    TEXTS("a list of texts", "array"),
    NUMBER("a whole number", "integer"),
    FLAG("true or false", "boolean"),
    NUMBERS("a list of whole numbers", "array");

    private final String words;
    private final String schema;

    Type(String words, String schema) {
      this.words = words;
      this.schema = schema;
    }

    /** What it may hold, for messages. */
    String words() {
      return words;
    }

    boolean fits(JsonNode value) {
      return switch (this) {
        case TEXT -> value.isTextual();
        case NUMBER -> value.isIntegralNumber() && value.canConvertToInt();
        case FLAG -> value.isBoolean();
        case TEXTS -> value.isArray() && value.valueStream().allMatch(TEXT::fits);
        case NUMBERS -> value.isArray() && value.valueStream().allMatch(NUMBER::fits);
      };
    }

    /** The value that stands in an address; one that isn't of this type becomes a text. */
    JsonNode read(String text) {
      var nodes = JsonNodeFactory.instance;
      return switch (this) {
        case TEXT -> nodes.textNode(text);
        case NUMBER ->
            isNumber(text) ? nodes.numberNode(Integer.parseInt(text)) : nodes.textNode(text);
        case FLAG ->
            text.matches("true|false")
                ? nodes.booleanNode(text.equals("true"))
                : nodes.textNode(text);
        case TEXTS -> {
          var list = nodes.arrayNode();
          text.lines().forEach(list::add);
          yield list;
        }
        case NUMBERS -> {
          var list = nodes.arrayNode();
          Arrays.stream(text.split(","))
              .filter(part -> !part.isBlank())
              .forEach(part -> list.add(NUMBER.read(part.strip())));
          yield list;
        }
      };
    }

    private static boolean isNumber(String text) {
      return text.matches("-?\\d{1,9}");
    }
  }

  static Field required(String name, Type type, String meaning) {
    return new Field(name, type, true, meaning);
  }

  static Field optional(String name, Type type, String meaning) {
    return new Field(name, type, false, meaning);
  }

  /** As JSON Schema describes it. */
  ObjectNode schema(JsonMapper json) {
    var schema = json.createObjectNode().put("type", type.schema).put("description", meaning);
    switch (type) {
      case TEXTS -> schema.putObject("items").put("type", Type.TEXT.schema);
      case NUMBERS -> schema.putObject("items").put("type", Type.NUMBER.schema);
      case TEXT, NUMBER, FLAG -> {}
    }
    return schema;
  }
}
