package org.pellucid.explain.server;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.pellucid.explain.server.ImageTopic.Question;
import org.pellucid.explain.server.http.Answer;
import org.pellucid.explain.server.http.Request;
import org.pellucid.explain.server.http.Route;
import org.pellucid.explain.view.Pages;

/** The addresses of images: the JSON interface, the page to choose one, and its explanations. */
final class ImageRoutes {
  static final String CLASSIFY = "/api/image/classify";
  static final String EXPLAIN = "/api/image/explain";
  static final String PAGE = "/image";

  private static final String FORM = "multipart/form-data";
  private static final Set<String> BODIES = Set.of(FORM, "image/*", "application/octet-stream");

  private final Computation computation;
  private final int largest;

  /**
   * The addresses.
   *
   * @param largest bytes of a request's body
   */
  ImageRoutes(Computation computation, int largest) {
    this.computation = computation;
    this.largest = largest;
  }

  List<Route> all() {
    return List.of(
        new Route("POST", CLASSIFY, Route.Form.JSON, BODIES, largest, this::classify),
        new Route("POST", EXPLAIN, Route.Form.JSON, BODIES, largest, this::explain),
        Route.get(PAGE, Route.Form.PAGE, this::form),
        new Route("POST", PAGE, Route.Form.PAGE, Set.of(FORM), largest, this::page));
  }

  private Answer classify(Request request) throws Exception {
    var question = Question.of(request, ImageTopic.CLASSIFY);
    return computation.answer(
        computation.models().image(question.given().optionalText("model")),
        classifier ->
            Json.of(ImageTopic.classification(computation.engine(), classifier, question.image())));
  }

  private Answer explain(Request request) throws Exception {
    var question = Question.of(request, ImageTopic.EXPLAIN);
    return computation.answer(
        computation.models().image(question.given().optionalText("model")),
        classifier -> {
          var page = ImageTopic.page(computation.engine(), classifier, question);
          return Answer.json(Pages.json(page).getBytes(StandardCharsets.UTF_8));
        });
  }

  private Answer page(Request request) throws Exception {
    var question = Question.of(request, ImageTopic.EXPLAIN);
    return computation.answer(
        computation.models().image(question.given().optionalText("model")),
        classifier ->
            Answer.html(
                200, Pages.html(ImageTopic.page(computation.engine(), classifier, question))));
  }

  private Answer form(Request request) {
    var page =
        new UploadPage(
            "Explain a picture",
            List.copyOf(computation.models().images().keySet()),
            ImageTopic.methods(),
            largest);
    return Answer.html(200, Pages.html(page));
  }
}
