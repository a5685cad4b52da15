package org.pellucid.explain.search;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What makes two tokens alike. */
public enum SearchBy {
  /** Their hidden states: layer 0 is the embeddings, n the output of the n-th encoder layer. */
  EMBEDDING,
  /** What chosen heads of an encoder layer, counted from 0, read for them. */
  CONTEXT;

  /** The one of a name such as {@code context}, if there is one. */
  public static Optional<SearchBy> named(String name) {
    return Arrays.stream(values()).filter(by -> by.text().equals(name)).findFirst();
  }

  /** The one of a name in JSON. */
  @JsonCreator
  static SearchBy ofJson(String name) {
    return named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "A search is by embedding or context, not by %s.".formatted(name)));
  }

  /** The name in lower case. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
