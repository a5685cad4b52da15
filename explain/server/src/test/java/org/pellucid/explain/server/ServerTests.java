package org.pellucid.explain.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.explain.view.Page;
import org.pellucid.explain.view.Pages;
import org.pellucid.models.zoo.BertModels;

/** Asks a server what the library answers, and what it refuses. */
class ServerTests {
  @TempDir private static Path directory;
  private static TinyServer tiny;
  private static Client client;

  @BeforeAll
  static void start() throws IOException {
    tiny = new TinyServer(directory);
    client = tiny.client();
  }

  @AfterAll
  static void stop() {
    tiny.close();
  }

  private static void assertRefused(HttpResponse<String> response, int status, String sentence)
      throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(Client.json(response).size()).isEqualTo(1);
    assertThat(Client.error(response)).contains(sentence).endsWith(".").doesNotContain("\n");
  }

  @Test
  void answersAsTheLibraryDoes() throws Exception {
    try (var loaded = BertModels.open(tiny.model().toString(), _ -> {})) {
      var session = new TextSession(Engine.standard(), loaded, "tiny");
      for (var topic : TextRoutes.TOPICS) {
        var answered = client.post(TextRoutes.endpoint(topic), topic.example());
        assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
        var alone = topic.work().answer(session, Given.of(topic.example()));
        var expected =
            alone instanceof Page page ? Pages.json(page) : Client.JSON.writeValueAsString(alone);
        assertThat(timeless(answered.body())).as(topic.name()).isEqualTo(timeless(expected));
      }
    }
  }

  /** Answers are the same but for the time that they took. */
  private static String timeless(String json) {
    return json.replaceAll("\"seconds\":[-0-9.E]+", "");
  }

  @Test
  void masksAndPairsAndChoosesTheModel() throws Exception {
    var plain = Client.json(client.post("/api/text/attention", Map.of("text", "she he nurse")));
    var asked =
        Map.of("model", "other", "text", "she he", "pair", "nurse", "masked", List.of(1, 4));
    var found = Client.json(client.post("/api/text/attention", asked));
    assertThat(plain.path("model").asText()).isEqualTo("tiny");
    assertThat(found.path("model").asText()).isEqualTo("other");
    var variant = found.path("variants").path(0);
    assertThat(variant.path("tokens"))
        .extracting(token -> token.asText())
        .containsExactly("[CLS]", "[MASK]", "he", "[SEP]", "[MASK]", "[SEP]");
    try (var loaded = BertModels.open(directory.resolve("other").toString(), _ -> {})) {
      var expected =
          new TextExplanations(Engine.standard(), loaded)
              .attention(loaded.tokenizer().encode("she he", "nurse"), 1, 4)
              .predictions()
              .get(1)
              .getFirst();
      var best = variant.path("predictions").path(1).path(0);
      assertThat(best.path("token").asText()).isEqualTo(expected.token());
      assertThat(best.path("probability").asDouble()).isEqualTo(expected.probability());
    }
  }

  @Test
  void takesWhatStrangersWrite() throws Exception {
    for (var text :
        List.of(
            "",
            "word",
            "👩‍⚕️ 🙂",
            "\u05e9\u05dc\u05d5\u05dd \u202e abc",
            "今天買了蘋果",
            "<script>alert(1)</script>",
            "</script><!--",
            "a\u0000b",
            "\ud800")) {
      var answered = client.post("/api/text/attention", Map.of("text", text));
      assertThat(answered.statusCode()).as(text + answered.body()).isEqualTo(200);
      assertThat(answered.body()).doesNotContain("<script", "<!--");
    }
    var page =
        client.get("/text/attention?text=%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).doesNotContain("<script>alert");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"text\":                 | 400 | not well-formed JSON",
        "[]                         | 400 | must be a JSON object",
        "''                         | 400 | must be a JSON object",
        "{\"text\":\"a\"} x         | 400 | not well-formed JSON",
        "{\"text\":\"a\",\"text\":\"b\"} | 400 | not well-formed JSON",
        "{}                         | 400 | The field text is missing",
        "{\"text\":null}            | 400 | The field text is missing",
        "{\"text\":7}               | 400 | The field text must be a text",
        "{\"text\":\"a\",\"maskd\":1} | 400 | There is no field maskd; the fields are model, text",
        "{\"text\":\"a\",\"masked\":[1.5]} | 400 | must be a list of whole numbers",
        "{\"text\":\"a\",\"masked\":[99999999999]} | 400 | must be a list of whole numbers",
        "{\"text\":\"a\",\"masked\":[99]} | 422 | Position 99 is outside",
        "{\"text\":\"a\",\"model\":\"nobody\"} | 422 | choose one of tiny, other",
        "{\"text\":\"a\",\"model\":\"../tiny\"} | 422 | choose one of tiny, other",
        "{\"text\":\"a\",\"model\":\"/etc\"} | 422 | choose one of tiny, other",
        "{\"text\":\"a\",\"model\":\"bert-base-uncased\"} | 422 | choose one of tiny, other",
      })
  void saysWhatIsWrongWithARequest(String body, int status, String sentence) throws Exception {
    var answered =
        client.post(
            "/api/text/attention", "application/json", body.getBytes(StandardCharsets.UTF_8));
    assertRefused(answered, status, sentence);
  }

  @Test
  void refusesDeepNestingAndWrongEncoding() throws Exception {
    var deep = "{\"text\":" + "[".repeat(1000) + "]".repeat(1000) + "}";
    assertRefused(
        client.post(
            "/api/text/attention", "application/json", deep.getBytes(StandardCharsets.UTF_8)),
        400,
        "not well-formed JSON");
    var latin = "{\"text\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(
        client.post("/api/text/attention", "application/json", latin), 400, "not well-formed JSON");
  }

  @Test
  void refusesWhatTheLibraryRefuses() throws Exception {
    assertRefused(
        client.post("/api/text/compare", Map.of("word", "bank", "sentences", List.of("no such"))),
        422,
        "doesn't contain the word bank");
    assertRefused(
        client.post(
            "/api/text/compare",
            Map.of("word", "a", "sentences", List.of("a"), "metric", "manhattan")),
        422,
        "euclidean, cosine or dot");
    assertRefused(
        client.post("/api/text/attention", Map.of("text", "she ".repeat(100))), 422, "tokens");
  }

  @Test
  void refusesLargeBodiesWhetherTheirSizeIsAnnouncedOrNot() throws Exception {
    var body = new byte[100_001];
    Arrays.fill(body, (byte) ' ');
    assertRefused(
        client.post("/api/text/attention", "application/json", body), 413, "100,000 bytes");
    var unannounced =
        client
            .request("/api/text/attention")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
            .build();
    assertRefused(
        client.http().send(unannounced, HttpResponse.BodyHandlers.ofString()),
        413,
        "100,000 bytes");
    assertRefused(
        client.post("/api/image/classify", "image/png", new byte[1_000_001]), 413, "bytes");
    assertThat(client.get("/health").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/nothing, '', 404",
    "GET, /../../etc/passwd, '', 404",
    "GET, /text/..%2f..%2fetc%2fpasswd, '', 404",
    "GET, /api/text/attention, '', 405",
    "DELETE, /api/models, '', 405",
    "OPTIONS, /api/text/attention, '', 405",
    "POST, /api/text/attention, text/plain, 415",
    "POST, /api/text/attention, '', 415",
    "POST, /api/image/classify, application/json, 415",
  })
  void knowsItsAddressesAndTheirMethods(String method, String path, String type, int status)
      throws Exception {
    var raw =
        RawClient.send(
            client.port(),
            "%s %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: 2\r\nConnection: close\r\n\r\n{}"
                .formatted(method, path, type.isEmpty() ? "" : "Content-Type: " + type + "\r\n"));
    assertThat(raw).startsWith("HTTP/1.1 " + status).doesNotContain("Access-Control-Allow");
    if (path.startsWith("/api")) {
      assertThat(raw).contains("{\"error\":\"");
    }
    if (status == 405) {
      assertThat(raw).containsIgnoringCase("\r\nallow: ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Host: evil.example, 403",
    "Host: localhost.evil.example:80, 403",
    "Host: localhost@evil.example, 400",
    "X-Nothing: 1, 400",
    "'Host: localhost\r\nOrigin: http://evil.example', 403",
    "'Host: localhost\r\nOrigin: null', 403",
    "'Host: localhost\r\nOrigin: http://localhost:1', 403",
    "'Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors', 403",
    "'Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate', 200",
    "'Host: localhost:9\r\nOrigin: http://localhost:9', 200",
    "Host: 127.0.0.1, 200",
    "Host: [::1]:8080, 200",
    "Host: LOCALHOST, 200",
  })
  void keepsOtherWebsitesAway(String headers, int status) throws Exception {
    var raw =
        RawClient.send(
            client.port(),
            "GET /api/models HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n");
    assertThat(raw).startsWith("HTTP/1.1 " + status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /api/text/attention HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "zz\r\n",
      })
  void survivesWhatIsNoHttp(String bytes) throws Exception {
    assertThat(RawClient.send(client.port(), bytes)).startsWith("HTTP/1.1 400");
    assertThat(client.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void answersRequestsThatComeAtOnceInTheirOrder() throws Exception {
    var one = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: %s\r\n%s\r\n";
    var raw =
        RawClient.send(
            client.port(),
            one.formatted("first", "")
                + one.formatted("second", "")
                + one.formatted("third", "Connection: close\r\n"));
    assertThat(raw).containsSubsequence("first", "second", "third");
    assertThat(raw.split("HTTP/1.1 200", -1)).hasSize(4);
  }

  @Test
  void offersNoSearchWithoutAnIndex() throws Exception {
    assertThat(client.get("/text/search").statusCode()).isEqualTo(404);
    assertRefused(client.post("/api/text/search", Map.of("text", "she")), 404, "");
    assertThat(client.get("/openapi.json").body()).doesNotContain("/text/search");
    assertThat(client.get("/api/models").body()).doesNotContain("indexes");
    assertThat(client.get("/").body()).doesNotContain("/text/search");
  }

  @Test
  void givesHeadWithoutABody() throws Exception {
    var raw =
        RawClient.send(
            client.port(), "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(raw).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
    assertThat(raw.toLowerCase()).contains("content-length: ").doesNotContain("content-length: 0");
  }

  @Test
  void allowsPagesTheirOwnScriptsAlone() throws Exception {
    var page = client.get("/");
    var policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
    assertThat(policy)
        .contains("default-src 'none'", "script-src 'sha256-", "frame-ancestors 'none'")
        .doesNotContain("script-src 'unsafe-inline'");
    assertThat(page.body().replace("http://www.w3.org/2000/svg", "")).doesNotContain("://");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  void logsALineForEachRequestWithoutItsText() throws Exception {
    var answered =
        client
            .http()
            .send(
                client
                    .request("/text/attention?text=secret")
                    .header("X-Request-Id", "of-this-test")
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answered.headers().firstValue("X-Request-Id")).contains("of-this-test");
    RawClient.send(
        client.port(),
        "GET /forged%0aline HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(tiny.log())
        .anyMatch(line -> line.startsWith("of-this-test GET /text/attention 200"));
    assertThat(tiny.log()).anyMatch(line -> line.contains("GET /forged?line 404"));
    assertThat(tiny.log()).noneMatch(line -> line.contains("secret") || line.contains("\n"));
  }

  @Test
  void countsRequestsAndTellsItsState() throws Exception {
    client.get("/api/models");
    client.get("/api/models/none");
    var text = client.get("/metrics").body();
    assertThat(text)
        .containsPattern("pellucid_requests_total\\{status=\"200\",route=\"/api/models\"} \\d+\n")
        .contains("pellucid_requests_total{status=\"404\",route=\"none\"}")
        .containsPattern(
            "pellucid_request_seconds_bucket\\{route=\"/api/models\",le=\"\\+Inf\"} \\d+")
        .contains("pellucid_queue_length ", "pellucid_models_open ", "jvm_heap_used_bytes ");
    assertThat(text.lines())
        .allMatch(line -> line.matches("# (HELP|TYPE) .+|[a-z_]+(\\{.*})? [0-9.E+-]+"));
    var health = Client.json(client.get("/health"));
    assertThat(health.path("live").asBoolean()).isTrue();
    var models = Client.json(client.get("/api/models"));
    assertThat(models.path("texts").path(0).path("name").asText()).isEqualTo("tiny");
    assertThat(models.path("images").path(0).path("name").asText()).isEqualTo("food");
    assertThat(models.toString()).doesNotContain(directory.toString());
  }
}
