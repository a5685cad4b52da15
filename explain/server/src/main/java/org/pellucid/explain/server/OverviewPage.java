package org.pellucid.explain.server;

import java.util.List;
import java.util.Map;
import org.pellucid.explain.view.Page;

/**
 * What can be asked, and which models are there.
 *
 * @param textModels names
 * @param imageModels names
 * @param indexes with name, model, corpus and figures
 */
record OverviewPage(
    String title,
    List<Link> links,
    List<String> textModels,
    List<String> imageModels,
    List<Map<String, Object>> indexes)
    implements Page {
  /** A page to go to. */
  record Link(String address, String title, String sentence) {}

  @Override
  public List<String> scripts() {
    return List.of("overview.js");
  }

  @Override
  public List<String> styles() {
    return List.of("server.css");
  }
}
