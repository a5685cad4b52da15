package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads what the attention page draws in a real browser. */
class AttentionPageTests {
  private static final Set<String> SPECIAL = Set.of("[CLS]", "[SEP]");
  private static final Pattern LINK =
      Pattern.compile("data-q=\"(\\d+)\" data-k=\"(\\d+)\"[^>]*><title>[^<]*: ([\\d.]+)</title>");

  // Titles have four decimals; each of at most three summed heads errs by 1/131070 at most.
  private static final double TOLERANCE = 0.5e-4 + 3.0 / 131070 + 1e-9;

  private record Link(int query, int key) {}

  private Browser browser;

  @TempDir Path directory;

  // Before each test, so that the build counts every one that is skipped.
  @BeforeEach
  void findBrowser() {
    var found = Browser.find();
    assumeTrue(found.isPresent(), "no Chromium on the PATH; the page is not tried in a browser");
    browser = found.get();
  }

  @Test
  void drawsOfEachRowTheLargestWeightsUpToTheChosenMass() throws Exception {
    var view = SamplePages.attention();
    var expected = strongest(view.variants().getFirst(), 3, List.of(0, 4, 11), 50, true);
    assertThat(expected).hasSizeGreaterThan(20);
    assertLinks(links(view, "layer=3&heads=0,4,11&mass=50"), expected);
  }

  @Test
  void drawsSpecialTokensOnRequest() throws Exception {
    var view = SamplePages.attention();
    var expected = strongest(view.variants().get(1), 0, List.of(2), 100, false);
    assertThat(expected).hasSize(400);
    var drawn = links(view, "variant=1&layer=0&heads=2&mass=100&special=shown");
    // A weight below 1/131070 is zero on the page, and zeros aren't drawn.
    expected.values().removeIf(weight -> weight < 1.0 / 131070);
    assertLinks(drawn, expected);
  }

  @Test
  void drawsLinksFromOneTextToTheOther() throws Exception {
    var view = SamplePages.attention();
    var drawn = links(view, "heads=1&pairs=" + "A%E2%86%92B");
    assertThat(drawn).isNotEmpty();
    assertThat(drawn.keySet()).allMatch(link -> link.query() < 9 && link.key() >= 9);
  }

  @Test
  void drawsOnlyThePinnedTokensLinks() throws Exception {
    var drawn = links(SamplePages.attention(), "pin=to-15");
    assertThat(drawn).isNotEmpty();
    assertThat(drawn.keySet()).allMatch(link -> link.key() == 15);
  }

  @Test
  void drawsTheStrongestOfTooManyLinksAndSaysSo() throws Exception {
    var tokens = IntStream.range(0, 80).mapToObj(i -> "word" + i).toList();
    var variant = SamplePages.variant("long", tokens, 1, 1, 2);
    var view = new AttentionPage("Long", "model", List.of(variant));
    // As the page has them, so that equal weights are equal on both sides.
    var attention = variant.attention();
    for (var i = 0; i < attention.length; i++) {
      attention[i] = Math.round(attention[i] * 65535) / 65535f;
    }
    var all = strongest(variant, 0, List.of(0), 99, true);
    assertThat(all).hasSizeGreaterThan(4000);
    var drawn = links(view, "mass=99");
    var weakest = all.values().stream().sorted(Comparator.reverseOrder()).toList().get(3999);
    assertThat(drawn).hasSize(4000);
    assertThat(drawn.keySet()).allMatch(link -> all.get(link) >= weakest);
    assertThat(rendered(view, "mass=99"))
        .contains("The 4000 strongest of %d links".formatted(all.size()));
  }

  @Test
  void drawsNoLinksWithoutHeads() throws Exception {
    assertThat(links(SamplePages.attention(), "heads=")).isEmpty();
  }

  @Test
  void countsLayersAndHeadsFromZeroAsTheFilesDo() throws Exception {
    var page = rendered(SamplePages.attention(), "tab=model");
    assertThat(page)
        .contains("aria-label=\"layer 0, head 0\"", "aria-label=\"layer 11, head 11\"")
        .doesNotContain("layer 12", "head 12");
  }

  @Test
  void opensWithAStateThatItDoesNotHave() throws Exception {
    var view = SamplePages.attention();
    var drawn = links(view, "variant=7&layer=-1&mass=x&pairs=C&tab=none&pin=from-99");
    var all = IntStream.range(0, 12).boxed().toList();
    assertThat(drawn.keySet())
        .isEqualTo(strongest(view.variants().getFirst(), 0, all, 70, true).keySet());
  }

  @Test
  void showsHostileTokensAsText() throws Exception {
    var hostile = "</script><script>document.title='broken'</script><img src=x onerror=alert(1)>";
    var variant = SamplePages.variant(hostile, List.of(hostile), 1, 1, 1);
    var view = new AttentionPage(hostile, "model", List.of(variant));
    var drawn = links(view, "");
    assertThat(drawn).containsOnly(entry(new Link(0, 0), 1.0));
    var page = rendered(view, "");
    assertThat(page).doesNotContain("<img").doesNotContain("<title>broken</title>");
    assertThat(page).contains("&lt;img src=x onerror=alert(1)&gt;</text>");
  }

  private static void assertLinks(Map<Link, Double> drawn, Map<Link, Double> expected) {
    assertThat(drawn.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (link, weight) -> assertThat(drawn.get(link)).isCloseTo(weight, within(TOLERANCE)));
  }

  private Map<Link, Double> links(AttentionPage view, String state) throws Exception {
    var links = new HashMap<Link, Double>();
    var matcher = LINK.matcher(rendered(view, state));
    while (matcher.find()) {
      var link = new Link(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
      links.put(link, Double.parseDouble(matcher.group(3)));
    }
    return links;
  }

  private String rendered(AttentionPage view, String state) throws Exception {
    var file = directory.resolve("attention.html");
    Pages.write(view, file);
    return browser.render(file, state, directory);
  }

  private static Map<Link, Double> strongest(
      AttentionPage.Variant variant,
      int layer,
      List<Integer> heads,
      double mass,
      boolean hideSpecial) {
    var links = new HashMap<Link, Double>();
    var size = variant.tokens().size();
    for (var query = 0; query < size; query++) {
      var row = new double[size];
      for (var key = 0; key < size; key++) {
        var hidden =
            hideSpecial
                && (SPECIAL.contains(variant.tokens().get(query))
                    || SPECIAL.contains(variant.tokens().get(key)));
        for (var head : hidden ? List.<Integer>of() : heads) {
          row[key] +=
              variant.attention()[((layer * variant.heads() + head) * size + query) * size + key];
        }
      }
      var total = IntStream.range(0, size).mapToDouble(key -> row[key]).sum();
      var byWeight =
          IntStream.range(0, size)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer key) -> row[key]).reversed())
              .toList();
      var running = 0.0;
      for (var key : byWeight) {
        if (row[key] <= 0 || running >= total * mass / 100) {
          break;
        }
        running += row[key];
        links.put(new Link(query, key), row[key]);
      }
    }
    return links;
  }
}
