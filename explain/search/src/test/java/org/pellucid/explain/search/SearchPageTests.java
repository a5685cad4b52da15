package org.pellucid.explain.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.view.LiveAccess;
import org.pellucid.explain.view.Pages;
import org.pellucid.testing.Chromium;

/** Reads what the page of a search draws in a real browser, before and after clicks. */
class SearchPageTests {
  @TempDir Path directory;

  private static Hit hit(double similarity, int match, int strongest, String... wordsAndTags) {
    var words = new Word[wordsAndTags.length / 2];
    Arrays.setAll(
        words,
        i ->
            new Word(
                wordsAndTags[2 * i],
                i == 0 ? "" : " ",
                wordsAndTags[2 * i + 1],
                i == strongest ? 0.25 : 0.125));
    return new Hit(
        similarity, 7, match + 1, words[match].text(), List.of(words), match, strongest, 0.3);
  }

  private static SearchPage page() {
    var hits =
        List.of(
            hit(0.875, 1, 2, "The", "DET", "officer", "NOUN", "ran", "VERB"),
            hit(0.75, 0, 1, "She", "PRON", "<script>alert(1)</script>", "X"),
            hit(0.5, 2, 0, "A", "DET", "good", "ADJ", "man", "NOUN"),
            hit(0.25, 0, 0, "北", ""));
    var request = new SearchRequest("the police", 2, List.of(2), 1, SearchBy.EMBEDDING, List.of());
    var layers =
        List.of(
            new SearchResult.LayerTags(0, Map.of("PUNCT", 4), 0.5),
            new SearchResult.LayerTags(1, Map.of("NOUN", 2, "PRON", 1, "", 1), 0.59375));
    var result =
        new SearchResult(
            request,
            "tiny",
            "text.txt",
            true,
            List.of("[CLS]", "the", "[MASK]", "[SEP]"),
            List.of("[CLS]", "the", "police", "[SEP]"),
            hit(1, 1, 0, "the", "DET", "[MASK]", "NOUN"),
            hits,
            layers);
    return new SearchPage(
        "Corpus search", result, new SearchPage.Index(List.of(0, 1), List.of(0), 3, 9, 1234));
  }

  /** The page's document after it was opened with a state and a script has run in it. */
  private String rendered(String html, String state, String script) throws Exception {
    var element = "<script type=\"module\">%s</script></body>".formatted(script);
    var file = Files.writeString(directory.resolve("page.html"), html.replace("</body>", element));
    var document = Chromium.findOrSkip().document(file.toUri() + "#" + state, directory);
    return document.replaceAll("(?s)<script.*?</script>", "");
  }

  private String file() throws Exception {
    var file = directory.resolve("index.html");
    Pages.write(page(), file);
    return Files.readString(file);
  }

  @Test
  void showsTheHitsTheirTagsAndTheLayers() throws Exception {
    var html = file();
    assertThat(html).doesNotContainPattern("(src|href)=\"http");
    var shown = rendered(html, "left=1&right=1", "");
    assertThat(shown)
        .contains("4 of 4 hits", ">0.875<", ">0.250<", "50&nbsp;%")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains(">[MASK]</span>", "1,234 tokens", "all vectors were compared")
        .contains("aria-label=\"NOUN: 2\"", "aria-label=\"unknown: 1\"");
    assertThat(shown.split("class=\"chip own\"", -1)).hasSize(1 + 4);
    // Two of the layer's four tokens are nouns.
    assertThat(shown)
        .containsPattern("<th scope=\"row\">1</th>(?s:.*?)<td class=\"number\">50&nbsp;%");
    // The most attended words stand one after, one after, two before, and at the match.
    assertThat(shown).contains(">+1</text>", ">−2</text>", ">0</text>");
  }

  @Test
  void filtersByTagAndByWords() throws Exception {
    var click =
        "document.querySelector('[aria-label=\"NOUN: 2\"]').dispatchEvent(new Event('click'));";
    var nouns = rendered(file(), "", click);
    assertThat(nouns).contains("2 of 4 hits", "only NOUN").doesNotContain(">0.750<");
    assertThat(rendered(file(), "words=good", "")).contains("1 of 4 hits", ">0.500<");
    assertThat(rendered(file(), "words=zebra", "")).contains("No hit fits these filters.");
  }

  @Test
  void addsColumnsAndMarksTheWordUnderThePointer() throws Exception {
    var script =
        """
        document.querySelector('[aria-label="more columns before"]').click();
        const cell = document.querySelector('td.tag:has(.own)');
        cell.dispatchEvent(new Event('mouseenter'));
        """;
    var shown = rendered(file(), "left=1&right=1", script);
    assertThat(shown).contains("<th class=\"tag\">−2</th>");
    assertThat(shown).contains("class=\"word match on\"", "class=\"chip own on\"");
  }

  @Test
  void asksTheServerForAnotherToken() throws Exception {
    var live = new LiveAccess("/api/text/search", List.of("tiny"), Map.of("model", "tiny"));
    var script =
        """
        let asked;
        window.fetch = async (address, options) => {
          asked = options.body;
          document.body.dataset.asked = address + ' ' + asked;
          return {ok: false, status: 422, json: async () => ({error: 'No such layer.'})};
        };
        document.querySelector('form [aria-label^="token"] button:nth-child(2)').click();
        document.querySelector('form').requestSubmit();
        """;
    var shown = rendered(Pages.html(page(), live), "", script);
    assertThat(shown)
        .contains(
            "data-asked=\"/api/text/search"
                + " {&quot;model&quot;:&quot;tiny&quot;,&quot;text&quot;:&quot;the"
                + " police&quot;,&quot;position&quot;:1,&quot;masked&quot;:[2],&quot;layer&quot;:1,&quot;by&quot;:&quot;embedding&quot;,&quot;heads&quot;:[]}\"")
        .contains("role=\"alert\">No such layer.");
  }
}
