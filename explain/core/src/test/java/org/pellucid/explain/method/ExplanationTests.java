package org.pellucid.explain.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

/** Explanations are values, and files give them back. */
class ExplanationTests {
  @TempDir Path directory;

  private static final Quality CURVED =
      new Quality(
              "deletion",
              Double.NaN,
              "Lower is better.",
              Map.of("steps", 3, "share", 0.1, "baseline", "black", "each", true, "seed", 7L))
          .with(new Curve("share", "score", List.of(0.0, 0.1, 1.0), List.of(1 / 3.0, -2.0, 1e-30)));

  private static Explanation explanation(float first, double seconds) {
    return new Explanation(
        "lime",
        Values.of(new float[] {first, Float.MIN_VALUE, -0f}, 3),
        Display.MAP,
        new Target.Difference(2, 0),
        Values.of(new float[] {0.5f, 2}, 2),
        Map.of("steps", 50, "rule", "left", "absolute", true),
        7,
        1234,
        List.of(new Quality("score", 0.1, "1 is perfect."), CURVED),
        Map.of("superpixels", Values.of(new float[] {1, 2}, 1, 2)),
        seconds);
  }

  @Test
  void areEqualIfAllButTheTimeIs() {
    assertThat(explanation(1, 2)).isEqualTo(explanation(1, 3)).hasSameHashCodeAs(explanation(1, 3));
    assertThat(explanation(1, 2)).isNotEqualTo(explanation(2, 2));
  }

  @Test
  void comeBackFromFilesBitForBit() {
    var explanation = explanation(0.1f, 2);
    explanation.save(directory.resolve("a b/ä"), "lime");
    assertThat(Explanation.load(directory.resolve("a b/ä"), "lime")).isEqualTo(explanation);
    assertThat(directory.resolve("a b/ä")).isDirectoryContaining("glob:**lime.superpixels.npy");
  }

  @Test
  void loadsFilesOfTheFirstVersion() throws IOException {
    var first = explanation(1, 2);
    first.save(directory, "x");
    var file = directory.resolve("x.json");
    var text = Files.readString(file).replace("\"version\" : 2", "\"version\" : 1");
    var from = text.indexOf(", {", text.indexOf("1 is perfect"));
    var old = text.substring(0, from) + text.substring(text.indexOf("],\n  \"seconds\"") - 1);
    Files.writeString(file, old);
    assertThat(old).doesNotContain("deletion", "parameters\" : { }", "curve");
    assertThat(Explanation.load(directory, "x").quality())
        .containsExactly(new Quality("score", 0.1, "1 is perfect."));
  }

  @Test
  void refuseFiguresThatFilesCannotHold() {
    assertThatThrownBy(() -> new Quality("a", 1, "b", Map.of("c", Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a has the parameter c of NaN");
    assertThatThrownBy(() -> new Quality("a", 1, "b", Map.of("c", List.of())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Curve("x", "y", List.of(1.0), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 positions and 0 values");
    assertThatThrownBy(() -> new Curve("x", "y", List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesFilesOfAnotherSchemaOrPlace() throws IOException {
    explanation(1, 2).save(directory, "x");
    var file = directory.resolve("x.json");
    var text = Files.readString(file);
    Files.writeString(file, text.replace("\"version\" : 2", "\"version\" : 9"));
    assertThatThrownBy(() -> Explanation.load(directory, "x"))
        .isInstanceOf(ResultFileException.class)
        .hasMessageContaining("pellucid-explanation 9");
    Files.writeString(file, text.replace("\"x.npy\"", "\"../secret.npy\""));
    assertThatThrownBy(() -> Explanation.load(directory, "x"))
        .isInstanceOf(ResultFileException.class)
        .hasMessageContaining("doesn't lie beside it");
    Files.writeString(file, "{");
    assertThatThrownBy(() -> Explanation.load(directory, "x"))
        .isInstanceOf(ResultFileException.class)
        .hasMessageContaining("is not the description of an explanation");
    assertThatThrownBy(() -> Explanation.load(directory, "none"))
        .isInstanceOf(ResultFileException.class);
  }
}
