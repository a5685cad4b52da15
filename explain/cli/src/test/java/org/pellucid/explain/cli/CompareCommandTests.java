package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.cli.Brought.brought;
import static org.pellucid.explain.cli.CommandLineRun.checkRefused;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.numpy.Npy;

/** Comparing a word's vectors in several sentences, on a small BERT of other people's. */
class CompareCommandTests {
  @TempDir Path directory;

  private String sentences(String content) throws IOException {
    return Files.writeString(directory.resolve("sentences.txt"), content).toString();
  }

  /** The comparison of a file's sentences with further options. */
  private Object[] compare(String sentences, Object... options) {
    var command =
        List.<Object>of(
            "text",
            "compare",
            "--model",
            brought("more/m_plain"),
            "--sentences",
            sentences,
            "--out",
            directory.resolve("out"));
    return Stream.concat(command.stream(), Stream.of(options)).toArray();
  }

  @Test
  void comparesLinesUnderTheirNumbers() throws IOException {
    var file = sentences("the cat sat.\n\nthe tree, the cat.\n");
    var out = directory.resolve("out");
    var outcome = CommandLineRun.of(compare(file, "--word", "cat", "--layer", "1"));
    assertThat(outcome.err()).isEmpty();
    var table = Npy.read(out.resolve("distances.npy"));
    assertThat(table.shape()).containsExactly(3, 3);
    var values = table.floats();
    for (var i = 0; i < 9; i++) {
      assertThat(Float.isNaN(values[i])).as("[%d]", i).isEqualTo(i / 3 == 1 || i % 3 == 1);
    }
    assertThat(values[0]).isZero();
    assertThat(values[2]).isPositive().isEqualTo(values[6]);
    var json = new JsonMapper().readTree(Files.readString(out.resolve("distances.json")));
    assertThat(json.at("/sentences")).hasSize(3);
    assertThat(json.at("/weights/model").textValue()).endsWith("m_plain");
    assertThat(Files.readString(out.resolve("index.html"))).doesNotContain("\"NaN\"");
  }

  @Test
  void goesOnPastASentenceWithoutTheWord() throws IOException {
    var out = directory.resolve("out");
    var outcome =
        CommandLineRun.of(
            compare(
                sentences("x\tthe cat sat.\ny\tthe tree.\nx\tthe tree, the cat.\n"),
                "--groups",
                "lines",
                "--word",
                "cat",
                "--metric",
                "dot"));
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo("pellucid: line 2: The sentence “the tree.” doesn't contain the word cat.\n");
    var json = new JsonMapper().readTree(Files.readString(out.resolve("distances.json")));
    assertThat(json.at("/compared").toString()).isEqualTo("[0,2]");
    assertThat(json.at("/groups").toString()).isEqualTo("[\"x\"]");
    assertThat(json.at("/failed/0/line").intValue()).isEqualTo(2);
    var all = Npy.read(out.resolve("distances-layers.npy"));
    var last = Npy.read(out.resolve("distances.npy")).floats();
    var layers = (int) all.shape()[0];
    assertThat(all.floats()[(layers - 1) * 9 + 2]).isEqualTo(last[2]).isNotZero();
    assertThat(Files.readString(out.resolve("index.html"))).contains("line 2: The sentence");
  }

  @Test
  void comparesSpansByTheirOffsets() throws IOException {
    var file = sentences("the cat sat.\n\nthe tree, the cat.\n");
    var compared = new ArrayList<byte[]>();
    for (var how : List.of(List.of("--word", "cat"), List.of("--offsets", "4-7,-,14-17"))) {
      var outcome =
          CommandLineRun.of(compare(file, how.getFirst(), how.getLast(), "--vector", "mean"));
      assertThat(outcome.err()).isEmpty();
      compared.add(Files.readAllBytes(directory.resolve("out/distances.npy")));
    }
    assertThat(compared.getFirst()).isEqualTo(compared.getLast());
    checkRefused(1, "The span \"4\" of --offsets is not FROM-TO", compare(file, "--offsets", "4"));
  }

  @Test
  void refusesGroupsThatDoNotFit() throws IOException {
    var file = sentences("the cat sat.\nthe tree, the cat.\n");
    checkRefused(
        1,
        "There are 3 groups for 2 sentences",
        compare(file, "--word", "cat", "--groups", "0,1,1"));
    checkRefused(
        1,
        "Line 1 of " + file + " has no tab",
        compare(file, "--word", "cat", "--groups", "lines"));
    checkRefused(
        2,
        "--vector is last, but must be first or mean",
        compare(file, "--word", "cat", "--vector", "last"));
  }
}
