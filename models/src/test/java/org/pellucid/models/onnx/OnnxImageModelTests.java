package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.Model;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.Probabilities;
import org.pellucid.models.Taps;
import org.pellucid.models.vision.Image;
import org.pellucid.models.vision.PreprocessingOptions;
import org.pellucid.models.zoo.ClassifierOptions;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.testing.GraphBytes;

/** Graphs as image classifiers: their layouts, outputs, sizes and what lies beside them. */
class OnnxImageModelTests {
  private static final int SIDE = 6;
  private static final int CLASSES = 4;

  /** Single precision in other orders of summation. */
  private static final float ROUNDING = 1e-5f;

  @TempDir Path directory;

  private static float[] numbers(int seed, int count) {
    var random = new Random(seed);
    var numbers = new float[count];
    for (var i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  private static float[] pixels(int batch, int channels) {
    var numbers = numbers(5, batch * channels * SIDE * SIDE);
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = Math.abs(numbers[i]) % 1;
    }
    return numbers;
  }

  /** A convolution, rectified, its means, and a row of numbers for each class. */
  private static GraphBytes body(GraphBytes graph, String image, int channels) {
    return graph
        .constant("weight", numbers(1, 5 * channels * 9), 5, channels, 3, 3)
        .constant("classes", numbers(2, 5 * CLASSES), 5, CLASSES)
        .node("Conv", List.of(image, "weight"), "filtered")
        .node("Relu", List.of("filtered"), "rectified")
        .node("GlobalAveragePool", List.of("rectified"), "means")
        .node("Flatten", List.of("means"), "features")
        .node("MatMul", List.of("features", "classes"), "logits");
  }

  private Path write(GraphBytes graph) throws IOException {
    return graph.write(directory.resolve("net.onnx"));
  }

  private Path plain(long batch, long channels, long height, long width) throws IOException {
    var graph = body(new GraphBytes(13), "image", (int) Math.max(channels, 1));
    return write(
        graph.input("image", batch, channels, height, width).output("logits", batch, CLASSES));
  }

  private static ClassifierOptions options() {
    return ClassifierOptions.standard(Optional.empty());
  }

  private static ImageClassifier open(Path path) {
    return ImageClassifier.open(path.toString(), options());
  }

  private static float[] outputs(Model model, float[] images, long batch, Taps taps) {
    var shape = model.inputShape();
    try (var tape = new Tape();
        var x = Tensor.of(images, batch, shape[0], shape[1], shape[2])) {
      return model.forward(tape, x, taps).toFloats();
    }
  }

  private static float[] outputs(ImageClassifier classifier, float[] images, long batch) {
    return outputs(classifier.network(), images, batch, Taps.NONE);
  }

  /** What the plain graph gives, by loops. */
  private static float[] reference(float[] image, int channels) {
    var weight = numbers(1, 5 * channels * 9);
    var classes = numbers(2, 5 * CLASSES);
    var logits = new float[CLASSES];
    for (var filter = 0; filter < 5; filter++) {
      var mean = 0.0;
      for (var y = 0; y < SIDE - 2; y++) {
        for (var x = 0; x < SIDE - 2; x++) {
          var sum = 0.0;
          for (var c = 0; c < channels; c++) {
            for (var tap = 0; tap < 9; tap++) {
              sum +=
                  weight[(filter * channels + c) * 9 + tap]
                      * image[(c * SIDE + y + tap / 3) * SIDE + x + tap % 3];
            }
          }
          mean += Math.max(sum, 0) / ((SIDE - 2) * (SIDE - 2));
        }
      }
      for (var k = 0; k < CLASSES; k++) {
        logits[k] += (float) (mean * classes[filter * CLASSES + k]);
      }
    }
    return logits;
  }

  @Test
  void computesAGraphOfGreyImages() throws IOException {
    try (var classifier = open(plain(0, 1, SIDE, SIDE))) {
      assertThat(classifier.network().inputShape()).containsExactly(1, SIDE, SIDE);
      assertThat(classifier.network().largestBatch()).isEqualTo(Integer.MAX_VALUE);
      var image = pixels(1, 1);
      assertThat(outputs(classifier, image, 1))
          .containsExactly(reference(image, 1), offset(ROUNDING));
    }
  }

  @Test
  void takesTensorFlowsLayoutAndShowsLayersInItsOwn() throws IOException {
    var file = write(tensorFlows());
    try (var classifier = open(file)) {
      assertThat(classifier.network().inputShape()).containsExactly(3, SIDE, SIDE);
      var image = pixels(2, 3);
      var found = outputs(classifier, image, 2);
      var size = 3 * SIDE * SIDE;
      assertThat(Arrays.copyOf(found, CLASSES))
          .containsExactly(reference(Arrays.copyOf(image, size), 3), offset(ROUNDING));
      assertThat(Arrays.copyOfRange(found, CLASSES, 2 * CLASSES))
          .containsExactly(
              reference(Arrays.copyOfRange(image, size, 2 * size), 3), offset(ROUNDING));
      var layers = LayerOutputs.of("turned", "rectified", "last");
      try (var tape = new Tape();
          var x = Tensor.of(image, 2, 3, SIDE, SIDE)) {
        classifier.network().forward(tape, x, layers);
        assertThat(layers.get("turned").shape()).containsExactly(2, SIDE, SIDE, 3);
        assertThat(layers.get("rectified").shape()).containsExactly(2, SIDE - 2, SIDE - 2, 5);
        assertThat(layers.get("last").toFloats()).isEqualTo(layers.get("rectified").toFloats());
      }
    }
  }

  private static GraphBytes tensorFlows() {
    return new GraphBytes(13)
        .input("image", 0, SIDE, SIDE, 3)
        .constant("weight", numbers(1, 5 * 3 * 9), 5, 3, 3, 3)
        .constant("classes", numbers(2, 5 * CLASSES), 5, CLASSES)
        .node("Transpose", List.of("image"), "turned", "perm", 0, 3, 1, 2)
        .node("Conv", List.of("turned", "weight"), "filtered")
        .node("Relu", List.of("filtered"), "rectified")
        .node("Transpose", List.of("rectified"), "last", "perm", 0, 2, 3, 1)
        .node("ReduceMean", List.of("last"), "means", "axes", 1, 2)
        .node("Flatten", List.of("means"), "features")
        .node("MatMul", List.of("features", "classes"), "scores")
        .node("Softmax", List.of("scores"), "dense")
        .node("Identity", List.of("dense"), "probabilities")
        .output("probabilities", 0, CLASSES);
  }

  @Test
  void leavesASoftmaxAtTheEndOutSoThatNoneIsTakenTwice() throws IOException {
    var file = write(tensorFlows());
    try (var classifier = open(file);
        var model = OnnxModel.open(file)) {
      assertThat(classifier.notes()).anyMatch(note -> note.contains("ends in a softmax"));
      var image = pixels(1, 3);
      var turned = new float[image.length];
      for (var i = 0; i < image.length; i++) {
        turned[i % (SIDE * SIDE) * 3 + i / (SIDE * SIDE)] = image[i];
      }
      var own =
          model.run(Engine.standard(), Map.of("image", NumericArray.of(turned, 1, SIDE, SIDE, 3)));
      assertThat(Probabilities.softmax(outputs(classifier, image, 1), 0, CLASSES))
          .containsExactly(own.get("probabilities").values(), offset((double) ROUNDING));
    }
  }

  @Test
  void makesTwoClassesOfTheSigmoidOfOneNumber() throws IOException {
    var graph =
        body(new GraphBytes(13), "image", 3)
            .input("image", 0, 3, SIDE, SIDE)
            .constant("one", numbers(3, CLASSES), CLASSES, 1)
            .node("MatMul", List.of("logits", "one"), "number")
            .node("Sigmoid", List.of("number"), "chance")
            .output("chance", 0, 1);
    try (var classifier = open(write(graph))) {
      var image = pixels(1, 3);
      var number = 0.0;
      for (var k = 0; k < CLASSES; k++) {
        number += reference(image, 3)[k] * numbers(3, CLASSES)[k];
      }
      var chance = 1 / (1 + Math.exp(-number));
      assertThat(Probabilities.softmax(outputs(classifier, image, 1), 0, 2))
          .containsExactly(new double[] {1 - chance, chance}, offset((double) ROUNDING));
    }
  }

  @Test
  void asksForASizeThatNothingSays() throws IOException {
    var file = plain(0, 3, 0, 0);
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("takes images of any size; say which it was trained on by --size");
    try (var classifier =
        ImageClassifier.open(file.toString(), options().withSize(SIDE, SIDE + 1))) {
      assertThat(classifier.network().inputShape()).containsExactly(3, SIDE, SIDE + 1);
    }
  }

  @Test
  void saysWhatToDoWhereASizeDoesNotFit() throws IOException {
    for (var batch : new long[] {0, 8}) {
      var graph =
          new GraphBytes(13)
              .input("image", batch, 3, 0, 0)
              .constant("classes", numbers(2, 12 * CLASSES), 12, CLASSES)
              .node("Flatten", List.of("image"), "features")
              .node("MatMul", List.of("features", "classes"), "logits")
              .output("logits", batch, CLASSES);
      var file = write(graph);
      assertThatThrownBy(
              () -> ImageClassifier.open(file.toString(), options().withSize(SIDE, SIDE)))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("can't compute an image of 3 channels and 6 x 6 pixels: The node")
          .hasMessageEndingWith(
              batch == 0
                  ? "Give the size that it was trained on by --size HEIGHTxWIDTH."
                  : "It was exported for 8 images at a time; export it with an open batch axis.");
      try (var classifier = ImageClassifier.open(file.toString(), options().withSize(2, 2))) {
        assertThat(classifier.network().outputs()).isEqualTo(CLASSES);
      }
    }
  }

  @Test
  void readsWhatLiesBesideAGraphInAFolderOfIts() throws IOException {
    var folder = Files.createDirectory(directory.resolve("onnx"));
    Files.move(plain(0, 3, 0, 0), folder.resolve("model.onnx"));
    Files.writeString(
        directory.resolve("preprocessor_config.json"),
        """
        {"do_resize": true, "size": {"height": 6, "width": 6}, "do_normalize": true,
         "image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.2]}
        """);
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"id2label": {"0": "apple", "1": "bread", "2": "cake", "3": "dumpling"}}
        """);
    for (var path : List.of(directory, folder, folder.resolve("model.onnx"))) {
      try (var classifier = open(path)) {
        assertThat(classifier.classNames()).containsExactly("apple", "bread", "cake", "dumpling");
        var image = pixels(1, 3);
        var normalised = image.clone();
        var mean = new double[] {0.5, 0.4, 0.3};
        var deviation = new double[] {0.5, 0.25, 0.2};
        for (var i = 0; i < image.length; i++) {
          var c = i / (SIDE * SIDE);
          normalised[i] = (float) ((image[i] - mean[c]) / deviation[c]);
        }
        assertThat(outputs(classifier, image, 1))
            .containsExactly(reference(normalised, 3), offset(ROUNDING));
      }
    }
  }

  @Test
  void takesBlueFirst() throws IOException {
    var file = plain(0, 3, SIDE, SIDE);
    var bgr =
        options()
            .withPreprocessing(
                PreprocessingOptions.of(Map.of("channels", "bgr", "mean", List.of(0.1, 0.2, 0.3))));
    try (var classifier = ImageClassifier.open(file.toString(), bgr)) {
      var image = pixels(1, 3);
      var expected = new float[image.length];
      for (var i = 0; i < image.length; i++) {
        var c = i / (SIDE * SIDE);
        expected[i] = image[(2 - c) * SIDE * SIDE + i % (SIDE * SIDE)] - 0.1f * (c + 1);
      }
      assertThat(outputs(classifier, image, 1))
          .containsExactly(reference(expected, 3), offset(ROUNDING));
    }
  }

  @Test
  void choosesAmongOutputsOrAsks() throws IOException {
    var graph =
        body(new GraphBytes(13), "image", 3)
            .input("image", 0, 3, SIDE, SIDE)
            .output("filtered", 0, 5, 4, 4)
            .output("features", 0, 5)
            .output("logits", 0, CLASSES);
    var file = write(graph);
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(
            "gives several rows of numbers for each image, features [1, 5], logits [1, 4]; choose"
                + " one by --output NAME");
    try (var classifier = ImageClassifier.open(file.toString(), options().withOutput("features"))) {
      assertThat(classifier.network().outputs()).isEqualTo(5);
    }
    assertThatThrownBy(
            () -> ImageClassifier.open(file.toString(), options().withOutput("filtered")))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("gives filtered [1, 5, 4, 4] and no row of numbers");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageClassifier.open(file.toString(), options().withOutput("nothing")))
        .withMessageContaining(
            "gives no value nothing; its outputs are filtered, features, logits");
  }

  @Test
  void refusesWhatTakesNoImages() throws IOException {
    for (var shape : List.of(new long[] {0, 13}, new long[] {0, 4, SIDE, SIDE})) {
      var graph = new GraphBytes(13).input("x", shape).node("Relu", List.of("x"), "y");
      var file = write(graph.output("y", shape));
      assertThatThrownBy(() -> open(file))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("explain it by pellucid model explain");
    }
    var two = body(new GraphBytes(13), "image", 3).input("image", 0, 3, SIDE, SIDE);
    var file = write(two.input("other", 0, 2).output("logits", 0, CLASSES));
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("takes 2 inputs");
    assertThatThrownBy(
            () -> ImageClassifier.open(plain(0, 3, 6, 6).toString(), options().withSize(7, 6)))
        .hasMessageContaining("takes images of a height of 6 pixels, not of 7");
  }

  @Test
  void runsAGraphForOneImageAtATimeForEachOfABatch() throws IOException {
    try (var classifier = open(plain(1, 3, SIDE, SIDE))) {
      assertThat(classifier.network().largestBatch()).isEqualTo(1);
      var images = pixels(2, 3);
      var second = Arrays.copyOfRange(images, 3 * SIDE * SIDE, images.length);
      var found = outputs(classifier, images, 2);
      assertThat(Arrays.copyOfRange(found, CLASSES, 2 * CLASSES))
          .isEqualTo(outputs(classifier, second, 1));
    }
  }

  @Test
  void beginsAfterALayerThroughWhichEverythingGoes() throws IOException {
    try (var classifier = open(plain(0, 3, SIDE, SIDE))) {
      var image = pixels(1, 3);
      var layers = LayerOutputs.of("rectified");
      try (var tape = new Tape();
          var x = Tensor.of(image, 1, 3, SIDE, SIDE)) {
        classifier.network().forward(tape, x, layers);
        var last = layers.get("rectified").toFloats();
        var first = new float[last.length];
        for (var i = 0; i < last.length; i++) {
          first[i % 5 * 16 + i / 5] = last[i];
        }
        var rest = classifier.network().after("rectified").orElseThrow();
        assertThat(rest.inputShape()).containsExactly(5, 4, 4);
        assertThat(rest.layerNames()).containsExactly("means", "features", "logits");
        assertThat(outputs(rest, first, 1, Taps.NONE))
            .containsExactly(outputs(classifier, image, 1), offset(ROUNDING));
      }
    }
  }

  @Test
  void classifiesAPhotograph() throws IOException {
    try (var classifier = open(plain(0, 3, SIDE, SIDE))) {
      var image = Image.of(SIDE, SIDE, new byte[3 * SIDE * SIDE]);
      assertThat(outputs(classifier, classifier.prepare(image), 1)).containsOnly(0, 0, 0, 0);
      assertThat(classifier.className(2)).isEqualTo("2");
    }
  }
}
