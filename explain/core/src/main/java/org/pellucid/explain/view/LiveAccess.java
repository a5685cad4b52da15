package org.pellucid.explain.view;

import java.util.List;

/**
 * How a page has its data computed anew by the server that it came from: for an edited text, a
 * masked token, another model.
 *
 * @param endpoint the path that takes the request, such as {@code /api/text/attention}
 * @param models the names of the models to choose from; of the indexes, for searches
 * @param request what the page's data was computed from, in the form that the endpoint takes
 */
public record LiveAccess(String endpoint, List<String> models, Object request) {
  /** Copies the list. */
  public LiveAccess {
    models = List.copyOf(models);
  }
}
