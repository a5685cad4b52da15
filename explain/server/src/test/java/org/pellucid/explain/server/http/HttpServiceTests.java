package org.pellucid.explain.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work that is bounded, given up, and brought to an end. */
class HttpServiceTests {
  private static final int SECONDS = 20;

  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final Metrics metrics = new Metrics();
  private final WorkQueue queue = new WorkQueue(1, 1, Duration.ofSeconds(SECONDS));
  private HttpService service;

  private void start(Route.Handler handler, Duration patience, long memory) throws IOException {
    var routes =
        List.of(
            Route.get("/work", Route.Form.JSON, handler),
            new Route("POST", "/body", Route.Form.JSON, Set.of(), 1 << 20, handler));
    ErrorAnswers errors =
        (refusal, _) ->
            new Answer(
                refusal.status(),
                "text/plain",
                refusal.headers(),
                refusal.getMessage().getBytes(StandardCharsets.UTF_8));
    service =
        HttpService.start(
            new ServiceOptions("127.0.0.1", 0, Set.of(), 16, memory, patience, log::add),
            routes,
            errors,
            metrics);
  }

  private void start(Route.Handler handler) throws IOException {
    start(handler, Duration.ofSeconds(SECONDS), 1 << 22);
  }

  @AfterEach
  void stop() {
    gate.countDown();
    service.close();
    queue.close();
  }

  /** Works until the gate opens, on the queue's thread. */
  private Answer untilTheGateOpens(Request request) throws Exception {
    return queue.result(
        () -> {
          started.countDown();
          try {
            gate.await();
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
          return Answer.text("text/plain", request.path());
        });
  }

  private CompletableFuture<HttpResponse<String>> ask() {
    return HttpClient.newHttpClient()
        .sendAsync(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/work".formatted(service.port())))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private Socket connect() throws IOException {
    var socket = new Socket("127.0.0.1", service.port());
    socket.setSoTimeout(SECONDS * 1000);
    return socket;
  }

  private Socket askRaw() throws IOException {
    var socket = connect();
    socket
        .getOutputStream()
        .write("GET /work HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    var end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never happened").isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void refusesWhatTheQueueHasNoRoomFor() throws Exception {
    start(this::untilTheGateOpens);
    var first = ask();
    await(() -> queue.running() == 1);
    var second = ask();
    await(() -> queue.waiting() == 1);
    var third = ask().get(SECONDS, TimeUnit.SECONDS);
    assertThat(third.statusCode()).isEqualTo(503);
    assertThat(third.headers().firstValue("Retry-After")).contains("5");
    gate.countDown();
    assertThat(first.get(SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(second.get(SECONDS, TimeUnit.SECONDS).body()).isEqualTo("/work");
  }

  @Test
  void givesUpWorkWhoseClientLeft() throws Exception {
    start(this::untilTheGateOpens);
    var asked = askRaw();
    // A thread counts as running before its work begins, which could be given up unseen.
    assertThat(started.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    asked.close();
    assertThat(interrupted.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    await(() -> queue.running() == 0);
    await(() -> log.stream().anyMatch(line -> line.contains("GET /work 499")));
    assertThat(metrics.text()).contains("{status=\"499\",route=\"/work\"} 1");
  }

  @Test
  void takesWhatWaitsOutOfTheQueueWhenItsClientLeft() throws Exception {
    start(this::untilTheGateOpens);
    var first = ask();
    await(() -> queue.running() == 1);
    var second = askRaw();
    await(() -> queue.waiting() == 1);
    second.close();
    await(() -> queue.waiting() == 0);
    gate.countDown();
    assertThat(first.get(SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void givesUpWhatTakesTooLong() throws Exception {
    var hasty = new WorkQueue(1, 1, Duration.ofMillis(50));
    start(
        request ->
            hasty.result(
                () -> {
                  gate.await();
                  return Answer.text("text/plain", "never");
                }));
    assertThat(ask().get(SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(504);
    await(() -> hasty.running() == 0);
    hasty.close();
  }

  @Test
  void hidesWhatWentWrongInside() throws Exception {
    start(
        _ -> {
          throw new IllegalStateException("secret");
        });
    var answered = ask().get(SECONDS, TimeUnit.SECONDS);
    assertThat(answered.statusCode()).isEqualTo(500);
    assertThat(answered.body()).doesNotContain("secret", "Exception", "\tat ");
  }

  @Test
  void answersWhatCameBeforeItStops() throws Exception {
    start(this::untilTheGateOpens);
    var asked = ask();
    await(() -> queue.running() == 1);
    var idle = connect();
    await(() -> metrics.text().contains("pellucid_connections 2"));
    var stopping =
        CompletableFuture.runAsync(
            () -> {
              try {
                service.stopListening(Duration.ofSeconds(SECONDS));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(idle.getInputStream().read()).as("idle connections end").isEqualTo(-1);
    gate.countDown();
    assertThat(asked.get(SECONDS, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    stopping.get(SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void endsConnectionsThatDontGetOn() throws Exception {
    start(_ -> Answer.text("text/plain", "done"), Duration.ofSeconds(1), 1 << 22);
    try (var slow = connect()) {
      var out = slow.getOutputStream();
      out.write(
          "POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n12345".getBytes());
      assertThat(slow.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void boundsTheMemoryOfBodies() throws Exception {
    start(_ -> Answer.text("text/plain", "done"), Duration.ofSeconds(SECONDS), 1 << 12);
    var head = "POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s";
    try (var large = connect()) {
      large
          .getOutputStream()
          .write(head.formatted(8000, "x".repeat(8000)).getBytes(StandardCharsets.UTF_8));
      var answer = new String(large.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
      assertThat(answer).isEqualTo("HTTP/1.1 503");
    }
    await(() -> metrics.text().contains("pellucid_connections 0"));
    for (var i = 0; i < 5; i++) {
      try (var small = connect()) {
        small
            .getOutputStream()
            .write(head.formatted(3000, "x".repeat(3000)).getBytes(StandardCharsets.UTF_8));
        var answer = new String(small.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
        assertThat(answer).as("memory is given back").isEqualTo("HTTP/1.1 200");
      }
    }
  }

  @Test
  void sendsLargeAnswersWhole() throws Exception {
    var body = new byte[3 << 20];
    for (var i = 0; i < body.length; i++) {
      body[i] = (byte) ('a' + i % 26);
    }
    start(_ -> new Answer(200, "text/plain", Map.of(), body));
    var answered = ask().get(SECONDS, TimeUnit.SECONDS);
    assertThat(answered.body()).isEqualTo(new String(body, StandardCharsets.UTF_8));
  }
}
