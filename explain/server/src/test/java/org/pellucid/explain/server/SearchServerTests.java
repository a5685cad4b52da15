package org.pellucid.explain.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.search.CorpusException;
import org.pellucid.explain.search.CorpusIndex;
import org.pellucid.explain.search.CorpusSearch;
import org.pellucid.explain.search.SearchBy;
import org.pellucid.explain.search.SearchPage;
import org.pellucid.explain.search.SearchQuestion;
import org.pellucid.explain.view.Pages;
import org.pellucid.models.zoo.BertModels;

/** Searches two tiny indexes over HTTP and in a browser, and starts with indexes that don't fit. */
class SearchServerTests {
  private static final String LETTERS =
      "the officer was kind.\nthe nurse was kind to the farmer.\nhe was a farmer.\n";
  private static final String POEMS = "the wolf was kind.\na mouse is a mouse.\n";
  private static final String TEXT = "the kind nurse was a wolf.";

  @TempDir private static Path directory;
  private static TinyServer tiny;
  private static Client client;

  @BeforeAll
  static void start() throws IOException {
    tiny = new TinyServer(directory, 2, 8, Map.of("letters", LETTERS, "poems", POEMS));
    client = tiny.client();
  }

  @AfterAll
  static void stop() {
    tiny.close();
  }

  /** The page that the library makes. */
  private static SearchPage expected(String index, SearchQuestion question) throws Exception {
    try (var opened = CorpusIndex.open(directory.resolve(index));
        var loaded = BertModels.open(tiny.model().toString(), _ -> {})) {
      var found =
          new CorpusSearch(Engine.standard(), opened)
              .search(loaded, question.to(opened.description(), loaded.tokenizer()));
      return SearchPage.of(found.withModel("tiny"), opened.description());
    }
  }

  private static SearchQuestion question(
      String text, int position, List<Integer> masked, int layer, SearchBy by) {
    return new SearchQuestion(
        text,
        OptionalInt.of(position),
        Optional.empty(),
        masked,
        OptionalInt.of(layer),
        by,
        List.of(),
        50,
        false);
  }

  @Test
  void answersAsTheLibraryDoes() throws Exception {
    var plain = client.post("/api/text/search", Map.of("text", TEXT));
    assertThat(plain.statusCode()).as(plain.body()).isEqualTo(200);
    assertThat(plain.body())
        .isEqualTo(
            Pages.json(expected("letters", question(TEXT, 1, List.of(), 2, SearchBy.EMBEDDING))));
    var all =
        Map.of(
            "index",
            "poems",
            "text",
            TEXT,
            "word",
            "nurse",
            "masked",
            List.of(3),
            "layer",
            1,
            "by",
            "context",
            "heads",
            List.of(1),
            "best",
            4,
            "exact",
            true);
    var found = client.post("/api/text/search", all);
    var same =
        new SearchQuestion(
            TEXT,
            OptionalInt.empty(),
            Optional.of("nurse"),
            List.of(3),
            OptionalInt.of(1),
            SearchBy.CONTEXT,
            List.of(1),
            4,
            true);
    assertThat(found.body()).isEqualTo(Pages.json(expected("poems", same)));
    assertThat(Client.json(found).at("/result/hits")).hasSize(4);
    assertThat(found.body()).doesNotContain(directory.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                      | 400 | The field text is missing",
        "{\"text\":\"a\",\"model\":\"tiny\"}     | 400 | the fields are index, text",
        "{\"text\":\"a\",\"exact\":1}            | 400 | must be true or false",
        "{\"text\":\"a\",\"index\":\"../poems\"} | 422 | choose one of letters, poems",
        "{\"text\":\"\"}                         | 422 | holds no word",
        "{\"text\":\"a\",\"word\":\"the\"}       | 422 | doesn't contain the word the",
        "{\"text\":\"a\",\"word\":\"a\",\"position\":1} | 422 | give one of them",
        "{\"text\":\"a\",\"position\":2}         | 422 | this text's words stand at 1..1",
        "{\"text\":\"a\",\"masked\":[9]}         | 422 | Position 9 is outside",
        "{\"text\":\"a\",\"masked\":[9],\"earlier\":[\"[CLS]\"]} | 422 | position is 9",
        "{\"text\":\"a\",\"layer\":3}            | 422 | but of the layers [0, 1, 2]",
        "{\"text\":\"a\",\"by\":\"neck\"}        | 422 | by embedding or context",
        "{\"text\":\"a\",\"heads\":[2]}          | 422 | heads are 0..1",
        "{\"text\":\"a\",\"best\":1001}          | 422 | must be from 1 to 1000",
      })
  void saysWhatIsWrongWithARequest(String body, int status, String sentence) throws Exception {
    var answered =
        client.post("/api/text/search", "application/json", body.getBytes(StandardCharsets.UTF_8));
    assertThat(answered.statusCode()).as(answered.body()).isEqualTo(status);
    assertThat(Client.error(answered)).contains(sentence).endsWith(".");
  }

  @Test
  void takesWhatStrangersWrite() throws Exception {
    for (var text :
        List.of(
            "word",
            "\ud83d\ude42",
            "\u05e9\u05dc\u05d5\u05dd",
            "今天",
            "<script>alert(1)</script>")) {
      var answered = client.post("/api/text/search", Map.of("text", text));
      assertThat(answered.statusCode()).as(text + answered.body()).isEqualTo(200);
      assertThat(answered.body()).doesNotContain("<script");
    }
    var tooLong = client.post("/api/text/search", Map.of("text", "she ".repeat(100)));
    assertThat(tooLong.statusCode()).isEqualTo(422);
    assertThat(Client.error(tooLong)).contains("102 tokens");
  }

  @Test
  void tellsOfItsIndexes() throws Exception {
    var first = Client.json(client.get("/api/models")).at("/indexes/0");
    assertThat(first.path("name").asText()).isEqualTo("letters");
    assertThat(first.path("model").asText()).isEqualTo("tiny");
    assertThat(first.path("corpus").asText()).isEqualTo("letters.txt");
    assertThat(first.path("sentences").asInt()).isEqualTo(3);
    assertThat(client.get("/").body()).contains("/text/search", "letters.txt");
    assertThat(client.get("/text/search?text=a&index=poems").body()).contains("poems.txt");
  }

  private static PellucidServer started(ServerOptions options) throws IOException {
    return PellucidServer.start(Engine.standard(), options);
  }

  @Test
  void refusesIndexesThatDoNotFitAtItsStart(@TempDir Path other) throws Exception {
    var model = TinyModel.write(other.resolve("mine"), LETTERS, 1);
    var index = TinyIndex.build(other.resolve("index"), model, LETTERS);
    var options =
        ServerOptions.standard()
            .at("127.0.0.1", 0)
            .withModels(List.of(tiny.model().toString()), List.of());
    var one = options.withIndexes(List.of(index));
    started(one).close();

    assertThatThrownBy(() -> started(options.withIndexes(List.of(index, index))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Two indexes are called index");
    assertThatThrownBy(() -> started(options.withIndexes(List.of(other.resolve("none")))))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("holds no whole index");

    var moved = Files.move(model, other.resolve("moved"));
    assertThatThrownBy(() -> started(one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("isn't on this machine");
    Files.createDirectories(other.resolve("now"));
    var named = Files.move(moved, other.resolve("now/mine")).toString();
    started(one.withModels(List.of(named), List.of())).close();

    TinyModel.write(model, LETTERS, 2);
    assertThatThrownBy(() -> started(one))
        .isInstanceOf(CorpusException.class)
        .hasMessageContaining("not those of %s now".formatted(model));
  }

  @Test
  void computesAnewInTheBrowser() throws Exception {
    var found = LiveBrowser.start();
    assumeTrue(found.isPresent(), "no Chromium on the PATH; the page is not tried in a browser");
    try (var browser = found.get()) {
      browser.open(tiny.server().address() + "text/search?text=the%20nurse&word=nurse");
      browser.await("document.querySelector('form.search')");
      browser.value("window.opened = true");
      assertShown(
          browser, expected("letters", question("the nurse", 2, List.of(), 2, SearchBy.EMBEDDING)));

      click(browser, "[aria-label^=\"token\"] button:nth-of-type(2)");
      click(browser, "[aria-label^=\"token\"] input[type=checkbox]");
      choose(browser, "layer", "1");
      search(browser, "By its hidden state of layer 1");
      assertShown(
          browser,
          expected("letters", question("the nurse", 1, List.of(1), 1, SearchBy.EMBEDDING)));

      click(browser, "[aria-label=\"search by\"] button:nth-of-type(2)");
      search(browser, "By what all heads of encoder layer 1");
      assertShown(
          browser, expected("letters", question("the nurse", 1, List.of(1), 1, SearchBy.CONTEXT)));

      type(browser, TEXT);
      choose(browser, "index", "poems");
      search(browser, "poems.txt");
      assertShown(browser, expected("poems", question(TEXT, 1, List.of(1), 1, SearchBy.CONTEXT)));
      assertThat(
              browser
                  .value("document.querySelectorAll('[aria-label^=\"token\"] button').length")
                  .asInt())
          .isEqualTo(9);

      // Of two masked words, the one that the edit leaves is masked and looked for at its new
      // place.
      click(browser, "[aria-label^=\"token\"] button:nth-of-type(4)");
      click(browser, "[aria-label^=\"token\"] input[type=checkbox]");
      type(browser, "a nurse was the wolf.");
      search(browser, "[MASK] was the wolf");
      assertShown(
          browser,
          expected("poems", question("a nurse was the wolf.", 2, List.of(2), 1, SearchBy.CONTEXT)));

      type(browser, "she ".repeat(100));
      search(browser, "102 tokens");
      assertThat(browser.value("window.opened").asBoolean()).as("it is the same page").isTrue();
    }
  }

  private static void click(LiveBrowser browser, String selector) throws Exception {
    browser.value("document.querySelector('%s').click()".formatted(selector));
  }

  private static void choose(LiveBrowser browser, String label, String value) throws Exception {
    browser.value(
        """
        (() => {
          const select = document.querySelector('select[aria-label="%s"]');
          select.value = '%s';
          select.dispatchEvent(new Event('change', {bubbles: true}));
        })()\
        """
            .formatted(label, value));
  }

  private static void type(LiveBrowser browser, String text) throws Exception {
    browser.value(
        """
        (() => {
          const box = document.querySelector('input[aria-label="text"]');
          box.value = '%s';
          box.dispatchEvent(new Event('input', {bubbles: true}));
        })()\
        """
            .formatted(text));
  }

  private static void search(LiveBrowser browser, String until) throws Exception {
    click(browser, "form.search [type=submit]");
    browser.await("document.querySelector('#page').innerText.includes('%s')".formatted(until));
  }

  /** The hits of the page, their cosines and their matches. */
  private static void assertShown(LiveBrowser browser, SearchPage expected) throws Exception {
    var rows =
        browser.value(
            """
            [...document.querySelectorAll('table.hits tbody tr')].map((row) =>
              row.querySelector('.similarity').textContent + ' ' + row.querySelector('.match').textContent)\
            """);
    assertThat(rows)
        .extracting(row -> row.asText())
        .containsExactlyElementsOf(
            expected.result().hits().stream()
                .map(
                    hit ->
                        "%.3f %s".formatted(hit.similarity(), hit.words().get(hit.match()).text()))
                .toList());
  }
}
