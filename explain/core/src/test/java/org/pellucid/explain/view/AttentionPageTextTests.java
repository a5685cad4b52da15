package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.explain.view.AttentionTrial.assertLinks;
import static org.pellucid.explain.view.AttentionTrial.links;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.view.AttentionLinks.Heads;
import org.pellucid.explain.view.AttentionLinks.Link;

/** Odd texts on the attention page, and texts that it asks a server for, in a real browser. */
class AttentionPageTextTests {
  private AttentionTrial trial;

  // Before each test, so that the build counts every one that is skipped.
  @BeforeEach
  void findBrowser(@TempDir Path directory) {
    trial = new AttentionTrial(Browser.find(), directory);
  }

  @Test
  void showsAnyTokenAsText() throws Exception {
    var hostile = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>";
    var tokens = List.of(hostile, "שלום", "😀", "果");
    var variant = SamplePages.variant(hostile, tokens, 1, 1, 1);
    var said =
        trial.said(
            SamplePages.attention(hostile, variant),
            "variant=7&layer=-1&mass=x&pairs=C&tab=none&from=99&least=7&compare=layer-9&table=open&sort=nothing",
            """
            say('tokens', all('.token.from').map((t) => t.textContent)); say('direction', one('.token').dir);
            say('images', all('img').length); say('links', links()); say('title', document.title);
            token(0, 0).click(); token(1, 0).click(); press('Queries and keys');
            say('missing', one('.card').textContent);
            """);
    assertThat(said.get("tokens").toString())
        .isEqualTo(new JsonMapper().writeValueAsString(tokens));
    assertThat(said.get("direction").textValue()).isEqualTo("auto");
    assertThat(said.get("images").asInt()).isZero();
    assertThat(said.get("title").textValue()).isEqualTo(hostile);
    assertLinks(
        said.get("links"),
        new AttentionLinks(SamplePages.maps(4, 1, 1, 1), tokens)
            .strongest(0, List.of(0), Heads.SUM, 70, 0));
    assertThat(said.get("missing").textValue())
        .contains("holds the queries and keys of no layer", "--neurons 0");
  }

  @Test
  void showsOneTokenAndFiveHundredAndTwelve() throws Exception {
    var script =
        """
        say('links', links()); say('tokens', all('.token.from').length);
        say('height', one('.columns canvas').getBoundingClientRect().height);
        say('tall', one('.tall').getBoundingClientRect().height);
        press('All'); key('Escape'); await wait(40); say('note', one('.note').textContent);
        press('All layers and heads'); await wait(200); say('thumbnails', all('.thumbs button').length);
        say('wide', Math.max(...all('.thumbs canvas').map((c) => c.width)));
        """;
    var single =
        trial.said(
            SamplePages.attention("1", SamplePages.variant("1", List.of("a"), 1, 1, 1)),
            "table=open",
            script);
    assertThat(links(single.get("links"))).containsExactly(Map.entry(new Link(0, 0), 1.0));
    var tokens = IntStream.range(0, 512).mapToObj(i -> "word" + i).toList();
    var variant = SamplePages.variant("512", tokens, 2, 2, 3);
    var said =
        trial.said(
            SamplePages.attention("512", variant),
            "table=open&layer=1&heads=1&mass=90&from=77",
            script);
    assertThat(said.get("tokens").asInt()).isEqualTo(512);
    assertThat(said.get("height").asDouble()).isLessThan(1000);
    assertThat(said.get("tall").asDouble()).isGreaterThan(9000);
    assertThat(said.get("note").textValue()).startsWith("The 3000 strongest of ");
    assertThat(said.get("thumbnails").asInt()).isEqualTo(4);
    assertThat(said.get("wide").asInt()).isLessThanOrEqualTo(72);
    var maps = SamplePages.maps(512, 2, 2, 3);
    assertThat(said.get("links")).hasSizeGreaterThan(30);
    links(said.get("links"))
        .forEach(
            (link, value) ->
                assertThat(value)
                    .isCloseTo(
                        maps.at(1, 1, link.query(), link.key()),
                        within(variant.attention().error(value) + 1e-7)));
  }

  @Test
  void asksTheServerForOtherTextsModelsAndMasks() throws Exception {
    var live =
        new LiveAccess(
            "/api/text/attention",
            List.of("sample", "other"),
            Map.of("model", "sample", "text", "The text.", "pair", "", "masked", List.of()));
    var other = SamplePages.variant("other", List.of("[CLS]", "hi", "[SEP]"), 2, 3, 9);
    var answer = Pages.json(SamplePages.attention("Answer", other));
    var html =
        Pages.html(SamplePages.attention(), live)
            .replace(
                "</body>",
                "<script type=\"application/json\" id=\"answer\">%s</script></body>"
                    .formatted(answer));
    var said =
        trial.said(
            html,
            "layer=9&heads=11",
            """
            let refuse = false;
            const asked = [];
            window.fetch = async (url, options) => {
              asked.push([url, JSON.parse(options.body)]);
              return refuse ? new Response('{"error": "The text is too long."}', {status: 400})
                : new Response(one('#answer').textContent);
            };
            twice(() => token(0, 3)); await wait(100);
            say('tokens', all('.token.from').map((t) => t.textContent)); say('layer', one('.layer output').textContent);
            press('Queries and keys'); press('Compute those of layer 1'); await wait(100);
            const word = one('input[aria-label="word for attention × gradient"]');
            word.value = 'he'; word.dispatchEvent(new Event('change')); await wait(100);
            one('textarea').value = 'Other'; press('Update'); await wait(100);
            refuse = true;
            one('textarea').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})); await wait(100);
            pick('model', 'other'); await wait(100);
            say('status', one('.status').textContent); say('asked', asked); say('busy', document.body.hasAttribute('aria-busy'));
            """);
    assertThat(said.get("tokens").toString()).isEqualTo("[\"[CLS]\",\"hi\",\"[SEP]\"]");
    assertThat(said.get("layer").textValue()).isEqualTo("1");
    assertThat(said.get("status").textValue()).isEqualTo("The text is too long.");
    assertThat(said.get("busy").asBoolean()).isFalse();
    var asked = said.get("asked");
    assertThat(asked).hasSize(6);
    assertThat(asked.get(0).get(0).textValue()).isEqualTo("/api/text/attention");
    assertThat(asked.at("/0/1/masked").toString()).isEqualTo("[3,15]");
    assertThat(asked.at("/0/1/text").textValue()).isEqualTo("The text.");
    assertThat(asked.at("/3/1/text").textValue()).isEqualTo("Other");
    assertThat(asked.at("/1/1/neurons").toString()).isEqualTo("[1]");
    assertThat(asked.at("/2/1/target").textValue()).isEqualTo("he");
    assertThat(asked.at("/3/1").has("target")).isFalse();
    assertThat(asked.at("/3/1/masked").toString()).isEqualTo("[]");
    assertThat(asked.at("/5/1/model").textValue()).isEqualTo("other");
  }
}
