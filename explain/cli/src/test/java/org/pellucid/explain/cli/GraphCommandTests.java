package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npy;

/** ONNX graphs as classifiers on the command line, against the outputs of ONNX Runtime. */
@Tag("numeric")
class GraphCommandTests {
  private static final Path GOLDENS =
      Path.of(System.getProperty("pellucid.shared", "../shared")).resolve("goldens/onnx");

  /** Relative, as the goldens' README says. */
  private static final double TOLERANCE = 1e-5;

  @TempDir Path directory;

  private static Path golden(String name) {
    var file = GOLDENS.resolve(name);
    assumeTrue(Files.exists(file), () -> "the file " + file + " is absent");
    return file;
  }

  /** The first example's image, written as an array; the outputs are returned. */
  private float[] example(String name, Path image) {
    try (var arrays = WeightFiles.open(golden(name + ".npz"))) {
      var shape = arrays.tensor("input").info().shape();
      var size = (int) (shape[1] * shape[2] * shape[3]);
      var pixels = Arrays.copyOf(arrays.tensor("input").toFloats(), size);
      Npy.write(image, pixels, shape[1], shape[2], shape[3]);
      var outputs = arrays.tensor("output").toFloats();
      return Arrays.copyOf(outputs, outputs.length / 2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet",
        "resnext",
        "mobilenet2",
        "mobilenet3",
        "efficient",
        "densenet",
        "inception",
        "vgg",
        "vit",
        "lenet"
      })
  void classifiesAsOnnxRuntimeDoes(String name) throws IOException {
    var image = directory.resolve("image.npy");
    var expected = example(name, image);
    var run =
        CommandLineRun.of(
            "image", "classify", "--json", "--weights", golden(name + ".onnx"), "--images", image);
    assertThat(run.code()).as(run.err()).isZero();
    var logits = run.logits();
    assertThat(logits).hasSameSizeAs(expected);
    var difference = 0.0;
    var norm = 0.0;
    for (var i = 0; i < logits.length; i++) {
      difference += Math.pow(logits[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    assertThat(Math.sqrt(difference / norm)).isLessThan(TOLERANCE);
    assertThat(run.err()).contains("give --mean and --std");
  }

  @Test
  void explainsAGraphAndSaysByWhichLayer() throws IOException {
    var image = directory.resolve("image.npy");
    example("resnet", image);
    var out = directory.resolve("out");
    var run =
        CommandLineRun.of(
            "image",
            "explain",
            "--weights",
            golden("resnet.onnx"),
            "--images",
            image,
            "--out",
            out,
            "--methods",
            "gradcam,filters",
            "--set",
            "filters.iterations=2");
    assertThat(run.code()).as(run.err()).isZero();
    var found = new JsonMapper().readTree(out.resolve("image/gradcam.json").toFile());
    assertThat(found.toString()).contains("/3/Relu_output_0");
    // A layer's name has slashes in it, which lead nowhere.
    assertThat(out.resolve("image/filters-activation-_0_0.0_Conv_output_0.npy")).exists();
  }

  @Test
  void saysThatParametersHaveNoOutputs() throws IOException {
    var image = directory.resolve("image.npy");
    Npy.write(image, new float[3 * 4 * 4], 3, 4, 4);
    var run =
        CommandLineRun.of(
            "image", "classify", "--weights", "food", "--output", "x", "--images", image);
    assertThat(run.code()).isEqualTo(Main.FAILED);
    assertThat(run.err())
        .contains("--output chooses among a graph's outputs, but food holds parameters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet", "efficient"})
  void comparesMapsWithThoseOfRandomLayers(String name) throws IOException {
    var image = directory.resolve("0_image.npy");
    example(name, image);
    var out = directory.resolve("out");
    var run =
        CommandLineRun.of(
            "image",
            "evaluate",
            "--weights",
            golden(name + ".onnx"),
            "--images",
            image,
            "--methods",
            "saliency,deeplift",
            "--metrics",
            "cascading-randomisation",
            "--set",
            "cascading-randomisation.stages=3",
            "--out",
            out);
    assertThat(run.code()).as(run.err()).isZero();
    var root = new JsonMapper().readTree(out.resolve("evaluation.json").toFile());
    assertThat(root.get("curves")).hasSize(2);
    for (var entry : root.get("curves")) {
      var curve = entry.get("curve").get("values");
      assertThat(curve).hasSize(3).allMatch(value -> value.asDouble() < 0.99);
    }
  }
}
