package org.pellucid.explain.server;

import java.util.List;
import java.util.Map;
import org.pellucid.explain.view.Page;

/**
 * The form that takes a picture.
 *
 * @param models names of classifiers
 * @param methods with name, title, question, cost, and whether it is chosen at first
 * @param largest bytes of a form
 */
record UploadPage(String title, List<String> models, List<Map<String, Object>> methods, int largest)
    implements Page {
  @Override
  public List<String> scripts() {
    return List.of("upload.js");
  }

  @Override
  public List<String> styles() {
    return List.of("server.css");
  }
}
