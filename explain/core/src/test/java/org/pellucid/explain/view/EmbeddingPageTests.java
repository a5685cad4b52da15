package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.text.TokenRole;

/** Clicks through the page of embeddings in a real browser and compares its numbers. */
class EmbeddingPageTests {
  private static final String HOSTILE = "<script>alert(1)</script>";

  @TempDir Path directory;

  private Browser browser;

  @BeforeEach
  void findBrowser() {
    browser = Browser.find();
  }

  private String rendered(Page page, String state, String script) throws Exception {
    return browser.render(page, state, script, directory);
  }

  /** Runs steps one after the other and returns what each says, in the order of the steps. */
  private JsonNode told(Page page, String state, String... steps) throws Exception {
    var script = new StringBuilder("const q = (s) => document.querySelector(s);");
    script.append("const all = (s) => [...document.querySelectorAll(s)];");
    script.append("const set = (s, v, e) => { const n = q(s); n.value = v;");
    script.append(" n.dispatchEvent(new Event(e, {bubbles: true})); };");
    script.append("const key = (k) => document.body.dispatchEvent(");
    script.append("new KeyboardEvent('keydown', {key: k, bubbles: true}));");
    script.append("const said = [];");
    for (var step : steps) {
      script.append("said.push((() => {").append(step).append("})() ?? null);\n");
    }
    script.append("const log = document.createElement('pre'); log.id = 'log';");
    script.append("log.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(said))));");
    script.append("document.body.append(log);");
    var html = rendered(page, state, script.toString());
    var from = html.indexOf("<pre id=\"log\">") + "<pre id=\"log\">".length();
    assertThat(from).as("the page's script ran to its end").isGreaterThan(100);
    var text = html.substring(from, html.indexOf("</pre>", from));
    return new JsonMapper().readTree(Base64.getDecoder().decode(text));
  }

  @Test
  void showsTheLibrarysNumbersOfTheLayerAndToken() throws Exception {
    var page = SamplePages.embedding();
    var tab = page.tabs().getFirst();
    var layer = 5;
    var token = 20;
    var said =
        told(
            page,
            "layer=5&token=20",
            "return all('.neighbours button').map((b) => b.title)",
            "return all('.neighbours .figure').map((b) => b.textContent)",
            "return q('.stage .panel .chart-legend').textContent",
            "return q('h2 + p').textContent",
            "all('.panel .chips button')[1].click(); return all('.neighbours .figure')"
                + ".map((b) => b.textContent)");
    var size = tab.tokens().size();
    for (var k = 0; k < 10; k++) {
      var at = (layer * size + token) * 10 + k;
      assertThat(said.get(0).get(k).textValue()).isEqualTo("token " + tab.cosine().positions()[at]);
      assertThat(said.get(1).get(k).textValue())
          .isEqualTo(String.format(Locale.ROOT, "%.3f", tab.cosine().distances()[at]));
      assertThat(said.get(4).get(k).textValue())
          .isEqualTo(String.format(Locale.ROOT, "%.2f", tab.euclidean().distances()[at]));
    }
    assertThat(said.get(2).textValue())
        .contains(
            String.format(Locale.ROOT, "embedding%.3f", tab.toFirst()[layer * size + token]),
            String.format(Locale.ROOT, "before%.3f", tab.toBefore()[layer * size + token]));
    var shares = tab.projections().get("pca").explained()[layer];
    assertThat(said.get(3).textValue())
        .contains(String.format(Locale.ROOT, "first component %.1f\u00a0%%", 100 * shares[0]));
  }

  /** Equal units on both axes: all differences of places are those of scores, up to one factor. */
  @Test
  void placesTokensByTheirScores() throws Exception {
    var page = SamplePages.embedding();
    var tab = page.tabs().get(1);
    var said =
        told(
            page,
            "tab=1&layer=0",
            "return all('[data-index]').map((n) => [+n.dataset.index,"
                + " ...n.style.transform.match(/-?[\\d.]+/g).map(Number)])",
            "return q('h2').textContent");
    var places = said.get(0);
    // Of 25 tokens three are special, and hidden until asked for.
    assertThat(places).hasSize(22);
    assertThat(said.get(1).textValue()).isEqualTo("Embeddings (layer 0) · PCA of each layer");
    var scores = tab.projections().get("pca").places();
    var ratios =
        IntStream.range(1, places.size())
            .mapToDouble(
                i -> {
                  var a = places.get(0);
                  var b = places.get(i);
                  var drawn =
                      Math.hypot(
                          a.get(1).doubleValue() - b.get(1).doubleValue(),
                          a.get(2).doubleValue() - b.get(2).doubleValue());
                  var first = a.get(0).intValue() * 3;
                  var second = b.get(0).intValue() * 3;
                  return drawn
                      / Math.hypot(
                          scores[first] - scores[second], scores[first + 1] - scores[second + 1]);
                })
            .toArray();
    for (var ratio : ratios) {
      // Places are written with two decimals, of distances down to a few units.
      assertThat(ratio / ratios[0]).isBetween(0.99, 1.01);
    }
  }

  @Test
  void everyControlDoesWhatItSays() throws Exception {
    var said =
        told(
            SamplePages.embedding(),
            "layer=3",
            "q('.multiples button:nth-child(8)').click(); return location.hash",
            "key('ArrowRight'); return q('h2').textContent",
            "set('select[aria-label=projection]', 'umap', 'change'); return q('h2').textContent",
            "set('select[aria-label=projection]', 'pca', 'change');"
                + " all('[aria-label=dimensions] button')[1].click();"
                + " return q('.plot').classList.contains('deep')",
            "const before = q('[data-index]').style.transform;"
                + " q('.plot').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight',"
                + " shiftKey: true, bubbles: true}));"
                + " return before !== q('[data-index]').style.transform",
            "set('select[aria-label=trails]', 'all', 'change'); return all('.trail').length",
            "set('input[type=search]', 'word1', 'input');"
                + " return [q('.bar output[aria-live]').textContent, all('.moving.faint').length]",
            "key('Escape'); return q('.panel h3').textContent",
            "q('button.token[data-token=\"14\"]').click(); return q('.panel h3').textContent",
            "q('.plot').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowDown', bubbles:"
                + " true})); return q('.panel h3').textContent",
            "all('input[type=checkbox]')[1].click(); return all('[data-index]').length",
            "return all('.step h3').map((h) => h.textContent)",
            "return q('.step .peak-text').textContent");
    assertThat(said.get(0).textValue()).contains("layer=7");
    assertThat(said.get(1).textValue()).isEqualTo("Layer 8 · PCA of each layer");
    assertThat(said.get(2).textValue()).isEqualTo("Layer 8 · UMAP");
    assertThat(said.get(3).booleanValue()).isTrue();
    assertThat(said.get(4).booleanValue()).isTrue();
    assertThat(said.get(5).intValue()).isEqualTo(57);
    // word1, word10, word11 and word13 to word19
    assertThat(said.get(6).get(0).textValue()).isEqualTo("10 found");
    assertThat(said.get(6).get(1).intValue()).isEqualTo(47);
    assertThat(said.get(7).textValue()).isEqualTo("No token is chosen");
    assertThat(said.get(8).textValue()).isEqualTo("word14 at layer 8");
    assertThat(said.get(9).textValue()).isEqualTo("word15 at layer 8");
    assertThat(said.get(10).intValue()).isEqualTo(60);
    assertThat(said.get(11))
        .extracting(JsonNode::textValue)
        .containsExactly(
            "Similar words by their meaning", "Question, context and answer as groups");
    assertThat(said.get(12).textValue()).isEqualTo("Strongest at layer 3 (high in layers 2–4)");
  }

  @Test
  void savesTablesAndKeepsItsStateInTheAddress() throws Exception {
    var state = "layer=4&method=tsne&trails=one&metric=euclidean&search=word2&token=22&labels=0";
    var said =
        told(
            SamplePages.embedding(),
            state,
            "return location.hash",
            "const saved = []; URL.createObjectURL = (blob) => { saved.push(blob.size + ' ' +"
                + " blob.type); return 'data:,'; }; all('[aria-label=\"save as\"] button')"
                + ".forEach((b) => { if (b.textContent !== 'PNG') b.click(); }); return saved",
            "return q('.plot').getAttribute('aria-label')",
            "return q('button.token[aria-pressed=true]').textContent");
    for (var part : state.split("&")) {
      assertThat(said.get(0).textValue()).contains(part);
    }
    assertThat(said.get(1)).hasSize(4);
    assertThat(said.get(1).get(0).textValue()).endsWith("image/svg+xml");
    assertThat(said.get(1).get(1).textValue()).endsWith("text/csv");
    assertThat(said.get(1).get(2).textValue()).endsWith("text/tab-separated-values");
    assertThat(said.get(2).textValue()).isEqualTo("57 tokens at layer 4");
    assertThat(said.get(3).textValue()).isEqualTo("word22");
  }

  @Test
  void showsHostileAndForeignTokensAsText() throws Exception {
    var tokens = List.of("[CLS]", HOSTILE, "[SEP]", "شجرة", "🙂", "果", "[SEP]");
    var roles =
        List.of(
            TokenRole.SPECIAL,
            TokenRole.QUESTION,
            TokenRole.SPECIAL,
            TokenRole.CONTEXT,
            TokenRole.CONTEXT,
            TokenRole.ANSWER,
            TokenRole.SPECIAL);
    var hidden = List.of(new float[7 * 3], new float[7 * 3]);
    for (var i = 0; i < 21; i++) {
      hidden.get(0)[i] = i * i % 5;
      hidden.get(1)[i] = i * i % 7;
    }
    var page =
        new EmbeddingPage(HOSTILE, "m", List.of(SamplePages.tab("n", tokens, roles, hidden)));
    var said = told(page, "", "return all('.moving text').map((t) => t.textContent)");
    assertThat(said.get(0))
        .extracting(JsonNode::textValue)
        .containsExactly(HOSTILE, "شجرة", "🙂", "果");
  }

  @Test
  void asksItsServerForAnotherQuestion() throws Exception {
    var page = SamplePages.embedding();
    var other = new EmbeddingPage("t", "other", List.of(page.tabs().get(1)));
    var request = Map.of("model", "sample", "question", "Who?", "context", "He.", "answer", "");
    var access = new LiveAccess("/api/text/embeddings", List.of("sample", "other"), request);
    var script =
        """
        <script type="module">
        const log = (text) => document.body.append(Object.assign(document.createElement('p'), {textContent: text}));
        window.fetch = async (path, {body}) => { log('asked ' + body); return {ok: true, json: async () => (%s)}; };
        document.querySelector('[aria-label=Context]').value = 'She did.';
        document.querySelector('form.live').requestSubmit();
        setTimeout(() => log('head ' + document.querySelector('header p').textContent + ' ' + document.querySelectorAll('[data-index]').length), 100);
        </script></body>\
        """
            .formatted(Pages.json(other));
    var file = directory.resolve("page.html");
    Files.writeString(file, Pages.html(page, access).replace("</body>", script));
    assertThat(browser.render(file, "", directory))
        .contains("\"question\":\"Who?\"", "\"context\":\"She did.\"", "\"answer\":\"\"")
        .contains("head other · every token's vector at every layer 22");
  }
}
