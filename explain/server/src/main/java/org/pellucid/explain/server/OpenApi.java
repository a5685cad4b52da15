package org.pellucid.explain.server;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.pellucid.explain.server.http.Answer;

/**
 * The description of the interface: requests as the topics declare their fields, answers as the
 * resource {@code schemas.json} tells. Source: OpenAPI Specification 3.1.1.
 */
final class OpenApi {
  private static final Map<Integer, String> REFUSALS =
      Map.of(
          400, "The request is malformed, or has an unknown field or one of another type.",
          403, "It comes from another website, or calls the server by a name it doesn't have.",
          413, "The body is too large.",
          415, "The body is of another content type.",
          422, "The library refuses a value, such as a word that the sentence doesn't hold.",
          503, "Too much is waiting; Retry-After tells when to try again.",
          504, "It took too long and was given up.");

  private final JsonMapper json = new JsonMapper();
  private final ObjectNode document = json.createObjectNode();
  private final ObjectNode paths;
  private final ServerOptions options;

  private OpenApi(ServerOptions options) {
    this.options = options;
    document.put("openapi", "3.1.1");
    document
        .putObject("info")
        .put("title", "Pellucid")
        .put("version", "0.1.0")
        .put("description", "Explains what BERT computes for texts, and the classes of images.");
    paths = document.putObject("paths");
    document.putObject("components").set("schemas", schemas());
  }

  /** The document for a server that offers some topics. */
  static ObjectNode of(ServerOptions options, List<OfferedTopic> topics) {
    var api = new OpenApi(options);
    topics.forEach(api::topic);
    api.image(ImageRoutes.CLASSIFY, "The picture's class.", "Classification", ImageTopic.CLASSIFY);
    api.image(
        ImageRoutes.EXPLAIN,
        "Explanations of the picture's class.",
        "ImagePage",
        ImageTopic.EXPLAIN);
    api.read(InfoRoutes.MODELS, "The models to choose from.", "application/json", "Models");
    api.read(InfoRoutes.OPENAPI, "This description.", "application/json", "OpenApi");
    for (var health : InfoRoutes.HEALTH) {
      api.read(health, "Whether the server lives and is ready.", "application/json", "Health");
    }
    api.read(InfoRoutes.METRICS, "Figures for Prometheus.", "text/plain", "Text");
    api.read(InfoRoutes.OVERVIEW, "The overview as a page.", "text/html", "Text");
    api.imagePage();
    return api.document;
  }

  private ObjectNode schemas() {
    try (var stream = OpenApi.class.getResourceAsStream("schemas.json")) {
      return (ObjectNode) json.readTree(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void topic(OfferedTopic offered) {
    var topic = offered.topic();
    var fields = offered.fields();
    var post = operation(TextRoutes.endpoint(topic), "post", topic.sentence());
    var body = content(post.putObject("requestBody").put("required", true), "application/json");
    var schema = body.putObject("schema").put("type", "object").put("additionalProperties", false);
    var properties = schema.putObject("properties");
    fields.forEach(field -> properties.set(field.name(), field.schema(json)));
    schema.set("required", required(fields));
    body.set("example", json.valueToTree(topic.example()));
    answers(post, "application/json", topic.answer());
    refusals(post, List.of(400, 403, 413, 415, 422, 503, 504));
    if (offered.isPage()) {
      var get = operation(TextRoutes.page(topic), "get", topic.sentence() + " As a page.");
      parameters(get, fields);
      answers(get, "text/html", "Text");
      refusals(get, List.of(400, 403, 422, 503, 504));
    }
  }

  private ArrayNode required(List<Field> fields) {
    var names = json.createArrayNode();
    fields.stream().filter(Field::required).map(Field::name).forEach(names::add);
    return names;
  }

  private void image(String path, String summary, String answer, List<Field> fields) {
    var post = operation(path, "post", summary);
    parameters(post, fields);
    var body = post.putObject("requestBody").put("required", true);
    form(body, fields);
    for (var type : List.of("image/*", "application/octet-stream")) {
      content(body, type).putObject("schema").put("type", "string").put("format", "binary");
    }
    answers(post, "application/json", answer);
    refusals(post, List.of(400, 403, 413, 415, 422, 503, 504));
  }

  private void imagePage() {
    answers(
        operation(ImageRoutes.PAGE, "get", "The form that takes a picture."), "text/html", "Text");
    var post =
        operation(ImageRoutes.PAGE, "post", "Explanations of the picture's class. As a page.");
    form(post.putObject("requestBody").put("required", true), ImageTopic.EXPLAIN);
    answers(post, "text/html", "Text");
    refusals(post, List.of(400, 403, 413, 415, 422, 503, 504));
  }

  private void form(ObjectNode body, List<Field> fields) {
    var schema = content(body, "multipart/form-data").putObject("schema").put("type", "object");
    var properties = schema.putObject("properties");
    properties.putObject("picture").put("type", "string").put("format", "binary");
    fields.forEach(field -> properties.set(field.name(), field.schema(json)));
    schema.putArray("required").add("picture");
  }

  private void read(String path, String summary, String type, String answer) {
    answers(operation(path, "get", summary), type, answer);
  }

  private ObjectNode operation(String path, String method, String summary) {
    return paths.withObjectProperty(path).putObject(method).put("summary", summary);
  }

  private void parameters(ObjectNode operation, List<Field> fields) {
    var list = operation.putArray("parameters");
    for (var field : fields) {
      var parameter = list.addObject().put("name", field.name()).put("in", "query");
      parameter.put("description", field.meaning());
      parameter.putObject("schema").put("type", "string");
    }
  }

  private static ObjectNode content(ObjectNode owner, String type) {
    return owner.withObjectProperty("content").putObject(type);
  }

  private void answers(ObjectNode operation, String type, String schema) {
    var answer = operation.withObjectProperty("responses").putObject("200");
    answer.put("description", "The answer.");
    content(answer, type).putObject("schema").put("$ref", "#/components/schemas/" + schema);
  }

  private void refusals(ObjectNode operation, List<Integer> statuses) {
    for (var status : statuses) {
      var answer = operation.withObjectProperty("responses").putObject(status.toString());
      answer.put("description", sentence(status));
      content(answer, "application/json")
          .putObject("schema")
          .put("$ref", "#/components/schemas/Error");
    }
  }

  private String sentence(int status) {
    return status == 413
        ? "%s Texts may have %,d bytes, pictures %,d."
            .formatted(REFUSALS.get(status), options.textBytes(), options.imageBytes())
        : REFUSALS.get(status);
  }

  /** The document as it is sent. */
  static Answer answer(ServerOptions options, List<OfferedTopic> topics) {
    return Json.of(of(options, topics));
  }
}
