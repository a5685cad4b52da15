package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.pellucid.explain.cli.Brought.brought;
import static org.pellucid.explain.cli.Brought.checkLogits;
import static org.pellucid.explain.cli.Brought.classify;
import static org.pellucid.explain.cli.Brought.expected;
import static org.pellucid.explain.cli.Brought.names;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.method.Explanation;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.nn.NetworkWriter;

/** Networks and images as people bring them, explained through the command line. */
class BroughtImagesTests {
  @TempDir Path directory;

  @Test
  void explainsANormalisingNetworkAsTheSameNetworkWithItFoldedIn() throws IOException {
    var methods = "saliency,smoothgrad,integrated-gradients,lime";
    var own = directory.resolve("own");
    var folded = directory.resolve("folded");
    Object[] common = {
      "image",
      "explain",
      "--images",
      brought("more/p18.png"),
      "--network",
      brought("more/C1.json"),
      "--methods",
      methods,
      "--set",
      "smoothgrad.samples=8",
      "--set",
      "lime.samples=60",
      "--set",
      "lime.segments=20"
    };
    var first =
        CommandLineRun.of(
            with(
                common,
                "--weights",
                brought("more/C1a.safetensors"),
                "--out",
                own,
                "--mean",
                "0.485,0.456,0.406",
                "--std",
                "0.229,0.224,0.225"));
    var second =
        CommandLineRun.of(
            with(common, "--weights", brought("more/C1b.safetensors"), "--out", folded));
    assertThat(first.err()).isEmpty();
    assertThat(second.err()).isEmpty();
    for (var method : methods.split(",")) {
      var one = Explanation.load(own.resolve("p18"), method).values();
      var other = Explanation.load(folded.resolve("p18"), method).values();
      assertThat(one.shape()).isEqualTo(other.shape());
      var scale = Math.max(1, Math.max(Math.abs(other.max()), Math.abs(other.min())));
      for (var i = 0; i < one.length(); i++) {
        assertThat(one.get(i))
            .as("%s at %d", method, i)
            .isEqualTo(other.get(i), offset((float) Brought.PRECISION * scale));
      }
    }
    var manifest = new JsonMapper().readTree(own.resolve("manifest.json").toFile());
    assertThat(manifest.at("/preprocessing/mean/0").doubleValue()).isEqualTo(0.485);
    assertThat(Files.readString(own.resolve("index.html")))
        .contains("normalised by mean 0.485 0.456 0.406 and standard deviation 0.229 0.224 0.225");
  }

  private static Object[] with(Object[] arguments, Object... further) {
    var all = new Object[arguments.length + further.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(further, 0, all, arguments.length, further.length);
    return all;
  }

  @Test
  void explainsAGreyImageByANetworkOfOneChannel() throws IOException {
    var run =
        CommandLineRun.of(
            "image",
            "classify",
            "--json",
            "--weights",
            brought("more/C3.safetensors"),
            "--images",
            brought("more/g16.png"),
            "--network",
            brought("more/C3.json"));
    checkLogits(run.logits(), expected("C3 desc g16.png"));
    var out = directory.resolve("grey");
    var explained =
        CommandLineRun.of(
            "image",
            "explain",
            "--weights",
            brought("more/C3.safetensors"),
            "--images",
            brought("more/g16.png"),
            "--network",
            brought("more/C3.json"),
            "--out",
            out,
            "--set",
            "lime.segments=16",
            "--set",
            "lime.samples=60",
            "--set",
            "smoothgrad.samples=4",
            "--set",
            "filters.iterations=2");
    assertThat(explained.err()).isEmpty();
    assertThat(explained.code()).isZero();
    for (var method : new String[] {"saliency", "lime"}) {
      assertThat(Explanation.load(out.resolve("g16"), method).values().shape())
          .containsExactly(16, 16);
    }
  }

  @Test
  void explainsLeNetByAllUsualMethods() throws IOException {
    var layers = directory.resolve("layers.json");
    Files.writeString(
        layers,
        """
        {"inputChannels": 1, "inputHeight": 28, "inputWidth": 28, "mean": [0.1307], "std": [0.3081],
         "layers": [
          {"name": "conv1", "kind": "convolution", "outputs": 6, "size": 5, "padding": 2},
          {"name": "relu1", "kind": "relu"}, {"name": "pool1", "kind": "max-pool", "size": 2},
          {"name": "conv2", "kind": "convolution", "outputs": 16, "size": 5},
          {"name": "relu2", "kind": "relu"}, {"name": "pool2", "kind": "max-pool", "size": 2},
          {"name": "flatten", "kind": "flatten"},
          {"name": "fc1", "kind": "linear", "outputs": 120}, {"name": "relu3", "kind": "relu"},
          {"name": "fc2", "kind": "linear", "outputs": 84}, {"name": "relu4", "kind": "relu"},
          {"name": "fc3", "kind": "linear", "outputs": 10}]}
        """);
    var weights = directory.resolve("lenet.safetensors");
    var description = NetworkDescription.read(layers);
    try (var network = NetworkBuilder.initialise(description, 7, ElementType.FLOAT32)) {
      NetworkWriter.write(network, weights);
    }
    var digit = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    digit.getGraphics().fillOval(6, 4, 16, 20);
    var image = directory.resolve("0_1.png");
    ImageIO.write(digit, "png", image.toFile());
    var names =
        Files.writeString(directory.resolve("digits.txt"), "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    var out = directory.resolve("out");
    var run =
        CommandLineRun.of(
            "image",
            "explain",
            "--weights",
            weights,
            "--network",
            layers,
            "--labels",
            names,
            "--images",
            image,
            "--target",
            "label",
            "--out",
            out,
            "--set",
            "lime.samples=60",
            "--set",
            "smoothgrad.samples=4",
            "--set",
            "filters.iterations=2");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    for (var method : new String[] {"saliency", "smoothgrad", "integrated-gradients", "lime"}) {
      var map = Explanation.load(out.resolve("0_1"), method).values();
      assertThat(map.shape()).as(method).containsExactly(28, 28);
      assertThat(map.max()).as(method).isGreaterThan(map.min());
    }
    var manifest = new JsonMapper().readTree(out.resolve("manifest.json").toFile());
    assertThat(manifest.get("explanations").findValuesAsText("method"))
        .anyMatch(method -> method.startsWith("filter"));
  }

  @Test
  void passesOnWhichNetworkOfAFileIsMeant() throws IOException {
    var plain = classify("more/W13a.pth", "more/x.npy");
    assertThat(plain.err()).contains("--state ema").hasLineCount(1);
    var averaged =
        CommandLineRun.of(
            "image",
            "classify",
            "--json",
            "--weights",
            brought("more/W13a.pth"),
            "--images",
            brought("more/x.npy"),
            "--state",
            "ema");
    assertThat(averaged.code()).isZero();
    assertThat(averaged.logits()[0]).isNotEqualTo(plain.logits()[0]);
  }

  @Test
  void saysOnceThatSuperpixelsOfOnePixelHideNothing() {
    var run = explainSmall("lime", directory.resolve("small"), "lime.samples=20");
    assertThat(run.err()).contains("superpixels are single pixels").hasLineCount(1);
    assertThat(run.code()).isZero();
  }

  @Test
  void noticesAnOutputThatCannotBeBeforeComputing() throws IOException {
    var file = Files.writeString(directory.resolve("file"), "x");
    var run = explainSmall("saliency", file, "saliency.absolute=true");
    assertThat(run.err())
        .contains("can't be written to (there is a file of that name)")
        .hasLineCount(1);
    assertThat(run.code()).isEqualTo(1);
  }

  private static CommandLineRun explainSmall(String method, Path out, String setting) {
    return CommandLineRun.of(
        "image",
        "explain",
        "--weights",
        brought("more/plain.pth"),
        "--images",
        brought("more/0001.png"),
        "--methods",
        method,
        "--set",
        setting,
        "--out",
        out);
  }

  @Test
  void namesOnlyItsOwnResultsAndLinksNamesThatNeedIt() throws IOException {
    var out = directory.resolve("out");
    assertThat(explainSmall("saliency", out, "saliency.absolute=true").code()).isZero();
    var folder = Files.createDirectories(directory.resolve("images/sub"));
    Files.copy(brought("more/0001.png"), folder.resolve("é #1.png"));
    var run =
        CommandLineRun.of(
            "image",
            "explain",
            "--weights",
            brought("more/plain.pth"),
            "--images",
            folder.getParent(),
            "--recursive",
            "--methods",
            "saliency",
            "--out",
            out);
    assertThat(run.err()).isEmpty();
    var manifest = new JsonMapper().readTree(out.resolve("manifest.json").toFile());
    assertThat(manifest.get("explanations").findValuesAsText("picture"))
        .containsExactly("sub/é #1");
    assertThat(out.resolve("sub/é #1/saliency.npy")).exists();
    assertThat(out.resolve("0001/saliency.npy")).exists();
    assertThat(Files.readString(out.resolve("index.html"))).contains("sub/%C3%A9%20%231/image.png");
  }

  @ParameterizedTest
  @ValueSource(strings = {"more/0001.png", "unlabelled/0001.jpg"})
  void refusesToExplainALabelThatIsNotThere(String image) {
    var out = directory.resolve("label");
    var run =
        CommandLineRun.of(
            "image",
            "explain",
            "--weights",
            brought("more/plain.pth"),
            "--images",
            brought(image),
            "--target",
            "label",
            "--methods",
            "saliency",
            "--out",
            out);
    assertThat(run.err()).contains("0001 has no label").hasLineCount(1);
    assertThat(run.code()).isEqualTo(2);
    assertThat(out).doesNotExist();
  }

  @Test
  void leavesPhotographsAsStoredInTheHomeworkAlone() throws IOException {
    var stored = explained("stored", "--preset", "homework");
    checkLogits(stored, expected("C12-hw"));
    var upright = explained("upright");
    assertThat(Math.abs(upright[0] - stored[0])).isGreaterThan(0.1);
    assertThat(explained("option", "--ignore-exif")).isEqualTo(stored);
  }

  private double[] explained(String folder, Object... options) {
    var out = directory.resolve(folder);
    var run =
        CommandLineRun.of(
            with(
                new Object[] {
                  "image",
                  "explain",
                  "--weights",
                  brought("more/plain.pth"),
                  "--images",
                  brought("more/exif/6_0.jpg"),
                  "--methods",
                  "saliency",
                  "--out",
                  out
                },
                options));
    assertThat(run.err()).isEmpty();
    var outputs = Explanation.load(out.resolve("6_0"), "saliency").outputs();
    var logits = new double[outputs.length()];
    for (var i = 0; i < logits.length; i++) {
      logits[i] = outputs.get(i);
    }
    return logits;
  }
}
