package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewTests {
  @TempDir Path directory;

  @Test
  void reachesTheEndsOfEveryColourMap() {
    assertThat(ColourMap.GREY.rgb(0)).isZero();
    assertThat(ColourMap.GREY.rgb(1)).isEqualTo(0xffffff);
    assertThat(ColourMap.GREY.rgb(0.5)).isEqualTo(0x808080);
    assertThat(ColourMap.VIRIDIS.rgb(-3)).isEqualTo(0x440154);
    assertThat(ColourMap.VIRIDIS.rgb(7)).isEqualTo(0xfde725);
    assertThat(ColourMap.DIVERGING.rgb(0.5)).isEqualTo(0xf7f7f7);
    assertThat(ColourMap.HOT.rgb(Double.NaN)).isEqualTo(ColourMap.NOT_A_NUMBER);
  }

  @Test
  void normalisesBetweenTheEnds() {
    var range = Normalisation.minMax(new float[] {2, 4, Float.NaN, 3});
    assertThat(range.apply(2)).isZero();
    assertThat(range.apply(3)).isEqualTo(0.5);
    assertThat(range.apply(4)).isEqualTo(1);
    assertThat(range.apply(Double.NaN)).isNaN();
    assertThat(Normalisation.symmetric(new float[] {-1, 4}).apply(0)).isEqualTo(0.5);
  }

  @Test
  void drawsAMapOfZerosBlank() {
    var values = new float[4];
    var unsigned = Images.map(values, 2, 2, 1, Normalisation.minMax(values), ColourMap.HOT);
    assertThat(unsigned.getRGB(0, 0) & 0xffffff).isEqualTo(ColourMap.HOT.rgb(0));
    var signed = Images.map(values, 2, 2, 3, Normalisation.symmetric(values), ColourMap.DIVERGING);
    assertThat(signed.getWidth()).isEqualTo(6);
    assertThat(signed.getRGB(5, 5) & 0xffffff).isIn(0xf7f7f7, ColourMap.DIVERGING.rgb(0));
  }

  @Test
  void writesPagesThatNeedNoNetworkAndEscapeTheirData() throws IOException {
    var hostile = "</script><script>alert(1)</script>";
    var variant =
        new Views.AttentionVariant(
            "x",
            List.of("[CLS]", hostile),
            new int[] {0, 0},
            1,
            1,
            new float[] {1, 0, 0.5f, 0.5f},
            List.of(),
            List.of());
    var attention = directory.resolve("attention.html");
    Pages.write(new Views.Attention(hostile, "model", List.of(variant)), attention);
    var report = directory.resolve("index.html");
    Pages.write(
        new Views.Report(
            "t",
            "s",
            List.of(hostile),
            List.of(
                new Views.Row(
                    "r", "e", Map.of("p", "1"), List.of(new Views.Figure("a", "b", Map.of(), "")))),
            List.of(),
            "f"),
        report);
    for (var file : List.of(attention, report)) {
      var page = Files.readString(file);
      assertThat(page).doesNotContain(hostile).doesNotContain("https://").doesNotContain("{{");
      assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://");
    }
  }
}
