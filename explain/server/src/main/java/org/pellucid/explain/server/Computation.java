package org.pellucid.explain.server;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.pellucid.engine.Engine;
import org.pellucid.explain.server.ModelCache.Known;
import org.pellucid.explain.server.http.Answer;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.explain.server.http.WorkQueue;
import org.pellucid.weights.UnusableFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What requests compute with: an engine, a queue before it, models, and indexes of corpora. */
record Computation(
    Engine engine, WorkQueue queue, ModelCache cache, ServedModels models, ServedIndexes indexes)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Computation.class);

  /**
   * What the options ask for.
   *
   * @throws IllegalArgumentException if a model is neither known nor a file, or two have one name
   * @throws UnusableFileException if an index can't be used
   * @throws IOException if a file can't be read
   */
  static Computation of(Engine engine, ServerOptions options) throws IOException {
    var models = ServedModels.of(options);
    var cache = new ModelCache(options.modelMemory());
    try {
      var indexes = ServedIndexes.open(engine, options.indexes(), models, cache);
      var queue = new WorkQueue(options.workers(), options.waiting(), options.longest());
      return new Computation(engine, queue, cache, models, indexes);
    } catch (IOException | RuntimeException e) {
      cache.close();
      throw e;
    }
  }

  /** Gives an answer by a model. */
  @FunctionalInterface
  interface Work<M> {
    /**
     * Answers.
     *
     * @throws IllegalArgumentException if the library refuses a value of the request
     * @throws UnusableFileException if the request's file can't be used
     */
    Answer answer(M model);
  }

  /**
   * An answer by a model, computed when its turn comes. What the library refuses is the client's
   * mistake: all it gets from here are values of the request.
   *
   * @throws Refusal if it isn't answered
   * @throws CancellationException if the client left
   */
  <M extends AutoCloseable> Answer answer(Known<M> known, Work<M> work) throws Exception {
    return queue.result(
        () -> {
          try (var lease = lease(known)) {
            if (Thread.currentThread().isInterrupted()) {
              throw new CancellationException("the client left");
            }
            return work.answer(lease.model());
          } catch (IllegalArgumentException | UnusableFileException e) {
            throw new Refusal(422, sentence(e.getMessage()));
          }
        });
  }

  private <M extends AutoCloseable> ModelCache.Lease<M> lease(Known<M> known)
      throws InterruptedException {
    try {
      return cache.lease(known);
    } catch (IOException | UnusableFileException | IllegalArgumentException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the client left");
      }
      LOG.error("the model {} can't be opened", known.name(), e);
      throw new Refusal(
          500, "The model %s can't be opened; the server's log tells why.".formatted(known.name()));
    }
  }

  private static String sentence(String message) {
    var text = message == null ? "The request can't be answered" : message.strip();
    return text.endsWith(".") ? text : text + ".";
  }

  /** Gives up what is computed and what waits, and closes models and indexes. */
  @Override
  public void close() {
    queue.close();
    cache.close();
    indexes.close();
  }
}
