package org.pellucid.explain.server.http;

import java.util.Set;

/**
 * What is answered at a path.
 *
 * @param method GET, which stands for HEAD too, or POST
 * @param path compared as a whole, so that no part of a request's path is ever a file's name
 * @param form of the answers, errors too
 * @param types content types that the body may have, without parameters; {@code image/*} stands for
 *     all that begin so; empty where there is no body
 * @param largest bytes that the body may have
 * @param handler gives the answer
 */
public record Route(
    String method, String path, Form form, Set<String> types, int largest, Handler handler) {
  /** For whom answers are. */
  public enum Form {
    /** For programs. */
    JSON,
    /** For a person with a browser. */
    PAGE
  }

  /** Gives a request's answer, on a thread that is interrupted when the client leaves. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Answers.
     *
     * @throws Refusal if the request isn't answered as asked
     * @throws java.util.concurrent.CancellationException if the client left
     */
    Answer answer(Request request) throws Exception;
  }

  /** Copies the set. */
  public Route {
    types = Set.copyOf(types);
  }

  /** A route without a body. */
  public static Route get(String path, Form form, Handler handler) {
    return new Route("GET", path, form, Set.of(), 0, handler);
  }

  boolean takes(String type) {
    return types.contains(type)
        || types.stream()
            .anyMatch(t -> t.endsWith("/*") && type.startsWith(t.substring(0, t.length() - 1)));
  }
}
