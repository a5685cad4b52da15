package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A text indexed and searched as a user does it, on a small BERT of other people's. */
class SearchCommandTests {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));

  @TempDir Path directory;

  private static String model() {
    var folder = SHARED.resolve("cases/more/m_plain");
    assumeTrue(Files.exists(folder), () -> "the shared folder " + folder + " is absent");
    return folder.toString();
  }

  private String index(String text) throws IOException {
    var corpus = Files.writeString(directory.resolve("text.txt"), text);
    var index = directory.resolve("index").toString();
    var run =
        CommandLineRun.of(
            "text", "index", "--model", model(), "--corpus", corpus.toString(), "--out", index);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("of 2 sentences of text.txt").contains("with contexts");
    return index;
  }

  @Test
  void findsWordsAndWritesThePage() throws IOException {
    var index = index("the cat sat under the tree. the tree and the cat.");
    var out = directory.resolve("found");
    var run =
        CommandLineRun.of(
            "text",
            "search",
            "--index",
            index,
            "--text",
            "the cat",
            "--word",
            "cat",
            "--layer",
            "0",
            "--best",
            "5",
            "--out",
            out.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines().findFirst().orElseThrow())
        .startsWith("1.0000  NOUN   the [cat] sat under");
    var json = new JsonMapper().readTree(Files.readString(out.resolve("hits.json")));
    assertThat(json.at("/hits")).hasSize(5);
    assertThat(json.at("/request/by").textValue()).isEqualTo("embedding");
    assertThat(Files.readString(out.resolve("index.html"))).contains("Corpus search");
  }

  @Test
  void saysWhatIsWrongInOneLine() throws IOException {
    var index = index("the cat sat. the tree.");
    refused(2, "give either --position or --word", index, "the cat");
    refused(2, "--by is neck, but must be", index, "the cat", "--word", "cat", "--by", "neck");
    refused(1, "doesn't contain the word dog", index, "the cat", "--word", "dog");
    refused(1, "this text's words stand at 1..2", index, "the cat", "--position", "9");
    refused(1, "but of the layers", index, "the cat", "--word", "cat", "--layer", "99");
    refused(1, "must be from 1 to 1000", index, "the cat", "--word", "cat", "--best", "0");
    refused(1, "heads are 0..", index, "the cat", "--word", "cat", "--heads", "99");
    refused(1, "holds no whole index", directory.toString(), "the cat", "--word", "cat");
  }

  private static void refused(
      int code, String message, String index, String text, String... others) {
    var arguments = new String[6 + others.length];
    System.arraycopy(
        new String[] {"text", "search", "--index", index, "--text", text}, 0, arguments, 0, 6);
    System.arraycopy(others, 0, arguments, 6, others.length);
    var run = CommandLineRun.of(arguments);
    assertThat(run.err()).contains(message);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.code()).isEqualTo(code);
  }
}
