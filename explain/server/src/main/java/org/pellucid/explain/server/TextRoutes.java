package org.pellucid.explain.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.pellucid.explain.server.http.Answer;
import org.pellucid.explain.server.http.Request;
import org.pellucid.explain.server.http.Route;
import org.pellucid.explain.view.LiveAccess;
import org.pellucid.explain.view.Page;
import org.pellucid.explain.view.Pages;

/** The addresses of one topic on texts: its part of the JSON interface, and its page. */
final class TextRoutes {
  /** All topics that ask a model, in the order of the overview. */
  static final List<TextTopic> TOPICS =
      List.of(
          AttentionTopic.TOPIC,
          AttributeTopic.TOPIC,
          EmbeddingsTopic.TOPIC,
          AskTopic.TOPIC,
          CompareTopic.TOPIC,
          TokensTopic.TOPIC);

  private final OfferedTopic offered;
  private final TextTopic topic;
  private final Computation computation;
  private final int largest;

  /**
   * The addresses of a topic.
   *
   * @param largest bytes of a request's body
   */
  TextRoutes(OfferedTopic offered, Computation computation, int largest) {
    this.offered = offered;
    topic = offered.topic();
    this.computation = computation;
    this.largest = largest;
  }

  static String endpoint(TextTopic topic) {
    return "/api/text/" + topic.name();
  }

  static String page(TextTopic topic) {
    return "/text/" + topic.name();
  }

  List<Route> all() {
    var routes = new ArrayList<Route>();
    routes.add(
        new Route(
            "POST",
            endpoint(topic),
            Route.Form.JSON,
            Set.of("application/json"),
            largest,
            this::data));
    if (offered.isPage()) {
      routes.add(Route.get(page(topic), Route.Form.PAGE, this::page));
    }
    return routes;
  }

  private Answer data(Request request) throws Exception {
    var given = Given.read(request.body(), offered.fields());
    return answer(
        given,
        (session, complete) ->
            switch (topic.work().answer(session, complete)) {
              case Page page -> Answer.json(Pages.json(page).getBytes(StandardCharsets.UTF_8));
              case Object data -> Json.of(data);
            });
  }

  private Answer page(Request request) throws Exception {
    var given =
        request.query().isEmpty()
            ? Given.of(topic.example())
            : Given.read(request.query(), offered.fields());
    return answer(
        given,
        (session, complete) -> {
          var page = (Page) topic.work().answer(session, complete);
          var live =
              new LiveAccess(endpoint(topic), offered.choice().names(), shown(complete.json()));
          return Answer.html(200, Pages.html(page, live));
        });
  }

  /** The request in the order of its fields. */
  private LinkedHashMap<String, JsonNode> shown(JsonNode json) {
    var values = new LinkedHashMap<String, JsonNode>();
    for (var field : offered.fields()) {
      if (json.has(field.name())) {
        values.put(field.name(), json.get(field.name()));
      }
    }
    return values;
  }

  @FunctionalInterface
  private interface Work {
    Answer answer(TextSession session, Given given);
  }

  private Answer answer(Given given, Work work) throws Exception {
    var chosen = offered.choice().chosen(given);
    var model = chosen.model();
    var complete = given.with(offered.choice().field().name(), chosen.name());
    return computation.answer(
        model,
        loaded ->
            work.answer(new TextSession(computation.engine(), loaded, model.name()), complete));
  }
}
