package org.pellucid.explain.server.http;

/** How refusals are told to programs and to people. */
@FunctionalInterface
public interface ErrorAnswers {
  /** The answer that tells of a refusal; its status and headers are the refusal's. */
  Answer of(Refusal refusal, Route.Form form);
}
