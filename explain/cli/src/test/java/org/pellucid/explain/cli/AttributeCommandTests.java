package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.cli.Brought.brought;
import static org.pellucid.explain.cli.CommandLineRun.checkRefused;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.numpy.Npy;

/** What attributes texts' scores to words, on small models. */
class AttributeCommandTests {
  @TempDir Path directory;

  @Test
  void attributesAClassOfAGraph() throws IOException {
    var model = Files.createDirectories(directory.resolve("model"));
    var graph = Brought.shared("goldens/onnx/roberta.onnx");
    Files.copy(graph, model.resolve("model.onnx"));
    Files.writeString(
        model.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfilm\na\nfine\n");
    Files.writeString(
        model.resolve("config.json"),
        "{\"id2label\": {\"0\": \"bad\", \"1\": \"fair\", \"2\": \"good\"}}");
    var out = directory.resolve("out");
    var outcome =
        CommandLineRun.of(
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
    assertThat(json.at("/methods")).hasSize(4);
  }

  @Test
  void attributesAWordsScoreToTheTextsWords() throws IOException {
    var out = directory.resolve("out");
    var outcome =
        CommandLineRun.of(
            "text",
            "attribute",
            "--model",
            brought("more/m_plain"),
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
        brought("more/m_plain"),
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
