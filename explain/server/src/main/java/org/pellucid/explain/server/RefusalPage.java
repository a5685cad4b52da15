package org.pellucid.explain.server;

import java.util.HashMap;
import java.util.List;
import org.pellucid.explain.server.http.Answer;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.explain.view.Page;
import org.pellucid.explain.view.Pages;

/** Tells a person why a page isn't there. */
record RefusalPage(String title, String sentence) implements Page {
  static Answer of(Refusal refusal) {
    var page = new RefusalPage("Not possible", refusal.getMessage());
    var answer = Answer.html(refusal.status(), Pages.html(page));
    var headers = new HashMap<>(answer.headers());
    headers.putAll(refusal.headers());
    return new Answer(answer.status(), answer.type(), headers, answer.body());
  }

  @Override
  public List<String> scripts() {
    return List.of("refusal.js");
  }

  @Override
  public List<String> styles() {
    return List.of("server.css");
  }
}
