package org.pellucid.explain.server.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What is sent back.
 *
 * @param status of HTTP, such as 200
 * @param type the content type of the body
 * @param headers further headers by name
 * @param body as it is sent
 */
public record Answer(int status, String type, Map<String, String> headers, byte[] body) {
  /** Copies the headers. */
  public Answer {
    headers = Map.copyOf(headers);
  }

  /** JSON with status 200. */
  public static Answer json(byte[] body) {
    return new Answer(200, "application/json", Map.of(), body);
  }

  /** Plain text with status 200. */
  public static Answer text(String type, String body) {
    return new Answer(200, type, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  /** A page whose own scripts may run, and no others. */
  public static Answer html(int status, String page) {
    return new Answer(
        status,
        "text/html; charset=utf-8",
        Map.of("Content-Security-Policy", ScriptPolicy.of(page)),
        page.getBytes(StandardCharsets.UTF_8));
  }
}
