package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewTests {
  private static final String HOSTILE = "</script><script>alert(1)</script><!--<script>";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"attention", "embedding", "distances", "index"})
  void writesPagesThatNeedNoNetwork(String name) throws IOException {
    SamplePages.main(new String[] {directory.toString()});
    var page = Files.readString(directory.resolve(name + ".html"));
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://", "@import", "url(", "{{");
    assertThat(page).doesNotContainPattern("<(link|script|img|iframe)[^>]*(src|href)=");
  }

  @Test
  void escapesWhatItIsGiven() throws IOException {
    var attention = attention(HOSTILE, 1, 0, 0.5f, 0.5f);
    Pages.write(
        new Views.Attention(HOSTILE, HOSTILE, List.of(attention)), directory.resolve("a.html"));
    var figure = new Views.Figure("a", HOSTILE, Map.of(HOSTILE, HOSTILE), HOSTILE);
    var row = new Views.Row(HOSTILE, HOSTILE, Map.of(HOSTILE, HOSTILE), List.of(figure));
    Pages.write(
        new Views.Report(HOSTILE, HOSTILE, List.of(HOSTILE), List.of(row), List.of(), HOSTILE),
        directory.resolve("r.html"));
    for (var name : List.of("a.html", "r.html")) {
      var page = Files.readString(directory.resolve(name));
      assertThat(page).doesNotContain("<script>alert").doesNotContain("<!--");
      assertThat(page.split("</script>", -1)).hasSize(4);
      assertThat(data(page).get("title").textValue()).isEqualTo(HOSTILE);
    }
  }

  @Test
  void inlinesAttentionAsSixteenBitNumbers() throws IOException {
    var file = directory.resolve("a.html");
    var variant = attention("x", 1, 0, 1.0000001f, 0.3f);
    Pages.write(new Views.Attention("t", "m", List.of(variant)), file);
    var bytes = data(Files.readString(file)).at("/variants/0/attention").binaryValue();
    var numbers = new int[4];
    for (var i = 0; i < 4; i++) {
      var number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(2 * i);
      numbers[i] = Short.toUnsignedInt(number);
    }
    assertThat(numbers).containsExactly(65535, 0, 65535, 19661);
  }

  @Test
  void refusesPartsThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention("x", 1, 0, 0.5f))
        .withMessage("The page's part \"attention\" doesn't fit its other parts.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention("x", 1, 0, Float.NaN, 0.5f))
        .withMessageContaining("not a number");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Views.Distances(
                    "t",
                    "m",
                    "w",
                    List.of("a"),
                    1,
                    "cosine",
                    new double[1][1][1],
                    new double[1][1][1]))
        .withMessageContaining("layer");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Views.EmbeddingTab(
                    "n", "q", "a", List.of("x"), List.of(), new float[1][1][2], new double[1][2]))
        .withMessageContaining("roles");
  }

  private static Views.AttentionVariant attention(String token, float... attention) {
    var tokens = List.of("[CLS]", token);
    return new Views.AttentionVariant(
        token, tokens, new int[] {0, 0}, 1, 1, attention, List.of(), List.of());
  }

  private static JsonNode data(String page) throws IOException {
    var open = "<script type=\"application/json\" id=\"data\">";
    var from = page.indexOf(open) + open.length();
    return new JsonMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
  }
}
