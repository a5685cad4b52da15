package org.pellucid.explain.server.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** All routes, and which one a request takes. */
final class Routes {
  private final Map<String, Map<String, Route>> byPath = new LinkedHashMap<>();

  Routes(List<Route> routes) {
    for (var route : routes) {
      byPath.computeIfAbsent(route.path(), _ -> new LinkedHashMap<>()).put(route.method(), route);
    }
  }

  /** For whom errors at a path are, of which the method may be wrong. */
  Route.Form formAt(String path) {
    return byPath.getOrDefault(path, Map.of()).values().stream()
        .map(Route::form)
        .findFirst()
        .orElse(path.startsWith("/api/") ? Route.Form.JSON : Route.Form.PAGE);
  }

  /**
   * The route of a method and a path.
   *
   * @throws Refusal if there is none
   */
  Route of(String method, String path) {
    var methods = byPath.get(path);
    if (methods == null) {
      throw new Refusal(404, "There is nothing at this address; the overview is at /.");
    }
    var route = methods.get(method.equals("HEAD") ? "GET" : method);
    if (route == null) {
      var allowed =
          methods.keySet().stream()
              .map(m -> m.equals("GET") ? "GET, HEAD" : m)
              .collect(Collectors.joining(", "));
      throw new Refusal(
          405, "This address takes %s alone.".formatted(allowed), Map.of("Allow", allowed));
    }
    return route;
  }

  /**
   * Checks a body's announced type and size.
   *
   * @param length -1 if it isn't announced
   * @throws Refusal if the route doesn't take it
   */
  static void check(Route route, String type, long length) {
    if (!route.types().isEmpty() && !route.takes(bare(type))) {
      throw new Refusal(
          415,
          "The body is %s, but this address takes %s."
              .formatted(
                  type.isEmpty() ? "of no content type" : "of the content type " + bare(type),
                  route.types().stream().sorted().collect(Collectors.joining(", "))));
    }
    if (length > route.largest()) {
      throw tooLarge(route);
    }
  }

  static Refusal tooLarge(Route route) {
    return new Refusal(
        413,
        route.largest() == 0
            ? "This address takes no body."
            : "The body is larger than %,d bytes, the most that this address takes."
                .formatted(route.largest()));
  }

  private static String bare(String type) {
    return type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }
}
