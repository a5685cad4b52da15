package org.pellucid.explain.server.http;

import java.util.List;
import java.util.Map;

/**
 * A request whose body has been read whole.
 *
 * @param id tells it apart from others, in the log and in the answer's {@code X-Request-Id}
 * @param path decoded, without the query
 * @param query decoded parameters in their order
 * @param type the content type of the body with its parameters; empty without one
 * @param body as it was sent
 */
public record Request(
    String id, String path, Map<String, List<String>> query, String type, byte[] body) {}
