package org.pellucid.weights.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.pellucid.weights.Content.leaf;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.Content;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** What is said of a file's numbers, for files whose numbers are known. */
class InspectionTests {
  @TempDir Path directory;

  private Path file(DType dtype, long[] shape, double... values) {
    var bytes = WeightTensor.encode(values, dtype);
    var tensor = WeightTensor.of(new TensorInfo("w", dtype, shape), () -> bytes);
    var file = directory.resolve("x.safetensors");
    SafetensorsWriter.write(file, List.of(tensor), Map.of("epoch", "3"));
    return file;
  }

  private static Inspection inspect(Path file) {
    try (var checkpoint = WeightFiles.open(file)) {
      return Inspection.of(checkpoint);
    }
  }

  @Test
  void givesTheRangeWithoutNaNs() throws IOException {
    var inspection = inspect(file(DType.F32, new long[] {2, 2}, 1, Double.NaN, -3, 5));
    var line = inspection.tensors().getFirst();
    assertThat(line.min()).isEqualTo(-3);
    assertThat(line.max()).isEqualTo(5);
    assertThat(line.mean()).isEqualTo(1);
    assertThat(line.nanCount()).isEqualTo(1);
    assertThat(inspection.parameters()).isEqualTo(4);
    assertThat(inspection.toTable()).contains("epoch = 3").contains("[2, 2]");
    var json = new JsonMapper().readTree(inspection.toJson());
    assertThat(json.at("/tensors/0/sha256").asText()).isEqualTo(line.sha256()).hasSize(64);
    assertThat(json.at("/metadata/epoch").asText()).isEqualTo("3");
  }

  /** Programs read these names, which outlive those of the Java code. */
  @Test
  void keepsTheFormOfItsJson() {
    var inspection =
        new Inspection(
            "m.pth",
            "pytorch-zip",
            4,
            List.of(
                new Inspection.Line(
                    "w\u202e", "F32", new long[] {2, 2}, -3, 5, Double.NaN, 1, "ab")),
            List.of(new Inspection.Auxiliary("optimizer.step", "I64", new long[0])),
            Map.of("epoch", "3"),
            "",
            List.of(),
            List.of());
    var expected =
        """
        {
          "file" : "m.pth",
          "format" : "pytorch-zip",
          "parameters" : 4,
          "metadata" : {
            "epoch" : "3"
          },
          "tensors" : [ {
            "name" : "w\\u202e",
            "dtype" : "F32",
            "shape" : [ 2, 2 ],
            "min" : -3.0,
            "max" : 5.0,
            "mean" : "NaN",
            "nanCount" : 1,
            "sha256" : "ab"
          } ],
          "others" : [ {
            "name" : "optimizer.step",
            "dtype" : "I64",
            "shape" : [ ]
          } ]
        }\
        """;
    assertThat(inspection.toJson()).isEqualToNormalizingNewlines(expected);
  }

  /** A file that holds one state dict alone has none of these. */
  @Test
  void addsToItsJsonWhatLiesBesideTheWeights() throws IOException {
    var args =
        new Content("args", "object", "argparse.Namespace", List.of(leaf("lr", "float", "0.1")), 2);
    var inspection =
        new Inspection(
            "m.pth",
            "pytorch-zip",
            0,
            List.of(),
            List.of(),
            Map.of(),
            "model",
            List.of("m.pth also holds ema"),
            List.of(args));
    var json = new JsonMapper().readTree(inspection.toJson());
    assertThat(json.get("state").asText()).isEqualTo("model");
    assertThat(json.at("/notes/0").asText()).isEqualTo("m.pth also holds ema");
    assertThat(json.at("/content/0"))
        .isEqualTo(
            new JsonMapper()
                .readTree(
                    """
                    {"name": "args", "kind": "object", "text": "argparse.Namespace",
                     "children": [{"name": "lr", "kind": "float", "text": "0.1"}], "omitted": 2}
                    """));
    assertThat(inspection.toTable().lines())
        .containsSequence(
            "  note: m.pth also holds ema",
            "  state: model",
            "  args: object argparse.Namespace",
            "    lr = 0.1",
            "    and 2 more");
  }

  @Test
  void showsAFewLinesOfMuchContent() {
    var many = IntStream.range(0, 300).mapToObj(i -> leaf("k" + i, "int", "1")).toList();
    var inspection =
        new Inspection(
            "m.pth", "pytorch-zip", 0, List.of(), List.of(), Map.of(), "", List.of(), many);
    assertThat(inspection.toTable().lines()).hasSizeLessThan(70);
    assertThat(inspection.toTable()).contains("and 240 more lines");
  }

  @Test
  void givesNoRangeOfNothing() {
    var file = file(DType.F32, new long[] {2, 0});
    assertThat(inspect(file).tensors().getFirst().min()).isNaN();
    assertThat(inspect(file).tensors().getFirst().mean()).isNaN();
    assertThat(Verification.verify(file)).contains("1 tensors");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void verifiesThatNumbersAreFinite(double bad) {
    checkNotFinite(file(DType.F32, new long[0], bad));
    checkNotFinite(file(DType.F32, new long[] {2}, bad, bad));
    checkNotFinite(file(DType.F32, new long[] {2}, 1, bad));
  }

  @Test
  void takesTheWidestRangeOfDoublesForFinite() {
    var file = file(DType.F64, new long[] {2}, -Double.MAX_VALUE, Double.MAX_VALUE);
    assertThat(Verification.verify(file)).endsWith("structure correct, all values finite");
  }

  @Test
  void writesCommaSeparatedValuesThatNoSpreadsheetWorksOut() {
    var bytes = WeightTensor.encode(new double[] {1, 3}, DType.F32);
    var file = directory.resolve("x.safetensors");
    var tensors =
        List.of("=cmd", "a,\"b\"", "line\nbreak").stream()
            .map(name -> new TensorInfo(name, DType.F32, new long[] {2, 1}))
            .map(info -> WeightTensor.of(info, () -> bytes))
            .toList();
    SafetensorsWriter.write(file, tensors, Map.of());
    var lines = inspect(file).toCsv().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(1)).startsWith(" =cmd,F32,2x1,2,1.0,3.0,2.0,0,");
    assertThat(lines.get(2)).startsWith("\"a,\"\"b\"\"\",F32");
    assertThat(lines.get(3)).startsWith("line\ufffdbreak,");
    assertThat(inspect(file).toTable()).contains("line\ufffdbreak");
  }

  private static void checkNotFinite(Path file) {
    var error = catchThrowableOfType(WeightsException.class, () -> Verification.verify(file));
    assertThat(error).isNotNull();
    assertThat(error.kind()).isEqualTo(Cause.INVALID_TENSOR);
    assertThat(error.location().tensor()).contains("w");
  }

  @Test
  void fillsNoNamesUpToTheLengthOfAVeryLongOne() {
    var bytes = WeightTensor.encode(new double[] {1}, DType.F32);
    var tensors =
        IntStream.range(0, 100)
            .mapToObj(i -> i == 0 ? "x".repeat(40_000) : "w" + i)
            .map(name -> new TensorInfo(name, DType.F32, new long[] {1}))
            .map(info -> WeightTensor.of(info, () -> bytes))
            .toList();
    var file = directory.resolve("x.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of("notes", "y".repeat(40_000)));
    assertThat(inspect(file).toTable()).hasSizeLessThan(70_000).contains("x".repeat(40_000));
  }
}
