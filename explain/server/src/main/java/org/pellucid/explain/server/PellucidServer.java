package org.pellucid.explain.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pellucid.engine.Engine;
import org.pellucid.explain.server.http.ErrorAnswers;
import org.pellucid.explain.server.http.HttpService;
import org.pellucid.explain.server.http.Metrics;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.explain.server.http.Route;
import org.pellucid.explain.server.http.ServiceOptions;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.models.zoo.BertModels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of Pellucid's pages and of the same answers in JSON; {@code docs/server.md} describes
 * both.
 *
 * <pre>{@code
 * try (var server = PellucidServer.start(Engine.standard(), ServerOptions.standard())) {
 *   System.out.println(server.address());
 *   Thread.currentThread().join();
 * }
 * }</pre>
 */
public final class PellucidServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PellucidServer.class);
  private static final int MOST_CONNECTIONS = 128;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration FAREWELL = Duration.ofSeconds(4);

  private final ServerOptions options;
  private final Computation computation;
  private final List<OfferedTopic> topics;
  private final List<Route> routes = new ArrayList<>();
  private final HttpService service;
  private final AtomicBoolean ready = new AtomicBoolean();

  private PellucidServer(Computation computation, ServerOptions options) throws IOException {
    this.options = options;
    this.computation = computation;
    topics = OfferedTopic.all(computation.models(), computation.indexes());
    var metrics = new Metrics();
    addGauges(metrics);
    topics.forEach(
        topic -> routes.addAll(new TextRoutes(topic, computation, options.textBytes()).all()));
    routes.addAll(new ImageRoutes(computation, options.imageBytes()).all());
    routes.addAll(new InfoRoutes(options, topics, computation, metrics, ready::get).all());
    ErrorAnswers errors =
        (refusal, form) ->
            switch (form) {
              case JSON -> Json.of(refusal);
              case PAGE -> RefusalPage.of(refusal);
            };
    service = HttpService.start(serviceOptions(options), routes, errors, metrics);
  }

  private static ServiceOptions serviceOptions(ServerOptions options) {
    var names = new HashSet<String>();
    options.allowedHosts().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    return new ServiceOptions(
        options.host(),
        options.port(),
        names,
        MOST_CONNECTIONS,
        Runtime.getRuntime().maxMemory() / 4,
        PATIENCE,
        options.requestLog());
  }

  /**
   * Starts a server. It answers at once, and is ready when the first model is open. Only the models
   * of indexes are read before, since each index has to be the one for its model.
   *
   * @param engine that computes; it stays the caller's
   * @throws IOException if it can't listen at its address, or a file can't be read
   * @throws IllegalArgumentException if a model is neither known nor a file, or an index's model
   *     isn't there
   * @throws org.pellucid.weights.UnusableFileException if an index can't be used, or its model is
   *     another than the one that it was built with
   */
  public static PellucidServer start(Engine engine, ServerOptions options) throws IOException {
    var computation = Computation.of(engine, options);
    try {
      var server = new PellucidServer(computation, options);
      Thread.ofVirtual().name("pellucid-warm-up").start(server::warmUp);
      return server;
    } catch (IOException | RuntimeException e) {
      computation.close();
      throw e;
    }
  }

  /** Opens the first model, so that the first who asks need not wait for it. */
  private void warmUp() {
    var models = computation.models();
    try {
      if (!models.texts().isEmpty()) {
        var first = models.texts().values().iterator().next();
        computation.queue().result(() -> isWarm(first));
      }
      ready.set(true);
    } catch (CancellationException | InterruptedException | Refusal _) {
      // The server is stopping.
    } catch (Exception e) {
      LOG.error("the first model can't be opened", e);
    }
  }

  /** The first pass loads classes and native code, which takes longer than the pass. */
  private boolean isWarm(ModelCache.Known<BertModels.Loaded> model) throws Exception {
    try (var lease = computation.cache().lease(model)) {
      var loaded = lease.model();
      var explanations = new TextExplanations(computation.engine(), loaded);
      return explanations.attention(loaded.tokenizer().encode("a")).inspection().layers() > 0;
    }
  }

  private void addGauges(Metrics metrics) {
    var queue = computation.queue();
    metrics.gauge("pellucid_queue_length", "Requests that wait.", queue::waiting);
    metrics.gauge("pellucid_workers_busy", "Requests that are computed.", queue::running);
    var cache = computation.cache();
    metrics.gauge("pellucid_models_open", "Models that are open.", cache::open);
    metrics.gauge("pellucid_model_bytes", "Memory of open models.", cache::openBytes);
    var memory = computation.engine().memory();
    metrics.gauge("pellucid_tensor_bytes", "Memory of the engine's pool.", memory::heldBytes);
    ProcessMemory.addTo(metrics);
  }

  /** The port that it listens at. */
  public int port() {
    return service.port();
  }

  /** The address of the overview, such as {@code http://127.0.0.1:8080/}. */
  public String address() {
    var host = options.host();
    return "http://%s:%d/".formatted(host.contains(":") ? "[" + host + "]" : host, port());
  }

  /** What is answered, for the test of the interface's description. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  /** What can be asked about texts. */
  List<OfferedTopic> topics() {
    return topics;
  }

  /** Whether the first model is open. */
  public boolean isReady() {
    return ready.get();
  }

  /**
   * Stops: takes nothing new, gives requests under way some seconds to end, then gives them up, and
   * closes the models.
   */
  @Override
  public void close() {
    try {
      service.stopListening(FAREWELL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    service.close();
    computation.close();
  }
}
