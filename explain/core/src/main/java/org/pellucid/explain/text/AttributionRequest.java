package org.pellucid.explain.text;

import java.util.List;

/**
 * A question about a text, and how it is to be answered: what the command line and a server share.
 *
 * @param methods by name; empty for the usual ones
 * @param settings of methods and metrics, of the form {@code OWNER.PARAMETER=VALUE}
 * @param metrics by name
 * @param layers whether the hidden state of every layer is explained by too
 * @param seed of the random numbers
 */
public record AttributionRequest(
    TextQuestion question,
    List<String> methods,
    List<String> settings,
    List<String> metrics,
    boolean layers,
    long seed) {

  /** The metrics that are measured where nobody chooses. */
  public static final List<String> USUAL_METRICS = List.of("comprehensiveness", "sufficiency");

  /** Copies the lists. */
  public AttributionRequest {
    methods = List.copyOf(methods);
    settings = List.copyOf(settings);
    metrics = List.copyOf(metrics);
  }

  /** A question answered by the usual methods and metrics. */
  public static AttributionRequest of(TextQuestion question) {
    return new AttributionRequest(question, List.of(), List.of(), USUAL_METRICS, false, 0);
  }

  /** This request with methods of other names. */
  public AttributionRequest withMethods(List<String> names) {
    return new AttributionRequest(question, names, settings, metrics, layers, seed);
  }

  /** This request with settings. */
  public AttributionRequest withSettings(List<String> texts) {
    return new AttributionRequest(question, methods, texts, metrics, layers, seed);
  }
}
