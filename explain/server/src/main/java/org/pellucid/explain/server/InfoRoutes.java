package org.pellucid.explain.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.pellucid.explain.server.ModelCache.Known;
import org.pellucid.explain.server.http.Answer;
import org.pellucid.explain.server.http.Metrics;
import org.pellucid.explain.server.http.Request;
import org.pellucid.explain.server.http.Route;
import org.pellucid.explain.view.Pages;

/** The addresses that tell of the server itself; none waits for computations. */
record InfoRoutes(
    ServerOptions options,
    List<OfferedTopic> topics,
    Computation computation,
    Metrics metrics,
    BooleanSupplier isReady) {
  static final String OVERVIEW = "/";
  static final String MODELS = "/api/models";
  static final String OPENAPI = "/openapi.json";
  static final String METRICS = "/metrics";
  static final String LIVE = "/health/live";
  static final String READY = "/health/ready";
  static final List<String> HEALTH = List.of("/health", LIVE, READY);

  List<Route> all() {
    var routes = new ArrayList<Route>();
    routes.add(Route.get(OVERVIEW, Route.Form.PAGE, _ -> overview()));
    routes.add(Route.get(MODELS, Route.Form.JSON, _ -> models()));
    routes.add(Route.get(OPENAPI, Route.Form.JSON, _ -> OpenApi.answer(options, topics)));
    routes.add(Route.get(METRICS, Route.Form.JSON, _ -> Answer.text(Metrics.TYPE, metrics.text())));
    HEALTH.forEach(path -> routes.add(Route.get(path, Route.Form.JSON, this::health)));
    return routes;
  }

  private Answer overview() {
    var links = new ArrayList<OverviewPage.Link>();
    topics.stream()
        .filter(OfferedTopic::isPage)
        .map(OfferedTopic::topic)
        .forEach(
            topic ->
                links.add(
                    new OverviewPage.Link(
                        TextRoutes.page(topic), topic.title(), topic.sentence())));
    links.add(
        new OverviewPage.Link(
            ImageRoutes.PAGE, "Pictures", "Which class a picture is of, and which pixels say so."));
    var models = computation.models();
    return Answer.html(
        200,
        Pages.html(
            new OverviewPage(
                "Pellucid",
                links,
                List.copyOf(models.texts().keySet()),
                List.copyOf(models.images().keySet()),
                computation.indexes().described())));
  }

  private Answer models() {
    var all = new LinkedHashMap<String, Object>();
    all.put("texts", described(computation.models().texts().values()));
    all.put("images", described(computation.models().images().values()));
    if (!computation.indexes().names().isEmpty()) {
      all.put("indexes", computation.indexes().described());
    }
    return Json.of(all);
  }

  private List<Map<String, Object>> described(Iterable<? extends Known<?>> models) {
    var list = new ArrayList<Map<String, Object>>();
    for (var model : models) {
      list.add(Map.of("name", model.name(), "open", computation.cache().isOpen(model)));
    }
    return list;
  }

  /** Live as soon as it answers at all. */
  private Answer health(Request request) {
    var ready = isReady.getAsBoolean();
    var answer = Json.of(Map.of("live", true, "ready", ready));
    return ready || request.path().equals(LIVE)
        ? answer
        : new Answer(503, answer.type(), Map.of("Retry-After", "1"), answer.body());
  }
}
