package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.cli.CommandLineRun.checkRefused;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.models.vision.PngWriter;
import org.pellucid.models.zoo.SampleImages;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.numpy.Npy;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** The command line as a user meets it: exit codes, one line an error, files written. */
class MainTests {
  @TempDir Path directory;

  private Path image(String name) {
    var file = directory.resolve("images").resolve(name + ".png");
    PngWriter.writePng(SampleImages.open(name).image(), file);
    return file;
  }

  @Test
  void helpsWithEveryCommand() {
    for (var command :
        List.of("demo", "image classify", "image explain", "text attention", "weights inspect")) {
      var outcome = CommandLineRun.of((command + " --help").split(" "));
      assertThat(outcome.code()).isZero();
      assertThat(outcome.out()).startsWith("Usage: pellucid " + command).contains("--threads");
      assertThat(outcome.err()).isEmpty();
    }
  }

  @Test
  void refusesWrongUsageWithCodeTwo() {
    var image = image("3_5").toString();
    checkRefused(2, "a command is missing");
    checkRefused(2, "Unknown option", "--wrong");
    checkRefused(2, "Unknown option: '--hlep'", "image", "classify", "--hlep");
    checkRefused(2, "Missing required option", "image", "classify");
    checkRefused(
        2,
        "there is no method x",
        "image",
        "explain",
        "--weights",
        "food",
        "--images",
        image,
        "--out",
        "o",
        "--methods",
        "x");
    checkRefused(
        2,
        "saliency has no parameter speed",
        "image",
        "explain",
        "--weights",
        "food",
        "--images",
        image,
        "--out",
        "o",
        "--set",
        "saliency.speed=9");
    for (var setting : List.of("integrated-gradients.steps=abc", "smoothgrad.sigma=-1")) {
      checkRefused(
          2,
          setting.substring(0, setting.indexOf('=')) + " is ",
          "image",
          "explain",
          "--weights",
          "none.pth",
          "--images",
          "none.png",
          "--out",
          "o",
          "--set",
          setting);
    }
    checkRefused(2, "only .safetensors, .npz, .pth", "weights", "convert", "a.pth", "b.h5");
  }

  @Test
  void refusesBadInputWithCodeOne() throws IOException {
    var image = image("3_5").toString();
    var text = Files.writeString(directory.resolve("notes.txt"), "hello").toString();
    checkRefused(
        1,
        "there is no such file",
        "image",
        "classify",
        "--weights",
        "none.pth",
        "--images",
        image);
    checkRefused(1, "not a weight file", "image", "classify", "--weights", text, "--images", image);
    checkRefused(1, "is not an image", "image", "classify", "--weights", "food", "--images", text);
    checkRefused(
        1, "does not exist", "image", "classify", "--weights", "food", "--images", "none.png");
    checkRefused(1, "not a weight file", "weights", "inspect", image);
    var numbers = new float[3 * 128 * 128];
    numbers[7] = Float.NaN;
    Npy.write(directory.resolve("nan.npy"), numbers, 3, 128, 128);
    checkRefused(
        1,
        "nan.npy holds NaN",
        "image",
        "classify",
        "--weights",
        "food",
        "--images",
        directory.resolve("nan.npy").toString());
    checkRefused(
        2,
        "the memory budget is",
        "image",
        "explain",
        "--weights",
        "food",
        "--images",
        image,
        "--out",
        directory.resolve("none").toString(),
        "--memory",
        "1m");
  }

  @Test
  void refusesNumbersThatAreTooLarge() {
    var start = List.of("image", "explain", "--weights", "food", "--images", image("3_5") + "");
    for (var size : List.of("8388608t", "16777217t")) {
      var all = new ArrayList<>(start);
      all.addAll(List.of("--out", "o", "--methods", "saliency", "--memory", size));
      checkRefused(2, size + ", which is too large", all.toArray(String[]::new));
    }
    var all = new ArrayList<>(start);
    all.addAll(List.of("--out", "o", "--methods", "lime", "--seed", "5000000000"));
    checkRefused(2, "--seed is 5000000000, but lime takes", all.toArray(String[]::new));
  }

  @Test
  void saysThatAnInterruptedCommandWasCancelled() {
    Thread.currentThread().interrupt();
    try {
      checkRefused(
          1,
          "pellucid: cancelled",
          "image",
          "explain",
          "--weights",
          "food",
          "--images",
          image("3_5").toString(),
          "--out",
          directory.resolve("none").toString(),
          "--methods",
          "smoothgrad");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void classifiesAsJson() throws IOException {
    var outcome =
        CommandLineRun.of(
            "image",
            "classify",
            "--weights",
            "food",
            "--images",
            image("3_5").toString(),
            "--json");
    assertThat(outcome.code()).isZero();
    var first = new JsonMapper().readTree(outcome.out()).get("pictures").get(0);
    assertThat(first.get("name").asText()).isEqualTo("3_5");
    assertThat(first.get("logits")).hasSize(11);
    assertThat(first.get("class").asText()).isEqualTo("Egg");
  }

  @Test
  void writesExplanationsWithTheirNumbers() throws IOException {
    var out = directory.resolve("out");
    var outcome =
        CommandLineRun.of(
            "image",
            "explain",
            "--weights",
            "food",
            "--images",
            image("3_5").toString(),
            "--out",
            out.toString(),
            "--preset",
            "homework",
            "--target",
            "label",
            "--set",
            "smoothgrad.samples=2",
            "--set",
            "lime.samples=20",
            "--set",
            "filters.iterations=1");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    var manifest = new JsonMapper().readTree(out.resolve("manifest.json").toFile());
    assertThat(manifest.get("explanations")).hasSize(4 + 4);
    for (var entry : manifest.get("explanations")) {
      var array = Npy.read(out.resolve(entry.get("file").asText()));
      assertThat(entry.get("shape")).hasSize(array.shape().length);
      assertThat(entry.get("target").asInt()).isEqualTo(3);
    }
    assertThat(Npy.read(out.resolve("3_5/saliency.npy")).shape()).containsExactly(128, 128);
    var page = Files.readString(out.resolve("index.html"));
    assertThat(page).contains("Integrated Gradients").doesNotContain("https://");
  }

  @Test
  void convertsAndInspectsItsOwnFiles() {
    var tensor = directory.resolve("x.npy");
    Npy.write(tensor, new float[3 * 128 * 128], 3, 128, 128);
    var outcome =
        CommandLineRun.of("image", "classify", "--weights", "food", "--images", tensor.toString());
    assertThat(outcome.code()).isZero();
    assertThat(CommandLineRun.of("weights", "list").out()).contains("bert-base-cased");
  }

  @Test
  void letsNoNameInAFileSteerTheTerminal() {
    var name = "a\u001b[2J\nb\u202ec";
    var one = weights("1.safetensors", name, 1);
    var two = weights("2.safetensors", name, 2);
    var bad = weights("3.safetensors", name, Double.NaN);
    var outcomes =
        List.of(
            CommandLineRun.of("weights", "inspect", one),
            CommandLineRun.of("weights", "inspect", one, "--csv"),
            CommandLineRun.of("weights", "inspect", one, "--json"),
            CommandLineRun.of("weights", "diff", one, two),
            CommandLineRun.of("weights", "convert", one, directory.resolve("4.npz").toString()),
            CommandLineRun.of("weights", "verify", bad));
    assertThat(outcomes).extracting(CommandLineRun::code).containsExactly(0, 0, 0, 1, 0, 1);
    for (var outcome : outcomes) {
      assertThat(outcome.out() + outcome.err()).doesNotContain("\u001b", "\u202e", "\nb");
    }
  }

  private String weights(String name, String tensor, double value) {
    var file = directory.resolve(name);
    var bytes = WeightTensor.encode(new double[] {value}, DType.F32);
    var info = new TensorInfo(tensor, DType.F32, new long[] {1});
    SafetensorsWriter.write(
        file, List.of(WeightTensor.of(info, () -> bytes)), Map.of(tensor, tensor));
    return file.toString();
  }
}
