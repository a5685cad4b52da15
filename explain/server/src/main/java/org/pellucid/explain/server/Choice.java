package org.pellucid.explain.server;

import java.util.List;
import org.pellucid.explain.server.ModelCache.Known;
import org.pellucid.models.zoo.BertModels;

/** What a request on texts names to be answered by: a model, or an index of a corpus. */
interface Choice {
  /** The field that names it. */
  Field field();

  /** All names, the default first. */
  List<String> names();

  /**
   * The one that a request names, or the default.
   *
   * @throws org.pellucid.explain.server.http.Refusal 422 if there is none of that name
   */
  Chosen chosen(Given given);

  /**
   * What was chosen.
   *
   * @param name of the choice
   * @param model that computes
   */
  record Chosen(String name, Known<BertModels.Loaded> model) {}
}
