package org.pellucid.weights.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.convert.Conversion.Names;
import org.pellucid.weights.convert.Conversion.Request;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Networks recognised by their parameters, and everything named that doesn't fit. */
class RecognitionTests {
  @TempDir Path directory;

  private static WeightTensor zeros(String name, long... shape) {
    var info = new TensorInfo(name, DType.F32, shape);
    return WeightTensor.of(info, () -> WeightTensor.allocate(info.bytes()));
  }

  private Conversion.Report convert(Request request, List<WeightTensor> tensors) {
    var file = directory.resolve("in.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of());
    try (var in = WeightFiles.open(file)) {
      return Conversion.convert(in, directory.resolve("out.safetensors"), request);
    }
  }

  private static Request automatic() {
    return Request.copy().withNames(new Names.Automatic());
  }

  /** A BERT of one layer, two numbers wide, under the names of TensorFlow. */
  private static List<WeightTensor> bert() {
    var tensors = new ArrayList<WeightTensor>();
    tensors.add(zeros("bert/embeddings/word_embeddings", 5, 2));
    tensors.add(zeros("bert/embeddings/position_embeddings", 4, 2));
    tensors.add(zeros("bert/embeddings/token_type_embeddings", 2, 2));
    var layer = "bert/encoder/layer_0/";
    for (var norm : List.of("bert/embeddings/", layer + "attention/output/", layer + "output/")) {
      tensors.add(zeros(norm + "LayerNorm/gamma", 2));
      tensors.add(zeros(norm + "LayerNorm/beta", 2));
    }
    for (var dense : List.of("self/query", "self/key", "self/value", "output/dense")) {
      tensors.add(zeros(layer + "attention/" + dense + "/kernel", 2, 2));
      tensors.add(zeros(layer + "attention/" + dense + "/bias", 2));
    }
    tensors.add(zeros(layer + "intermediate/dense/kernel", 2, 8));
    tensors.add(zeros(layer + "intermediate/dense/bias", 8));
    tensors.add(zeros(layer + "output/dense/kernel", 8, 2));
    tensors.add(zeros(layer + "output/dense/bias", 2));
    return tensors;
  }

  private static void remove(List<WeightTensor> tensors, String name) {
    assertThat(tensors.removeIf(tensor -> tensor.info().name().equals(name))).isTrue();
  }

  @Test
  void recognisesBertAndTellsWhatItTransposed() {
    var tensors = bert();
    tensors.add(zeros("bert/pooler/dense/bias", 2));
    tensors.add(zeros("global_step"));
    var report = convert(automatic(), tensors);
    assertThat(report.recognised()).contains("BERT");
    assertThat(report.notes()).containsExactly("global_step is not a parameter of it and was kept");
    var kernel =
        report.lines().stream()
            .filter(line -> line.from().name().endsWith("intermediate/dense/kernel"))
            .findFirst()
            .orElseThrow();
    assertThat(kernel.isTransposed()).isTrue();
    assertThat(kernel.from().shape()).containsExactly(2, 8);
    assertThat(kernel.to().shape()).containsExactly(8, 2);
    assertThat(kernel.to().name()).isEqualTo("bert.encoder.layer.0.intermediate.dense.weight");
    assertThat(report.lines().stream().filter(Conversion.Line::isTransposed)).hasSize(6);
  }

  @Test
  void namesEverythingThatDoesntFitAtOnce() {
    var tensors = bert();
    remove(tensors, "bert/embeddings/LayerNorm/beta");
    remove(tensors, "bert/encoder/layer_0/attention/self/key/kernel");
    remove(tensors, "bert/encoder/layer_0/output/dense/bias");
    tensors.add(zeros("bert/encoder/layer_0/output/dense/bias", 3));
    tensors.add(zeros("extra", 1));
    var error = catchThrowableOfType(WeightsException.class, () -> convert(automatic(), tensors));
    assertThat(error.kind()).isEqualTo(Cause.MISSING_TENSOR);
    assertThat(error)
        .hasMessageContaining(
            "missing (2): bert.embeddings.LayerNorm.bias, "
                + "bert.encoder.layer.0.attention.self.key.weight")
        .hasMessageContaining("bert.encoder.layer.0.output.dense.bias is [3] instead of [2]")
        .hasMessageContaining("unexpected (1): extra");
    assertThat(directory.resolve("out.safetensors")).doesNotExist();
    assertThat(convert(Request.copy(), tensors).recognised()).isEmpty();
  }

  private static List<WeightTensor> classifier(
      String first, String second, List<Integer> convolutions, List<Integer> linear) {
    var tensors = new ArrayList<WeightTensor>();
    var inputs = 3L;
    var outputs = 2L;
    for (var number : convolutions) {
      var name = first + "." + number;
      tensors.add(zeros(name + ".weight", outputs, inputs, 3, 3));
      tensors.add(zeros(name + ".bias", outputs));
      for (var part : List.of("weight", "bias", "running_mean", "running_var")) {
        tensors.add(zeros(first + "." + (number + 1) + "." + part, outputs));
      }
      tensors.add(zeros(first + "." + (number + 1) + ".num_batches_tracked"));
      inputs = outputs++;
    }
    inputs *= 4;
    for (var number : linear) {
      tensors.add(zeros(second + "." + number + ".weight", outputs, inputs));
      tensors.add(zeros(second + "." + number + ".bias", outputs));
      inputs = outputs++;
    }
    return tensors;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "module."})
  void recognisesTheClassifiersOfTheHomework(String prefix) {
    var of2021 =
        classifier(prefix + "cnn_layers", prefix + "fc_layers", List.of(0, 4, 8), List.of(0, 2, 4));
    assertThat(convert(automatic(), of2021).recognised())
        .contains("food classifier (homework 3, 2021)");
    var of2022 =
        classifier(prefix + "cnn", prefix + "fc", List.of(0, 4, 8, 12, 16), List.of(0, 2, 4));
    assertThat(convert(automatic(), of2022).recognised())
        .contains("food classifier (homework 3, 2022)");
    remove(of2022, prefix + "fc.2.bias");
    var error = catchThrowableOfType(WeightsException.class, () -> convert(automatic(), of2022));
    assertThat(error).hasMessageContaining("missing (1): fc.2.bias");
  }

  @Test
  void leavesOtherNetworksAsTheyAre() {
    var report = convert(automatic(), classifier("body", "head", List.of(0), List.of(0)));
    assertThat(report.recognised()).isEmpty();
    assertThat(report.lines().getFirst().to()).isEqualTo(report.lines().getFirst().from());
  }

  private Request mapped(String json) throws IOException {
    var file = Files.writeString(directory.resolve("map.json"), json.replace('\'', '"'));
    return Request.copy().withNames(new Names.Mapped(file));
  }

  @Test
  void takesAUsersOwnNames() throws IOException {
    var tensors = List.of(zeros("a", 1), zeros("b", 2), zeros("c", 3));
    var report = convert(mapped("{'a':'x.weight','b':null}"), tensors);
    assertThat(report.lines())
        .extracting(line -> line.to().name())
        .containsExactly("x.weight", "c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{'a':1}", "[]", "{'a':'x','a':'y'}", "{'a'", "{'z':'y','v':'w'}", "{'a':'b'}"})
  void refusesAMapThatDoesntFit(String json) throws IOException {
    var request = mapped(json);
    var tensors = List.of(zeros("a", 1), zeros("b", 1));
    var error = catchThrowableOfType(WeightsException.class, () -> convert(request, tensors));
    assertThat(error).hasMessageContaining("map");
    assertThat(directory.resolve("out.safetensors")).doesNotExist();
    if (json.contains("z")) {
      assertThat(error).hasMessageContaining("z, v");
    }
  }
}
