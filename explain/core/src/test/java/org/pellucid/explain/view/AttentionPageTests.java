package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.explain.view.AttentionTrial.TOLERANCE;
import static org.pellucid.explain.view.AttentionTrial.assertLinks;
import static org.pellucid.explain.view.AttentionTrial.assertMatrix;
import static org.pellucid.explain.view.AttentionTrial.links;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.attention.AttentionMaps;
import org.pellucid.explain.attention.AttentionRollout;
import org.pellucid.explain.attention.HeadFigures;
import org.pellucid.explain.text.AttentionStudy;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.explain.text.TinyBert;
import org.pellucid.explain.view.AttentionLinks.Heads;
import org.pellucid.explain.view.AttentionLinks.Link;

/**
 * Clicks through the attention page in a real browser and compares its numbers with the library's.
 */
class AttentionPageTests {
  private AttentionTrial trial;

  // Before each test, so that the build counts every one that is skipped.
  @BeforeEach
  void findBrowser(@TempDir Path directory) {
    trial = new AttentionTrial(Browser.find(), directory);
  }

  @Test
  void drawsTheLinksOfTheChosenHeads() throws Exception {
    var said =
        trial.said(
            SamplePages.attention(),
            "layer=3&heads=0,4,11&mass=50&table=open",
            """
            say('sum', links());
            pick('Heads together', 'mean'); say('mean', links());
            pick('Heads together', 'max'); say('max', links());
            pick('Heads together', 'sum'); slide('At least', 0.3); say('least', links());
            slide('At least', 0); special(); slide('Top share', 100); say('everything', links().length);
            pick('Pairs', 'AB'); say('pairs', links());
            say('names', one('select[aria-label=Pairs]').options[2].textContent);
            pick('Pairs', 'all'); special(); slide('Top share', 50);
            pick('Difference to', 'variant-1'); say('difference', links());
            pick('Difference to', 'layer-5'); say('layers', links());
            pick('Difference to', ''); press('Links by head'); say('each', links());
            press('None'); say('none', links()); say('caption', one('.caption').textContent);
            press('Links'); press('All'); say('heads', all('.heads [aria-pressed=true]').length);
            token(0, 10).click(); say('pinned', links());
            token(1, 15).click(); say('both', links().length);
            key('Escape'); say('unpinned', links().length);
            """);
    var maps = SamplePages.maps(20, 12, 12, 1);
    var reference = new AttentionLinks(maps, SamplePages.TOKENS);
    var heads = List.of(0, 4, 11);
    assertLinks(said.get("sum"), reference.strongest(3, heads, Heads.SUM, 50, 0));
    assertLinks(said.get("mean"), reference.strongest(3, heads, Heads.MEAN, 50, 0));
    assertLinks(said.get("max"), reference.strongest(3, heads, Heads.MAX, 50, 0));
    assertLinks(said.get("least"), reference.strongest(3, heads, Heads.SUM, 50, 0.3));
    assertThat(said.get("everything").asInt()).isEqualTo(400);
    assertThat(links(said.get("pairs")).keySet())
        .hasSize(9 * 11)
        .allMatch(link -> link.query() < 9 && link.key() >= 9);
    assertThat(said.get("names").textValue()).isEqualTo("A → B");
    var other = maps.minus(SamplePages.maps(20, 12, 12, 2));
    assertLinks(
        said.get("difference"),
        new AttentionLinks(other, SamplePages.TOKENS).strongest(3, heads, Heads.SUM, 50, 0));
    assertLinks(
        said.get("layers"),
        new AttentionLinks(maps.minusLayer(5), SamplePages.TOKENS)
            .strongest(3, heads, Heads.SUM, 50, 0));
    var each =
        heads.stream()
            .mapToInt(head -> reference.strongest(3, List.of(head), Heads.SUM, 50, 0).size())
            .sum();
    assertThat(said.get("each")).hasSize(each);
    assertThat(said.get("none")).isEmpty();
    assertThat(said.get("caption").textValue()).contains("No head is chosen");
    assertThat(said.get("heads").asInt()).isEqualTo(12);
    var whole = reference.strongest(3, IntStream.range(0, 12).boxed().toList(), Heads.SUM, 50, 0);
    assertThat(said.get("unpinned").asInt()).isEqualTo(whole.size());
    whole.keySet().removeIf(link -> link.query() != 10);
    assertLinks(said.get("pinned"), whole);
    assertThat(said.get("both").asInt()).isEqualTo(whole.containsKey(new Link(10, 15)) ? 1 : 0);
  }

  @Test
  void goesThroughAllViewsByKeysAndClicksAndComesBackToAState() throws Exception {
    var page = SamplePages.attention();
    var said =
        trial.said(
            page,
            "",
            """
            say('opening', one('.caption').textContent);
            say('fetched', performance.getEntriesByType('resource').length);
            const digits = () => new URLSearchParams(location.hash.slice(1));
            key('ArrowRight'); say('right', digits().get('layer')); key('ArrowLeft'); say('left', digits().get('layer'));
            key('ArrowDown'); say('down', digits().get('heads')); key(' '); say('space', digits().get('heads'));
            press('All'); twice(() => one('.heads [data-head=\"7\"]'));
            say('solo', digits().get('heads'));
            twice(() => one('.heads [data-head=\"7\"]')); say('again', digits().get('heads'));
            token(0, 4).dispatchEvent(new MouseEvent('mouseenter', {clientX: 9, clientY: 9}));
            await wait(50); say('marked', all('.token.on').length); say('tip', one('.tip').textContent);
            token(0, 4).dispatchEvent(new MouseEvent('mouseleave'));
            token(0, 10).click(); token(1, 2).click();
            one('[data-sort=pair]').click();
            say('rows', all('.figures tr[data-layer]').map((r) => [+r.dataset.layer, +r.dataset.head, ...[...r.querySelectorAll('td.number')].map((c) => parseFloat(c.textContent))]));
            one('.figures tr[data-layer]').click(); say('best', one('.caption').textContent);
            press('All layers and heads'); say('thumbnails', all('.thumbs button').length);
            say('name', all('.thumbs button')[143].getAttribute('aria-label'));
            all('.thumbs button')[13].click(); say('detail', all('.detail canvas').length);
            all('.thumbs button')[13].click(); say('closed', all('.detail canvas').length);
            const saved = {};
            window.Blob = class { constructor([content], {type}) { saved[type.split(';')[0]] = content; } };
            URL.createObjectURL = () => '#';
            HTMLAnchorElement.prototype.click = () => {};
            pick('Show', 'rollout'); say('rollout', one('.caption').textContent);
            for (const name of ['SVG', 'PNG', 'CSV', 'JSON']) press(name);
            say('csv', saved['text/csv']); say('json', JSON.parse(saved['application/json']));
            say('svg', saved['image/svg+xml']); say('png', String.fromCharCode(...saved['image/png'].slice(1, 4)));
            pick('Show', 'attention'); press('Links'); pick('Scale', 'row'); slide('Top share', 35); slide('At least', 0.02);
            special(); pick('Pairs', 'BA'); pick('Difference to', 'layer-2'); press('unmasked');
            one('summary').click(); await wait(50);
            say('hash', location.hash.slice(1)); say('links', links());
            twice(() => token(0, 3)); say('status', one('.status').textContent);
            """);
    var maps = SamplePages.maps(20, 12, 12, 1);
    var figures = HeadFigures.of(maps, SamplePages.TOKENS);
    var clearest = HeadFigures.clearest(figures);
    assertThat(said.get("opening").textValue())
        .contains("Layer %d, head %d".formatted(clearest.layer(), clearest.head()));
    assertThat(said.get("fetched").asInt()).isZero();
    assertThat(said.get("left").asInt()).isEqualTo(clearest.layer());
    assertThat(said.get("right").asInt()).isEqualTo(Math.min(11, clearest.layer() + 1));
    assertThat(said.get("down").asInt()).isEqualTo((clearest.head() + 1) % 12);
    assertThat(said.get("space").textValue()).isEmpty();
    assertThat(said.get("solo").textValue()).isEqualTo("7");
    assertThat(said.get("again").textValue()).isEqualTo("0,1,2,3,4,5,6,7,8,9,10,11");
    assertThat(said.get("marked").asInt()).isEqualTo(1);
    assertThat(said.get("tip").textValue()).contains("the · position 4", "71.00 %");
    checkTable(said.get("rows"), figures, maps);
    assertThat(said.get("best").textValue()).contains("this is number 1 for this link");
    assertThat(said.get("thumbnails").asInt()).isEqualTo(144);
    assertThat(said.get("name").textValue()).isEqualTo("layer 11, head 11");
    assertThat(said.get("detail").asInt()).isEqualTo(1);
    assertThat(said.get("closed").asInt()).isZero();
    assertThat(said.get("rollout").textValue()).contains("Rollout up to layer 1");
    checkExports(said, AttentionRollout.of(maps));
    assertThat(said.get("status").textValue())
        .contains("none with the positions 3 masked".replace("positions", "position"))
        .contains("pellucid text attention --model 'sample'", "--mask 3 --out DIR");
    var again =
        trial.said(
            page,
            said.get("hash").textValue(),
            "say('hash', location.hash.slice(1)); special(); special(); say('hash',"
                + " location.hash.slice(1)); say('links', links());");
    assertThat(again.get("hash")).isEqualTo(said.get("hash"));
    assertThat(again.get("links")).isEqualTo(said.get("links"));
    assertThat(said.get("links")).isNotEmpty();
  }

  /** Rows are sorted by the link from token 10 to token 2 and show every head's figures. */
  private static void checkTable(JsonNode rows, List<HeadFigures> figures, AttentionMaps maps) {
    assertThat(rows).hasSize(144);
    var before = Double.MAX_VALUE;
    for (var row : rows) {
      var layer = row.get(0).asInt();
      var head = row.get(1).asInt();
      var own = figures.get(layer * 12 + head);
      var expected =
          List.of(
              100.0 * maps.at(layer, head, 10, 2),
              100 * own.previous(),
              100 * own.next(),
              100 * own.same(),
              100 * own.separator(),
              100 * own.classification(),
              100 * own.fullStop());
      for (var i = 0; i < expected.size(); i++) {
        // A decimal of a per cent, and the weight's 16 bits.
        assertThat(row.get(i + 2).asDouble()).isCloseTo(expected.get(i), within(0.051));
      }
      assertThat(row.get(9).asDouble()).isCloseTo(own.entropy(), within(0.0051));
      assertThat(row.get(10).asDouble()).isCloseTo(own.distance(), within(0.0051));
      assertThat(row.get(2).asDouble()).isLessThanOrEqualTo(before);
      before = row.get(2).asDouble();
    }
  }

  private static void checkExports(JsonNode said, float[] rollout) {
    var csv = said.get("csv").textValue().split("\r\n");
    assertThat(csv).hasSize(401);
    assertThat(csv[0]).isEqualTo("from,from token,to,to token,value");
    var line = csv[1 + 10 * 20 + 2].split(",");
    assertThat(line[1]).isEqualTo("\"answered\"");
    var layer = said.at("/json/layer").asInt();
    var expected = rollout[(layer * 20 + 10) * 20 + 2];
    assertThat(Double.parseDouble(line[4])).isCloseTo(expected, within(TOLERANCE));
    assertThat(said.at("/json/matrix/10/2").asDouble()).isCloseTo(expected, within(TOLERANCE));
    assertThat(said.at("/json/tokens/11").textValue()).isEqualTo("un");
    assertThat(said.get("svg").textValue()).startsWith("<svg").contains(">answered</text>");
    assertThat(said.get("png").textValue()).isEqualTo("PNG");
  }

  @Test
  void showsWhatAModelComputesOfAMaskedText() throws Exception {
    try (var model = TinyBert.model()) {
      var tokenizer = TinyBert.tokenizer();
      var explanations = new TextExplanations(Engine.standard(), model, tokenizer);
      var tokens = tokenizer.encode("Who saw a dog?", "The cat saw a dog.");
      var studies =
          AttentionPage.studies(
              explanations, tokens, List.of(2, 5), AttentionStudy.Scope.standard());
      assertThat(studies).hasSize(4);
      var said =
          trial.said(
              AttentionPage.of("tiny", tokens, studies),
              "layer=1&heads=2&mass=100&special=shown&table=open&show=gradient",
              """
              say('gradient', links()); say('caption', one('.caption').textContent);
              pick('Show', 'flow'); say('flow', links());
              pick('Show', 'attention'); press('Queries and keys'); pick('token whose query is shown', '3');
              say('softmax', all('[data-weight]').map((cell) => +cell.dataset.weight));
              say('names', [...one('select[aria-label=Pairs]').options].map((o) => o.textContent));
              press('Links');
              twice(() => token(1, 5)); say('one', all('.token.to.masked').length);
              say('pressed', one('[aria-label="form of the text"] [aria-pressed=true]').textContent);
              twice(() => token(1, 2)); say('none', all('.token.to.masked').length);
              twice(() => token(1, 7)); say('status', one('.status').textContent);
              say('missing', one('select[aria-label=Show]').options[1].textContent);
              say('predicted', all('.cards tr').length);
              """);
      var study = studies.getFirst();
      var gradient = study.gradients().getFirst();
      var reach = 0f;
      for (var value : gradient.product().values()) {
        reach = Math.max(reach, Math.abs(value));
      }
      assertMatrix(
          said.get("gradient"),
          tokens.size(),
          (q, k) -> gradient.product().at(1, 2, q, k),
          reach / 32767);
      assertThat(said.get("caption").textValue())
          .contains("score of “%s” at position 2".formatted(gradient.token()));
      var flow = study.flow().orElseThrow();
      assertMatrix(
          said.get("flow"), tokens.size(), (q, k) -> flow[q * tokens.size() + k], TOLERANCE);
      for (var k = 0; k < tokens.size(); k++) {
        // Queries and keys have 16 bits on the scale of their largest; twelve products are summed.
        assertThat(said.get("softmax").get(k).asDouble())
            .isCloseTo(study.maps().at(1, 2, 3, k), within(2e-3));
      }
      assertThat(said.get("names").toString()).contains("Question → Context");
      assertThat(said.get("one").asInt()).isEqualTo(1);
      assertThat(said.get("pressed").textValue()).isEqualTo("saw masked");
      assertThat(said.get("none").asInt()).isZero();
      assertThat(said.get("status").textValue())
          .contains("--pair 'The cat saw a dog.'", "--mask 7");
      assertThat(said.get("missing").textValue()).isEqualTo("attention × gradient (mask a word)");
      // Token 3 is still pinned.
      assertThat(said.get("predicted").asInt()).isEqualTo(10);
    }
  }
}
