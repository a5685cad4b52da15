package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.weights.files.WeightFiles;

/**
 * Networks with torchvision's names against PyTorch 1.13 in double precision.
 *
 * <p>The files in {@code published} are state dicts of narrow networks that PyTorch's modules form
 * as torchvision's do, with random weights: ResNet-18 from 2 channels, a ResNeXt of blocks 1, 2, 1,
 * 1 with two groups, VGG-11 with and without batch normalisation (the latter as {@code
 * DataParallel} names it), AlexNet from 3 channels, MobileNet-v2 with expansions of 3, a DenseNet
 * of blocks 2, 3, 2 in the names of torchvision 0.2. {@code expected.json} has the logits for the
 * image {@code ½ + ½ sin(0.9 c + 0.37 i + 0.11 j (c + 1) + 0.01 i j)} in single precision,
 * normalised as for ImageNet, and the gradient of logit 1 with respect to it at some places and its
 * norm.
 */
@Tag("numeric")
class PublishedNetworksTests {
  private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> DEVIATION = List.of(0.229, 0.224, 0.225);

  /** Double precision against double precision, in other orders of summation. */
  private static final double TOLERANCE = 1e-9;

  private static Path file(String name) throws URISyntaxException {
    var resource =
        PublishedNetworksTests.class.getResource("/org/pellucid/models/published/" + name);
    return Path.of(resource.toURI());
  }

  private static ParameterSource source(String name, Path file) {
    var shapes = new LinkedHashMap<String, long[]>();
    var values = new LinkedHashMap<String, float[]>();
    try (var checkpoint = WeightFiles.open(file)) {
      for (var tensor : checkpoint.names()) {
        shapes.put(tensor, checkpoint.tensor(tensor).info().shape());
        values.put(tensor, checkpoint.tensor(tensor).toFloats());
      }
    }
    return new Listed(name, shapes, values);
  }

  /** Parameters in memory. */
  private record Listed(
      String origin, LinkedHashMap<String, long[]> shapes, Map<String, float[]> values)
      implements ParameterSource {
    @Override
    public SequencedSet<String> names() {
      return new LinkedHashSet<>(shapes.keySet());
    }

    @Override
    public long[] shape(String name) {
      return shapes.get(name);
    }

    @Override
    public float[] floats(String name) {
      return values.get(name);
    }
  }

  private static double[] image(int height, int width) {
    var numbers = new double[3 * height * width];
    for (var n = 0; n < numbers.length; n++) {
      var c = n / (height * width);
      var i = n / width % height;
      var j = n % width;
      var wave = 0.5 + 0.5 * Math.sin(0.9 * c + 0.37 * i + 0.11 * j * (c + 1) + 0.01 * i * j);
      numbers[n] = (float) wave;
    }
    return numbers;
  }

  private static double[] numbers(JsonNode list) {
    var numbers = new double[list.size()];
    Arrays.setAll(numbers, i -> list.get(i).doubleValue());
    return numbers;
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, ResNet-18",
    "resnext, a ResNeXt",
    "vgg11, VGG-11",
    "vgg11_bn, VGG-11 with batch normalisation",
    "alexnet, AlexNet",
    "mobilenet_v2, MobileNet-v2",
    "densenet, a DenseNet"
  })
  void computesWhatPyTorchDoes(String name, String title) throws IOException, URISyntaxException {
    var expected = new JsonMapper().readTree(file("expected.json").toFile()).get(name);
    var height = expected.get("height").intValue();
    var width = expected.get("width").intValue();
    var parameters = source(name, file(name + ".pth"));
    var published = NetworkBuilder.published(parameters).orElseThrow();
    assertThat(published.name()).isEqualTo(title);
    var description = published.description().withInputSize(height, width);
    try (var network =
            NetworkBuilder.build(description, parameters, ElementType.FLOAT64)
                .normalised(MEAN, DEVIATION);
        var tape = new Tape();
        var image = Tensor.uninitialised(ElementType.FLOAT64, 1, 3, height, width);
        var chosen = Tensor.uninitialised(ElementType.FLOAT64, 1, 5)) {
      image.set(image(height, width));
      chosen.set(new double[] {0, 1, 0, 0, 0});
      var x = tape.watch(image);
      var logits = network.forward(tape, x);
      assertThat(logits.toDoubles())
          .containsExactly(numbers(expected.get("logits")), offset(TOLERANCE));
      var gradient = tape.gradient(logits, chosen, List.of(x)).of(x).toDoubles();
      var norm = expected.get("gradientNorm").doubleValue();
      assertThat(norm).isGreaterThan(0.01);
      assertThat(Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum()))
          .isCloseTo(norm, offset(TOLERANCE * norm));
      var places = numbers(expected.get("positions"));
      var found = Arrays.stream(places).map(place -> gradient[(int) place]).toArray();
      assertThat(found)
          .containsExactly(numbers(expected.get("gradient")), offset(TOLERANCE * norm));
    }
  }

  /** Names and shapes of a residual network, as far as its family and size are told by them. */
  private static ParameterSource residual(int[] counts, boolean deep, int width, int groups) {
    var shapes = new LinkedHashMap<String, long[]>();
    shapes.put("conv1.weight", new long[] {64, 3, 7, 7});
    shapes.put("bn1.weight", new long[] {64});
    for (var stage = 0; stage < counts.length; stage++) {
      for (var block = 0; block < counts[stage]; block++) {
        var module = "layer%d.%d.".formatted(stage + 1, block);
        shapes.put(module + "conv1.weight", new long[] {width, 64, deep ? 1 : 3, deep ? 1 : 3});
        shapes.put(module + "conv2.weight", new long[] {width, width / groups, 3, 3});
        if (deep) {
          shapes.put(module + "conv3.weight", new long[] {256, width, 1, 1});
        }
      }
    }
    shapes.put("fc.weight", new long[] {1000, 512});
    return new Listed("test", shapes, Map.of());
  }

  @Test
  void callsNetworksByTheirPublishedNames() {
    var found = new ArrayList<String>();
    for (var source :
        List.of(
            residual(new int[] {2, 2, 2, 2}, false, 64, 1),
            residual(new int[] {3, 4, 6, 3}, false, 64, 1),
            residual(new int[] {3, 4, 6, 3}, true, 64, 1),
            residual(new int[] {3, 4, 23, 3}, true, 64, 1),
            residual(new int[] {3, 8, 36, 3}, true, 64, 1),
            residual(new int[] {3, 4, 6, 3}, true, 128, 1),
            residual(new int[] {3, 4, 6, 3}, true, 128, 32))) {
      found.add(NetworkBuilder.published(source).orElseThrow().name());
    }
    assertThat(found)
        .containsExactly(
            "ResNet-18",
            "ResNet-34",
            "ResNet-50",
            "ResNet-101",
            "ResNet-152",
            "Wide ResNet-50",
            "ResNeXt-50");
  }

  @Test
  void leavesNetworksAloneThatOnlyLookAlike() throws URISyntaxException {
    var small = (Listed) residual(new int[] {2, 2, 2, 2}, false, 64, 1);
    // The stem for images of 32 pixels: nothing tells whether it pools.
    small.shapes().put("conv1.weight", new long[] {64, 3, 3, 3});
    assertThat(NetworkBuilder.published(small)).isEmpty();
    assertThatThrownBy(() -> NetworkBuilder.describe(small))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("--network");
    var other = (Listed) source("vgg11", file("vgg11.pth"));
    other.shapes().put("classifier.0.weight", new long[] {6, 100});
    assertThat(NetworkBuilder.published(other)).isEmpty();
  }

  @Test
  void namesTheParametersThatAreMissing() throws URISyntaxException {
    var damaged = (Listed) source("a file", file("resnet18.pth"));
    damaged.shapes().remove("layer2.1.bn2.weight");
    assertThatThrownBy(() -> NetworkBuilder.build(damaged))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("a file lacks the parameter layer2.1.bn2.weight");
  }
}
