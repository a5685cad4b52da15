package org.pellucid.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.pellucid.models.zoo.SampleImages;

/**
 * Asks a running server by several clients at once and compares each answer with the one that it
 * gave alone; {@code docs/server.md} tells how to run it. It ends with 1 if an answer was wrong.
 *
 * <p>Arguments: the server's address, the number of clients, and minutes.
 */
public final class ServerLoad {
  private static final String FOOD = "/org/pellucid/examples/samples/%s.jpg";
  private static final int MOST_STRANGE = 5;

  /** Clients that leave after this time try how work is given up. */
  private static final Duration IMPATIENCE = Duration.ofMillis(40);

  private static final int ONE_IN = 25;

  /** A request with a name for its figures. */
  private record Question(String kind, String path, String type, byte[] body) {
    static Question json(String kind, String path, String body) {
      return new Question(kind, path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    static Question get(String path) {
      return new Question(path, path, "", new byte[0]);
    }
  }

  private record Reply(int status, String body) {
    /** How long an explanation took is the one thing that may differ. */
    static Reply of(HttpResponse<String> response) {
      return new Reply(
          response.statusCode(),
          response.body().replaceAll("\"seconds\":[-0-9.E]+", "\"seconds\":0"));
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final String address;
  private final Map<Question, Reply> alone = new LinkedHashMap<>();
  private final Map<String, ConcurrentLinkedQueue<Double>> seconds = new LinkedHashMap<>();
  private final AtomicInteger wrong = new AtomicInteger();
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();

  private ServerLoad(String address) {
    this.address = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
  }

  /** Runs the load. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 3) {
      System.err.println("give the server's address, the number of clients, and minutes");
      System.exit(2);
    }
    var load = new ServerLoad(arguments[0]);
    load.learn();
    load.run(Integer.parseInt(arguments[1]), Double.parseDouble(arguments[2]));
    load.report();
    System.exit(load.wrong.get() == 0 ? 0 : 1);
  }

  private static List<Question> questions() throws IOException {
    var questions = new ArrayList<Question>();
    for (var text :
        List.of(
            "The nurse examined the farmer because she was caring.",
            "Paris is the capital of [MASK].",
            "時間 is time; Zeit ist auch Zeit.",
            "word ".repeat(100))) {
      for (var model : List.of("bert-base-cased", "bert-base-cased-qa")) {
        var body = "{\"model\":\"%s\",\"text\":\"%s\",\"masked\":[2]}".formatted(model, text);
        questions.add(Question.json("attention", "/api/text/attention", body));
      }
    }
    questions.add(
        Question.json(
            "compare",
            "/api/text/compare",
            "{\"word\":\"bank\",\"sentences\":[\"The bank lent money.\",\"A river bank.\",\"My"
                + " bank\"]}"));
    questions.add(
        Question.json(
            "embeddings",
            "/api/text/embeddings",
            "{\"question\":\"Who barks?\",\"context\":\"Cats purr. Dogs bark.\"}"));
    questions.add(
        Question.json(
            "ask",
            "/api/text/ask",
            "{\"question\":\"Who barks?\",\"context\":\"Cats purr. Dogs bark.\",\"steps\":5}"));
    questions.add(
        Question.json("tokens", "/api/text/tokens", "{\"texts\":[\"Unaffable wolves.\"]}"));
    questions.add(
        Question.json("refused", "/api/text/attention", "{\"text\":\"a\",\"masked\":[7]}"));
    for (var name : SampleImages.names().subList(0, 3)) {
      try (var stream = SampleImages.class.getResourceAsStream(FOOD.formatted(name))) {
        var image = stream.readAllBytes();
        questions.add(new Question("classify", "/api/image/classify", "image/jpeg", image));
        var path = "/api/image/explain?methods=saliency,gradcam";
        questions.add(new Question("explain", path, "image/jpeg", image));
      }
    }
    questions.add(Question.get("/"));
    questions.add(Question.get("/openapi.json"));
    return questions;
  }

  private HttpRequest request(Question question) {
    var request =
        HttpRequest.newBuilder(URI.create(address + question.path()))
            .timeout(Duration.ofMinutes(5));
    return question.type().isEmpty()
        ? request.build()
        : request
            .header("Content-Type", question.type())
            .POST(BodyPublishers.ofByteArray(question.body()))
            .build();
  }

  private Reply ask(Question question) throws IOException, InterruptedException {
    return Reply.of(http.send(request(question), BodyHandlers.ofString()));
  }

  /** Asks every question twice alone: the answers must not differ. */
  private void learn() throws IOException, InterruptedException {
    for (var question : questions()) {
      var reply = ask(question);
      check(question, reply, ask(question));
      alone.put(question, reply);
      seconds.putIfAbsent(question.kind(), new ConcurrentLinkedQueue<>());
    }
    System.out.printf("%d questions answered alone%n", alone.size());
  }

  private void check(Question question, Reply expected, Reply found) {
    if (!found.equals(expected) && wrong.incrementAndGet() <= MOST_STRANGE) {
      System.out.printf(
          "WRONG: %s was answered %d (%d letters), alone %d (%d letters)%n",
          question.kind(),
          found.status(),
          found.body().length(),
          expected.status(),
          expected.body().length());
    }
  }

  private void run(int clients, double minutes) throws InterruptedException {
    var start = System.nanoTime();
    var end = start + (long) (minutes * 60e9);
    var threads =
        Stream.iterate(0, i -> i + 1)
            .limit(clients)
            .map(i -> Thread.ofVirtual().start(() -> askUntil(end, new Random(i))))
            .toList();
    for (var minute = 0; System.nanoTime() < end; minute++) {
      tell(minute);
      Thread.sleep(Math.max(1, Math.min(60_000, (end - System.nanoTime()) / 1_000_000)));
    }
    for (var thread : threads) {
      thread.join();
    }
    tell((int) Math.round((System.nanoTime() - start) / 60e9));
  }

  private void askUntil(long end, Random random) {
    var questions = List.copyOf(alone.keySet());
    while (System.nanoTime() < end) {
      var question = questions.get(random.nextInt(questions.size()));
      try {
        if (random.nextInt(ONE_IN) == 0) {
          leave(question);
        } else {
          askOnce(question);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void askOnce(Question question) throws IOException, InterruptedException {
    var start = System.nanoTime();
    var reply = ask(question);
    if (reply.status() == 503) {
      busy.incrementAndGet();
      Thread.sleep(1000);
      return;
    }
    seconds.get(question.kind()).add((System.nanoTime() - start) / 1e9);
    check(question, alone.get(question), reply);
  }

  /** Closes the connection before the answer can have come. */
  private void leave(Question question) throws InterruptedException {
    left.incrementAndGet();
    try (var own = HttpClient.newHttpClient()) {
      var asked = own.sendAsync(request(question), BodyHandlers.discarding());
      Thread.sleep(IMPATIENCE);
      asked.cancel(true);
      own.shutdownNow();
    }
  }

  /** The server's memory. */
  private void tell(int minute) {
    try {
      var figures = http.send(request(Question.get("/metrics")), BodyHandlers.ofString()).body();
      System.out.printf(
          "minute %d: heap after collection %.0f MB, resident %.0f MB, tensors %.0f MB, models %.0f"
              + " MB%n",
          minute,
          megabytes(figures, "jvm_heap_after_collection_bytes"),
          megabytes(figures, "process_resident_memory_bytes"),
          megabytes(figures, "pellucid_tensor_bytes"),
          megabytes(figures, "pellucid_model_bytes"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double megabytes(String figures, String name) {
    return figures
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)) / 1e6)
        .findFirst()
        .orElse(Double.NaN);
  }

  private void report() {
    seconds.forEach(
        (kind, all) -> {
          var sorted = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
          System.out.printf(
              "%-14s %6d answers, seconds: median %.3f, 95 %% %.3f, 99 %% %.3f, most %.3f%n",
              kind,
              sorted.length,
              share(sorted, .5),
              share(sorted, .95),
              share(sorted, .99),
              share(sorted, 1));
        });
    System.out.printf(
        "%d answers in all, %d wrong, %d refused as too many, %d given up by the client%n",
        seconds.values().stream().mapToInt(ConcurrentLinkedQueue::size).sum(),
        wrong.get(),
        busy.get(),
        left.get());
  }

  private static double share(double[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
  }
}
