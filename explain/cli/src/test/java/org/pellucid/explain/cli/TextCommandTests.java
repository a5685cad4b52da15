package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.numpy.Npy;

/** Commands on texts as a user meets them, on a small BERT of other people's. */
class TextCommandTests {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));

  @TempDir Path directory;

  private record Outcome(int code, String out, String err) {}

  private static Outcome run(String... arguments) {
    var out = System.out;
    var err = System.err;
    var capturedOut = new ByteArrayOutputStream();
    var capturedErr = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(capturedOut, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(capturedErr, true, StandardCharsets.UTF_8));
      var code = Main.run(arguments);
      return new Outcome(
          code,
          capturedOut.toString(StandardCharsets.UTF_8),
          capturedErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static void checkRefused(int code, String message, String... arguments) {
    var outcome = run(arguments);
    assertThat(outcome.err()).contains(message);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.code()).isEqualTo(code);
  }

  private static String shared(String name) {
    var file = SHARED.resolve("cases/more").resolve(name);
    assumeTrue(Files.exists(file), () -> "the shared file " + file + " is absent");
    return file.toString();
  }

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
        run("text", "tokens", "--model", shared("m_plain"), "--sentences", file, "--json");
    assertThat(outcome.err()).isEmpty();
    var json = new JsonMapper().readTree(outcome.out());
    assertThat(json).hasSize(3);
    assertThat(json.at("/0/text").textValue()).isEqualTo("the cat");
    assertThat(json.at("/1/tokens").toString()).isEqualTo("[\"[CLS]\",\"[SEP]\"]");
    assertThat(json.at("/2/text").textValue()).isEqualTo("the tree");
  }

  @Test
  void comparesLinesUnderTheirNumbers() throws IOException {
    var file = sentences("the cat sat.\n\nthe tree, the cat.\n");
    var out = directory.resolve("out");
    var outcome =
        run(
            "text",
            "compare",
            "--model",
            shared("m_plain"),
            "--sentences",
            file,
            "--word",
            "cat",
            "--layer",
            "1",
            "--out",
            out.toString());
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
        run(
            "text",
            "compare",
            "--model",
            shared("m_plain"),
            "--sentences",
            sentences("x\tthe cat sat.\ny\tthe tree.\nx\tthe tree, the cat.\n"),
            "--groups",
            "lines",
            "--word",
            "cat",
            "--metric",
            "dot",
            "--out",
            out.toString());
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
    var model = shared("m_plain");
    var file = sentences("the cat sat.\n\nthe tree, the cat.\n");
    var byWord = directory.resolve("word");
    var byOffsets = directory.resolve("offsets");
    for (var how : List.of(List.of("--word", "cat"), List.of("--offsets", "4-7,-,14-17"))) {
      var out = how.getFirst().equals("--word") ? byWord : byOffsets;
      var outcome =
          run(
              "text",
              "compare",
              "--model",
              model,
              "--sentences",
              file,
              how.get(0),
              how.get(1),
              "--vector",
              "mean",
              "--out",
              out.toString());
      assertThat(outcome.err()).isEmpty();
    }
    assertThat(byOffsets.resolve("distances.npy"))
        .hasSameBinaryContentAs(byWord.resolve("distances.npy"));
    checkRefused(
        1,
        "The span \"4\" of --offsets is not FROM-TO",
        "text",
        "compare",
        "--model",
        model,
        "--sentences",
        file,
        "--offsets",
        "4",
        "--out",
        byWord.toString());
  }

  @Test
  void refusesGroupsThatDoNotFit() throws IOException {
    var model = shared("m_plain");
    var file = sentences("the cat sat.\nthe tree, the cat.\n");
    var out = directory.resolve("out").toString();
    checkRefused(
        1,
        "There are 3 groups for 2 sentences",
        "text",
        "compare",
        "--model",
        model,
        "--sentences",
        file,
        "--word",
        "cat",
        "--groups",
        "0,1,1",
        "--out",
        out);
    checkRefused(
        1,
        "Line 1 of " + file + " has no tab",
        "text",
        "compare",
        "--model",
        model,
        "--sentences",
        file,
        "--word",
        "cat",
        "--groups",
        "lines",
        "--out",
        out);
    checkRefused(
        2,
        "--vector is last, but must be first or mean",
        "text",
        "compare",
        "--model",
        model,
        "--sentences",
        file,
        "--word",
        "cat",
        "--vector",
        "last",
        "--out",
        out);
  }

  @Test
  void writesEmbeddingsAndTheProjectorsFiles() throws IOException {
    var out = directory.resolve("out");
    var outcome =
        run(
            "text",
            "embeddings",
            "--model",
            shared("m_plain"),
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
    var model = shared("m_plain");
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
        shared("m_plain"),
        "--text",
        "na\uFFFDve");
  }

  @Test
  void predictsWhereAMaskStands() throws IOException {
    var text = "the cat sat under the [MASK] tree.";
    var model = shared("m_plain");
    var first = directory.resolve("first");
    var second = directory.resolve("second");
    assertThat(
            run("text", "attention", "--model", model, "--text", text, "--out", first.toString())
                .code())
        .isZero();
    assertThat(
            run(
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
        run(
            "text",
            "attention",
            "--model",
            shared("m_plainst"),
            "--adapter",
            shared("W29e"),
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
    assertThat(run("weights", "list").out())
        .contains("bert-base-cased  ")
        .contains("bert-base-cased-qa  bert-base-cased with the built-in adapter");
  }

  @Test
  void attributesAClassOfAGraph() throws IOException {
    var model = Files.createDirectories(directory.resolve("model"));
    var graph = SHARED.resolve("goldens/onnx/roberta.onnx");
    assumeTrue(Files.exists(graph), () -> "the golden file " + graph + " is absent");
    Files.copy(graph, model.resolve("model.onnx"));
    Files.writeString(
        model.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfilm\na\nfine\n");
    Files.writeString(
        model.resolve("config.json"),
        "{\"id2label\": {\"0\": \"bad\", \"1\": \"fair\", \"2\": \"good\"}}");
    var out = directory.resolve("out");
    var outcome =
        run(
            "text",
            "attribute",
            "--model",
            model.toString(),
            "--text",
            "A fine film",
            "--class",
            "good",
            "--out",
            out.toString());
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("the logit of the class good", "convergenceDelta");
    var json = new JsonMapper().readTree(Files.readString(out.resolve("attributions.json")));
    assertThat(json.at("/tokens").toString())
        .isEqualTo("[\"[CLS]\",\"a\",\"fine\",\"film\",\"[SEP]\"]");
    assertThat(json.at("/methods")).hasSize(3);
  }

  @Test
  void attributesAWordsScoreToTheTextsWords() throws IOException {
    var out = directory.resolve("out");
    var outcome =
        run(
            "text",
            "attribute",
            "--model",
            shared("m_plain"),
            "--text",
            "the cat sat.",
            "--mask",
            "2",
            "--token",
            "cat",
            "--methods",
            "integrated-gradients,occlusion",
            "--set",
            "integrated-gradients.baseline=mask",
            "--out",
            out.toString());
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains("the logit of “cat” at position 2", "Occlusion: ");
    var json = new JsonMapper().readTree(Files.readString(out.resolve("attributions.json")));
    assertThat(json.at("/methods/0/parameters/baseline").textValue()).isEqualTo("mask");
    assertThat(json.at("/methods/1/parameters/superpixels").isMissingNode()).isTrue();
    assertThat(Npy.read(out.resolve("attributions.npy")).shape()[0])
        .isEqualTo(json.at("/tokens").size());
    assertThat(Files.readString(out.resolve("index.html"))).contains("Integrated Gradients");
  }

  @Test
  void saysWhatCantBeAttributed() {
    var out = directory.toString();
    var question = new String[] {"text", "attribute", "--out", out};
    checkRefused(2, "--text or --question is missing", question);
    checkRefused(2, "belong together", "text", "attribute", "--question", "Who?", "--out", out);
    checkRefused(
        1,
        "The method gradcam explains images only",
        "text",
        "attribute",
        "--text",
        "a [MASK]",
        "--method",
        "gradcam",
        "--out",
        out);
    checkRefused(
        1,
        "There is no token 99 to mask",
        "text",
        "attribute",
        "--model",
        shared("m_plain"),
        "--text",
        "the cat",
        "--mask",
        "99",
        "--token",
        "cat",
        "--out",
        out);
  }
}
