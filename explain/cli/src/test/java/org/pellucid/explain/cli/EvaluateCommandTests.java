package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Metrics;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.nn.NetworkWriter;

/** {@code image evaluate} over folders as people bring them. */
class EvaluateCommandTests {
  private static final String LAYERS =
      """
      {"inputChannels": 3, "inputHeight": 12, "inputWidth": 10, "layers": [
        {"name": "conv", "kind": "convolution", "outputs": 4, "size": 3, "padding": 1},
        {"name": "relu", "kind": "relu"},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc", "kind": "linear", "outputs": 3}]}
      """;

  @TempDir Path directory;

  private Path images;
  private Path masks;
  private Path weights;
  private Path layers;

  @BeforeEach
  void write() throws IOException {
    images = Files.createDirectory(directory.resolve("images"));
    masks = Files.createDirectory(directory.resolve("masks"));
    layers = Files.writeString(directory.resolve("layers.json"), LAYERS);
    weights = directory.resolve("weights.pth");
    try (var network =
        NetworkBuilder.initialise(NetworkDescription.read(layers), 1, ElementType.FLOAT32)) {
      NetworkWriter.write(network, weights);
    }
    for (var i = 0; i < 3; i++) {
      image(images.resolve(i + "_" + i + ".png"), i, false);
      image(masks.resolve(i + "_" + i + ".png"), i, true);
    }
  }

  private static void image(Path file, int number, boolean mask) throws IOException {
    var image = new BufferedImage(23, 17, BufferedImage.TYPE_INT_RGB);
    for (var y = 0; y < 17; y++) {
      for (var x = 0; x < 23; x++) {
        var inside = x > 4 + number && x < 14 && y > 3 && y < 12;
        var colour = (x * 11 + number * 40) % 256 << 16 | y * 15 << 8 | (inside ? 200 : 20);
        image.setRGB(x, y, mask ? inside ? 0xffffff : 0 : colour);
      }
    }
    ImageIO.write(image, "png", file.toFile());
  }

  private CommandLineRun evaluate(Object... more) {
    var arguments = new ArrayList<Object>(List.of("image", "evaluate"));
    arguments.addAll(List.of("--weights", weights, "--network", layers, "--images", images));
    arguments.addAll(List.of("--out", directory.resolve("out")));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray());
  }

  @Test
  void comparesMethodsOverAFolderWithMasks() throws IOException {
    var run =
        evaluate(
            "--masks",
            masks,
            "--methods",
            "saliency,input-x-gradient",
            "--metrics",
            "deletion,auc,random-logit",
            "--target",
            "label",
            "--set",
            "deletion.steps=7");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("The comparison is", "index.html");
    var lines = Files.readAllLines(directory.resolve("out/evaluation.csv"));
    assertThat(lines).hasSize(1 + 3 * 2 * 3);
    var root = new JsonMapper().readTree(directory.resolve("out/evaluation.json").toFile());
    var deletion = root.get("metrics").get(0);
    assertThat(deletion.get("parameters").get("steps").asInt()).isEqualTo(7);
    assertThat(deletion.get("better").asText()).isEqualTo("lower");
    assertThat(root.get("images").get(2).get("target").asText()).isEqualTo("output:2");
    assertThat(root.get("curves").get(0).get("curve").get("values")).hasSize(8);
    assertThat(directory.resolve("out/index.html")).exists();
    assertThat(directory.resolve("out/.pellucid.lock")).doesNotExist();
  }

  @Test
  void namesWhatIsDamagedOrMissingAndGoesOn() throws IOException {
    Files.write(images.resolve("1_1.png"), new byte[] {1, 2, 3});
    Files.delete(masks.resolve("2_2.png"));
    var run = evaluate("--masks", masks, "--methods", "saliency", "--metrics", "sparseness,auc");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("pellucid: 1_1: "))
        .anyMatch(line -> line.startsWith("pellucid: 2_2, mask: There is no mask"));
    var lines = Files.readAllLines(directory.resolve("out/evaluation.csv"));
    assertThat(lines).hasSize(1 + 2 * 2).contains("2_2,saliency,auc,");
    assertThat(lines).anyMatch(line -> line.startsWith("2_2,saliency,sparseness,0."));
  }

  @Test
  void takesTheMasksBesideTheImagesAndDoesWithoutAny() throws IOException {
    var without = evaluate("--methods", "saliency");
    assertThat(without.err()).isEmpty();
    assertThat(directory.resolve("out/evaluation.csv")).content().doesNotContain("pointing-game");
    for (var i = 0; i < 3; i++) {
      var name = i + "_" + i;
      Files.move(masks.resolve(name + ".png"), images.resolve(name + ".mask.png"));
    }
    var with = evaluate("--methods", "saliency");
    assertThat(with.err()).isEmpty();
    assertThat(directory.resolve("out/evaluation.csv")).content().contains("pointing-game");
  }

  @Test
  void refusesWrongUsage() {
    check("there is no metric fidelity", "--metrics", "fidelity");
    check("auc needs masks; give a folder of them by --masks", "--metrics", "auc");
    check("deletion.steps is none, but must be", "--set", "deletion.steps=none");
    check("deletion has no parameter speed", "--set", "deletion.speed=1");
    check("--set names the method x, but the methods are", "--set", "x.y=1");
    check("doesn't attribute a target", "--methods", "filters", "--set", "filters.layer=conv");
    check("folder of masks", "--masks", directory.resolve("none"));
    check("Missing required option: '--out=DIR'");
  }

  private void check(String message, Object... more) {
    var run = more.length == 0 ? CommandLineRun.of("image", "evaluate") : evaluate(more);
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(message);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void listsTheMetricsWithTheirParameters() throws IOException {
    var run = CommandLineRun.of("image", "metrics");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("deletion ", "lower is better", "steps ", "from 1 to 100000");
    var json = new JsonMapper().readTree(CommandLineRun.of("image", "metrics", "--json").out());
    assertThat(json).hasSize(Metrics.all().size());
    assertThat(json.get(4).get("better").asText()).isEqualTo("lower");
    assertThat(json.get(4).get("parameters").get(1).get("default").asInt()).isEqualTo(32);
  }
}
