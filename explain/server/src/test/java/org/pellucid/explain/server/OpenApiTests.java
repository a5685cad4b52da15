package org.pellucid.explain.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The interface's description tells of every address, and is kept to. */
class OpenApiTests {
  @TempDir Path directory;

  private TinyServer withIndex() throws IOException {
    return new TinyServer(directory, 2, 8, Map.of("letters", "the officer was kind.\n"));
  }

  @Test
  void tellsOfEveryRoute() throws IOException {
    try (var tiny = withIndex()) {
      var routes = new TreeSet<String>();
      tiny.server()
          .routes()
          .forEach(route -> routes.add(route.method().toLowerCase() + " " + route.path()));
      var described = new TreeSet<String>();
      OpenApi.of(tiny.options(), tiny.server().topics())
          .path("paths")
          .properties()
          .forEach(
              path ->
                  path.getValue()
                      .fieldNames()
                      .forEachRemaining(method -> described.add(method + " " + path.getKey())));
      assertThat(described).isEqualTo(routes);
    }
  }

  @Test
  void examplesAreAnsweredAsDescribed() throws Exception {
    try (var tiny = withIndex()) {
      var client = tiny.client();
      var document = (ObjectNode) Client.json(client.get("/openapi.json"));
      assertThat(document).isEqualTo(OpenApi.of(tiny.options(), tiny.server().topics()));
      var tried = 0;
      for (var path : document.path("paths").properties()) {
        var content = path.getValue().path("post").path("requestBody").path("content");
        var example = content.path("application/json").path("example");
        var get = path.getValue().path("get");
        if (!example.isMissingNode()) {
          var answered = client.post(path.getKey(), example);
          check(document, path.getKey(), path.getValue().path("post"), Client.json(answered));
          tried++;
        } else if (isJson(get)) {
          check(document, path.getKey(), get, Client.json(client.get(path.getKey())));
          tried++;
        }
      }
      assertThat(tried).isEqualTo(TextRoutes.TOPICS.size() + 1 + 5);
      var refused = client.post("/api/text/attention", "{}");
      conforms(document, document.at("/components/schemas/Error"), Client.json(refused), "error");
    }
  }

  private static boolean isJson(JsonNode operation) {
    return operation.at("/responses/200/content").has("application/json");
  }

  private static void check(ObjectNode document, String path, JsonNode operation, JsonNode answer) {
    var schema = operation.at("/responses/200/content").path("application/json").path("schema");
    assertThat(schema.isMissingNode()).as(path).isFalse();
    conforms(document, schema, answer, path);
  }

  /** The part of JSON Schema that the document uses. */
  private static void conforms(JsonNode document, JsonNode schema, JsonNode value, String where) {
    if (schema.has("$ref")) {
      var target = document.at(schema.path("$ref").asText().substring(1));
      assertThat(target.isMissingNode()).as(schema.toString()).isFalse();
      conforms(document, target, value, where);
      return;
    }
    var fits =
        switch (schema.path("type").asText()) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber();
          case "number" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          default -> true;
        };
    assertThat(fits).as("%s is %s", where, value.getNodeType()).isTrue();
    schema
        .path("required")
        .forEach(name -> assertThat(value.has(name.asText())).as(where + "." + name).isTrue());
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              if (value.has(property.getKey())) {
                conforms(
                    document,
                    property.getValue(),
                    value.path(property.getKey()),
                    where + "." + property.getKey());
              }
            });
    if (schema.has("items")) {
      value.forEach(item -> conforms(document, schema.path("items"), item, where + "[]"));
    }
    if (schema.has("enum")) {
      assertThat(schema.path("enum")).as(where).contains(value);
    }
  }
}
