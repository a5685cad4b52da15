package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.models.Goldens.cosine;
import static org.pellucid.models.Goldens.largestDifference;
import static org.pellucid.models.Goldens.relativeDistance;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Goldens;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.vision.Image;
import org.pellucid.models.vision.ImageFiles;
import org.pellucid.models.vision.Resize;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/** The tiny and the full food classifier against PyTorch's numbers. */
class FoodNetworkGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};

  private static ConvolutionalNetwork network(String file, ElementType type) {
    try (var checkpoint = WeightFiles.open(Goldens.file(file))) {
      var parameters = new CheckpointParameters(checkpoint);
      return NetworkBuilder.build(NetworkBuilder.describe(parameters), parameters, type);
    }
  }

  private static ConvolutionalNetwork tiny(ElementType type) {
    return network("goldens/cnn/checkpoint/tiny_zip.pth", type);
  }

  private static double[] array(String file, String name) {
    try (var npz = Npz.open(Goldens.file("goldens/cnn/" + file))) {
      return npz.array(name).doubles();
    }
  }

  private static Tensor images(int side, int count, ElementType type) {
    var bytes = array("preprocess.npz", "x" + side + "_u8");
    var plane = side * side;
    var values = new float[count * 3 * plane];
    for (var i = 0; i < values.length; i++) {
      var image = i / (3 * plane);
      var channel = i / plane % 3;
      values[i] = (float) bytes[(image * plane + i % plane) * 3 + channel] / 255f;
    }
    var tensor = Tensor.uninitialised(type, count, 3, side, side);
    tensor.set(values);
    return tensor;
  }

  private static Tensor oneHot(Tensor logits) {
    var values = new double[(int) logits.elements()];
    for (var i = 0; i < logits.size(0); i++) {
      values[i * 11 + LABELS[i]] = 1;
    }
    var tensor = Tensor.uninitialised(logits.type(), logits.shape());
    tensor.set(values);
    return tensor;
  }

  @Test
  void infersTheHomeworksArchitecture() {
    try (var checkpoint = WeightFiles.open(Goldens.file("checkpoints/food/checkpoint.pth"))) {
      var description = NetworkBuilder.describe(new CheckpointParameters(checkpoint));
      assertThat(description.inputHeight()).isEqualTo(128);
      assertThat(description.layers()).hasSize(38 + 1 + 4);
      assertThat(description.layers().get(21).name()).isEqualTo("cnn.21");
      assertThat(description.layers().get(21).kind()).isEqualTo(NetworkDescription.Kind.BATCH_NORM);
      assertThat(description.layers().get(37).kind()).isEqualTo(NetworkDescription.Kind.MAX_POOL2D);
    }
  }

  /** Float tolerances are the manifest's; double may differ from PyTorch's by its rounding only. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void computesTheTinyNetworksLogitsAndInputGradients(ElementType type) {
    var exact = type == ElementType.FLOAT64;
    var engine = exact ? Engine.portable() : Engine.standard();
    var count = exact ? 3 : 10;
    var file = exact ? "tiny_basic_f64.npz" : "tiny_basic.npz";
    try (var network = tiny(type);
        var x = images(32, count, type);
        var targets = Tensor.of(Arrays.copyOf(LABELS, count), count);
        var tape = new Tape(engine)) {
      tape.watch(x);
      var logits = network.forward(tape, x);
      var expected = Arrays.copyOf(array(file, "logits"), count * 11);
      assertThat(relativeDistance(logits.toDoubles(), expected)).isLessThan(exact ? 1e-9 : 1e-5);
      try (var seed = oneHot(logits)) {
        var gradient = tape.gradient(logits, seed, List.of(x)).of(x).toDoubles();
        assertThat(relativeDistance(gradient, array(file, "grad_logit")))
            .isLessThan(exact ? 1e-9 : 1e-5);
      }
      if (!exact) {
        var loss = Mean.apply(tape, CrossEntropy.apply(tape, logits, targets));
        var gradient = tape.gradient(loss, x).of(x).toDoubles();
        assertThat(relativeDistance(gradient, array(file, "grad_ce_mean"))).isLessThan(5e-4);
      }
    }
  }

  @Test
  void showsEveryLayersOutput() {
    var outputs = new TreeMap<String, double[]>();
    try (var network = tiny(ElementType.FLOAT32);
        var x = images(32, 2, ElementType.FLOAT32);
        var tape = new Tape()) {
      var all = LayerOutputs.of(layer -> true);
      network.forward(tape, x, all);
      for (var layer : all.layers()) {
        var output = all.get(layer);
        var channelsFirst = output.rank() == 4 ? Transpose.apply(tape, output, 0, 3, 1, 2) : output;
        outputs.put(layer.replace(".", ""), channelsFirst.toDoubles());
      }
    }
    try (var npz = Npz.open(Goldens.file("goldens/cnn/tiny_activations.npz"))) {
      for (var name : npz.names()) {
        assertThat(relativeDistance(outputs.get(name), npz.array(name).doubles()))
            .as(name)
            .isLessThan(1e-5);
      }
    }
  }

  @Test
  void computesTheGradientOfEveryParameter() {
    try (var network = tiny(ElementType.FLOAT32);
        var x = images(32, 10, ElementType.FLOAT32);
        var targets = Tensor.of(LABELS, 10);
        var tape = new Tape()) {
      var parameters = network.parameters().toList();
      parameters.forEach(tape::watch);
      var loss = Mean.apply(tape, CrossEntropy.apply(tape, network.forward(tape, x), targets));
      var gradients = tape.gradient(loss, parameters.toArray(Tensor[]::new));
      var first = (Layer.Convolution2d) network.layers().getFirst().layer();
      var ours = Transpose.apply(tape, gradients.of(first.weight()), 3, 2, 0, 1).toDoubles();
      var expected = array("tiny_basic.npz", "param_grad/cnn.0.weight");
      // Losses near zero leave few digits; the manifest gives input gradients 5e-4 for this reason.
      assertThat(relativeDistance(ours, expected)).isLessThan(5e-4);
      var last = (Layer.Linear) network.layers().getLast().layer();
      assertThat(
              relativeDistance(
                  gradients.of(last.weight()).toDoubles(),
                  array("tiny_basic.npz", "param_grad/fc.3.weight")))
          .isLessThan(5e-4);
    }
  }

  @Test
  void resizesTheHomeworksPhotographsToTheVeryPixels() {
    var files = ImageFiles.list(List.of(Goldens.file("images/hw9")));
    for (var side : new int[] {128, 32}) {
      var expected = array("preprocess.npz", "x" + side + "_u8");
      for (var i = 0; i < files.size(); i++) {
        var bytes = Resize.bilinear(Image.read(files.get(i)), side, side).toBytes();
        for (var j = 0; j < bytes.length; j++) {
          assertThat(bytes[j] & 0xff).isEqualTo((int) expected[i * bytes.length + j]);
        }
      }
    }
  }

  @Test
  void classifiesThePhotographsAsPyTorchDoes() throws IOException {
    var expected =
        new JsonMapper()
            .readValue(
                Goldens.file("goldens/cnn/food_logits.json").toFile(),
                new TypeReference<Map<String, Object>>() {});
    var files = ImageFiles.list(List.of(Goldens.file("images/hw9")));
    try (var network = network("checkpoints/food/checkpoint.pth", ElementType.FLOAT32)) {
      for (var file : files) {
        var image = Resize.bilinear(Image.read(file), 128, 128).toFloats();
        try (var x = Tensor.of(image, 1, 3, 128, 128);
            var tape = new Tape()) {
          var logits = network.forward(tape, x).toDoubles();
          var row = (List<?>) expected.get(file.getFileName().toString());
          var reference = row.stream().mapToDouble(value -> ((Number) value).doubleValue());
          assertThat(largestDifference(logits, reference.toArray())).isLessThan(1e-3);
        }
      }
    }
  }

  /** Max-pool ties flip between implementations, so maps are compared by cosine and distance. */
  @Test
  void computesTheFullNetworksInputGradients() {
    try (var network = network("checkpoints/food/checkpoint.pth", ElementType.FLOAT32);
        var x = images(128, 10, ElementType.FLOAT32);
        var tape = new Tape()) {
      tape.watch(x);
      var logits = network.forward(tape, x);
      assertThat(largestDifference(logits.toDoubles(), array("food_hw9.npz", "logits")))
          .isLessThan(1e-3);
      try (var seed = oneHot(logits)) {
        var gradient = tape.gradient(logits, seed, List.of(x)).of(x).toDoubles();
        var expected = array("food_hw9.npz", "grad_logit");
        assertThat(cosine(gradient, expected)).isGreaterThan(0.999);
        assertThat(relativeDistance(gradient, expected)).isLessThan(0.04);
      }
    }
  }
}
