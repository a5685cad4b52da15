package org.pellucid.explain.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import org.pellucid.explain.server.http.Answer;
import org.pellucid.explain.server.http.Refusal;

/** Answers in JSON. */
final class Json {
  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  static Answer of(Object data) {
    return Answer.json(bytes(data));
  }

  /** An object with the field {@code error} alone. */
  static Answer of(Refusal refusal) {
    return new Answer(
        refusal.status(),
        "application/json",
        refusal.headers(),
        bytes(Map.of("error", refusal.getMessage())));
  }

  private static byte[] bytes(Object data) {
    try {
      return MAPPER.writeValueAsBytes(data);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Answers are plain data.", e);
    }
  }
}
