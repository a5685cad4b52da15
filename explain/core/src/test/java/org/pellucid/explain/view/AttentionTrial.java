package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pellucid.explain.view.AttentionLinks.Link;

/** Clicks through the attention page by scripts and tells what they say of it. */
record AttentionTrial(Browser browser, Path directory) {
  // Weights have 16 bits; each of three summed heads of two forms errs by 1/131070 at most.
  static final double TOLERANCE = 6.0 / 131070 + 1e-6;

  /** What a test's script may use: `say` hands a value to the test, the others find and click. */
  private static final String HELP =
      """
      const said = {};
      const say = (name, value) => { said[name] = value; };
      const all = (selector) => [...document.querySelectorAll(selector)];
      const one = (selector) => document.querySelector(selector);
      const press = (text) => all('button').find((b) => b.textContent.trim() === text).click();
      const key = (name) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: name, bubbles: true}));
      const pick = (label, value) => {
        const select = one(`select[aria-label="${label}"]`);
        select.value = value;
        select.dispatchEvent(new Event('change'));
      };
      const slide = (label, value) => {
        const input = one(`input[aria-label="${label}"]`);
        input.value = value;
        input.dispatchEvent(new Event('input'));
      };
      const twice = (find) => { find().click(); find().click(); };
      const special = () => one('input[type=checkbox]').click();
      const links = () => all('details [data-q]').map((r) => [+r.dataset.q, +r.dataset.k, +r.dataset.value]);
      const token = (side, index) => one(`.token[data-side="${side}"][data-index="${index}"]`);
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      while (!one('#page[data-ready]')) await wait(5);
      """;

  /**
   * Without a window and under virtual time a browser gives animation frames when it likes, or not
   * at all; a timeout comes for certain, and in order.
   */
  private static final String FRAMES =
      "<script>requestAnimationFrame = (draw) => setTimeout(draw, 0, performance.now());</script>";

  private static final String DONE =
      """
      const result = document.createElement('pre');
      result.id = 'said';
      result.textContent = JSON.stringify(said);
      document.body.append(result);
      """;

  /** What a script says that runs in a page opened with a state. */
  JsonNode said(String html, String state, String script) throws Exception {
    var file = directory.resolve("attention.html");
    var element = "<script type=\"module\">%s%s%s</script></body>".formatted(HELP, script, DONE);
    Files.writeString(file, html.replace("<head>", "<head>" + FRAMES).replace("</body>", element));
    var page = browser.render(file, state, directory);
    var open = "<pre id=\"said\">";
    assertThat(page).as("the script ran to its end").contains(open);
    var from = page.lastIndexOf(open) + open.length();
    var text = page.substring(from, page.indexOf("</pre>", from));
    return new JsonMapper()
        .readTree(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
  }

  JsonNode said(Page page, String state, String script) throws Exception {
    var file = directory.resolve("plain.html");
    Pages.write(page, file);
    return said(Files.readString(file), state, script);
  }

  static Map<Link, Double> links(JsonNode rows) {
    var links = new HashMap<Link, Double>();
    rows.forEach(
        row -> links.put(new Link(row.get(0).asInt(), row.get(1).asInt()), row.get(2).asDouble()));
    return links;
  }

  static void assertLinks(JsonNode rows, Map<Link, Double> expected) {
    var drawn = links(rows);
    assertThat(drawn.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (link, weight) -> assertThat(drawn.get(link)).isCloseTo(weight, within(TOLERANCE)));
  }

  interface Matrix {
    double at(int query, int key);
  }

  /** Entries that are shown are right, and what is not shown is nothing. */
  static void assertMatrix(JsonNode rows, int size, Matrix expected, double tolerance) {
    var drawn = links(rows);
    assertThat(drawn).isNotEmpty();
    for (var i = 0; i < size * size; i++) {
      assertThat(drawn.getOrDefault(new Link(i / size, i % size), 0.0))
          .isCloseTo(expected.at(i / size, i % size), within(tolerance));
    }
  }
}
