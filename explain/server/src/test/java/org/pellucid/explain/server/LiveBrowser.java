package org.pellucid.explain.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.pellucid.testing.Chromium;

/** A Chromium without a window that is led from outside, over its DevTools protocol. */
final class LiveBrowser implements AutoCloseable {
  private static final int SECONDS = 60;
  private static final JsonMapper JSON = new JsonMapper();

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private int number;

  private LiveBrowser(Chromium chromium) throws IOException, InterruptedException {
    profile = Files.createTempDirectory("chromium");
    process =
        chromium.start(
            profile, ProcessBuilder.Redirect.DISCARD, "--remote-debugging-port=0", "about:blank");
    socket = connect();
    ask("Runtime.enable", Map.of());
  }

  /** The first Chromium on the PATH, started. */
  static Optional<LiveBrowser> start() throws IOException, InterruptedException {
    var found = Chromium.find();
    return found.isPresent() ? Optional.of(new LiveBrowser(found.get())) : Optional.empty();
  }

  private WebSocket connect() throws IOException, InterruptedException {
    var told = profile.resolve("DevToolsActivePort");
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(told) || Files.readAllLines(told).size() < 2) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new IOException("Chromium didn't start.");
      }
      Thread.sleep(20);
    }
    var http = HttpClient.newHttpClient();
    var list =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:%s/json/list"
                            .formatted(Files.readAllLines(told).getFirst())))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    var page = JSON.readTree(list.body()).path(0).path("webSocketDebuggerUrl").asText();
    return http.newWebSocketBuilder().buildAsync(URI.create(page), new Listener()).join();
  }

  /** Joins the parts of messages. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        messages.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private JsonNode ask(String method, Map<String, Object> parameters)
      throws IOException, InterruptedException {
    number++;
    socket
        .sendText(
            JSON.writeValueAsString(Map.of("id", number, "method", method, "params", parameters)),
            true)
        .join();
    while (true) {
      var message = messages.poll(SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new IOException("Chromium didn't answer " + method);
      }
      var answer = JSON.readTree(message);
      if (answer.path("id").asInt() == number) {
        return answer.path("result");
      }
    }
  }

  void open(String address) throws IOException, InterruptedException {
    ask("Page.navigate", Map.of("url", address));
  }

  /** The value of an expression of JavaScript in the page. */
  JsonNode value(String expression) throws IOException, InterruptedException {
    var answer =
        ask(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IOException(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true. */
  void await(String condition) throws IOException, InterruptedException {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (true) {
      try {
        if (value("Boolean(" + condition + ")").asBoolean()) {
          return;
        }
      } catch (IOException e) {
        // The page is being replaced by another.
        if (System.nanoTime() > end) {
          throw e;
        }
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            "It never became true: %s; the page is %s"
                .formatted(condition, value("document.body.innerText").asText()));
      }
      Thread.sleep(30);
    }
  }

  /** Puts files into a page's field for them, as a user's choice does. */
  void choose(String selector, Path file) throws IOException, InterruptedException {
    var document = ask("DOM.getDocument", Map.of()).path("root").path("nodeId").asInt();
    var field =
        ask("DOM.querySelector", Map.of("nodeId", document, "selector", selector))
            .path("nodeId")
            .asInt();
    ask("DOM.setFileInputFiles", Map.of("nodeId", field, "files", List.of(file.toString())));
  }

  @Override
  public void close() throws IOException {
    Chromium.kill(process);
    Chromium.deleteProfile(profile);
  }
}
