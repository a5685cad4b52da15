package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.cli.Brought.brought;
import static org.pellucid.explain.cli.CommandLineRun.checkRefused;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.numpy.Npy;

/** Commands on texts as a user meets them, on a small BERT of other people's. */
class TextCommandTests {
  @TempDir Path directory;

  private String sentences(byte[] content) throws IOException {
    return Files.write(directory.resolve("sentences.txt"), content).toString();
  }

  private String sentences(String content) throws IOException {
    return sentences(content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void keepsTheNumbersOfLines() throws IOException {
    var file = sentences("\uFEFFthe cat\r\n\r\nthe tree\n");
    var outcome =
        CommandLineRun.of(
            "text", "tokens", "--model", brought("more/m_plain"), "--sentences", file, "--json");
    assertThat(outcome.err()).isEmpty();
    var json = new JsonMapper().readTree(outcome.out());
    assertThat(json).hasSize(3);
    assertThat(json.at("/0/text").textValue()).isEqualTo("the cat");
    assertThat(json.at("/1/tokens").toString()).isEqualTo("[\"[CLS]\",\"[SEP]\"]");
    assertThat(json.at("/2/text").textValue()).isEqualTo("the tree");
  }

  @Test
  void writesEmbeddingsAndTheProjectorsFiles() throws IOException {
    var out = directory.resolve("out");
    var outcome =
        CommandLineRun.of(
            "text",
            "embeddings",
            "--model",
            brought("more/m_plain"),
            "--question",
            "the cat?",
            "--context",
            "the cat sat under the tree.",
            "--answer",
            "cat",
            "--projector",
            "--out",
            out.toString());
    assertThat(outcome.err()).isEmpty();
    var shape = Npy.read(out.resolve("pca.npy")).shape();
    assertThat(shape[2]).isEqualTo(2);
    assertThat(Files.readAllLines(out.resolve("projector/layer-0.tsv"))).hasSize((int) shape[1]);
    assertThat(Files.readString(out.resolve("index.html"))).contains("Embeddings, layer by layer");
  }

  @Test
  void refusesFilesWithoutSentences() throws IOException {
    var model = brought("more/m_plain");
    checkRefused(
        1, "holds no sentences", "text", "tokens", "--model", model, "--sentences", sentences(""));
    checkRefused(
        1,
        "holds no sentences",
        "text",
        "tokens",
        "--model",
        model,
        "--sentences",
        sentences("\n \n"));
    var latin = sentences("na\u00EFve".getBytes(StandardCharsets.ISO_8859_1));
    checkRefused(
        1,
        "sentences.txt is not UTF-8 text; save it as UTF-8",
        "text",
        "compare",
        "--model",
        model,
        "--sentences",
        latin,
        "--word",
        "cat",
        "--out",
        directory.toString());
    checkRefused(
        1, "doesn't exist", "text", "tokens", "--model", model, "--sentences", "no-such-file");
  }

  @Test
  void refusesLettersThatTheLocaleLost() {
    checkRefused(
        2,
        "--text holds letters that can't be read in this locale",
        "text",
        "tokens",
        "--model",
        brought("more/m_plain"),
        "--text",
        "na\uFFFDve");
  }

  @Test
  void predictsWhereAMaskStands() throws IOException {
    var text = "the cat sat under the [MASK] tree.";
    var model = brought("more/m_plain");
    var first = directory.resolve("first");
    var second = directory.resolve("second");
    assertThat(
            CommandLineRun.of(
                    "text",
                    "attention",
                    "--model",
                    model,
                    "--text",
                    text,
                    "--out",
                    first.toString())
                .code())
        .isZero();
    assertThat(
            CommandLineRun.of(
                    "text",
                    "attention",
                    "--model",
                    model,
                    "--text",
                    text,
                    "--mask",
                    "6",
                    "--out",
                    second.toString())
                .code())
        .isZero();
    assertThat(first.resolve("predictions.json"))
        .hasSameTextualContentAs(second.resolve("predictions.json"));
    assertThat(Files.readString(first.resolve("predictions.json"))).contains("\"position\" : 6");
  }

  @Test
  void mergesAnAdapterAndSaysSo() throws IOException {
    var out = directory.resolve("out");
    var outcome =
        CommandLineRun.of(
            "text",
            "attention",
            "--model",
            brought("more/m_plainst"),
            "--adapter",
            brought("more/W29e"),
            "--text",
            "the cat",
            "--out",
            out.toString());
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err().lines()).singleElement().asString().startsWith("note: ");
    assertThat(Files.readString(out.resolve("index.html"))).contains("with the adapter");
  }

  @Test
  void listsTheNamedModelWithItsAdapter() {
    assertThat(CommandLineRun.of("weights", "list").out())
        .contains("bert-base-cased  ")
        .contains("bert-base-cased-qa  bert-base-cased with the built-in adapter");
  }
}
