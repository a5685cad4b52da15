package org.pellucid.weights.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Renaming, merging and rounding, each against numbers worked out by hand. */
class ConversionTests {
  @TempDir Path directory;

  private static WeightTensor tensor(String name, DType dtype, long[] shape, double... values) {
    var bytes = WeightTensor.encode(values, dtype);
    return WeightTensor.of(new TensorInfo(name, dtype, shape), () -> bytes);
  }

  private static WeightTensor vector(String name, DType dtype, double... values) {
    return tensor(name, dtype, new long[] {values.length}, values);
  }

  private Checkpoint checkpoint(String name, WeightTensor... tensors) {
    var file = directory.resolve(name + ".safetensors");
    SafetensorsWriter.write(file, List.of(tensors), Map.of());
    return WeightFiles.open(file);
  }

  private double[] converted(DType from, DType to, double... values) {
    var out = directory.resolve("out.safetensors");
    try (var in = checkpoint("in", vector("x", from, values))) {
      Conversion.convert(in, out, Conversion.Request.copy().withType(to));
    }
    try (var result = WeightFiles.open(out)) {
      assertThat(result.tensor("x").info().dtype()).isEqualTo(to);
      return result.tensor("x").toDoubles();
    }
  }

  @Test
  void roundsHalvesToEven() {
    // Between 1 and 2 half precision steps by 2⁻¹⁰ and bfloat16 by 2⁻⁷.
    var step = 0x1p-10;
    assertThat(converted(DType.F32, DType.F16, 1 + step / 2, 1 + 1.5 * step, -1 - step / 2))
        .containsExactly(1, 1 + 2 * step, -1);
    var wide = 0x1p-7;
    assertThat(converted(DType.F32, DType.BF16, 1 + wide / 2, 1 + 1.5 * wide, -1 - wide / 2))
        .containsExactly(1, 1 + 2 * wide, -1);
  }

  @Test
  void roundsDoublesOnceAndNotByWayOfSinglePrecision() {
    // Just beyond a tie that single precision can't tell from the tie itself.
    assertThat(converted(DType.F64, DType.F16, 1 + 0x1p-11 + 0x1p-40, -1 - 0x1p-11 - 0x1p-40))
        .containsExactly(1 + 0x1p-10, -1 - 0x1p-10);
    assertThat(converted(DType.F64, DType.F16, 1 + 0x1p-10 + 0x1p-11 - 0x1p-40))
        .containsExactly(1 + 0x1p-10);
    assertThat(converted(DType.F64, DType.BF16, 1 + 0x1p-8 + 0x1p-40)).containsExactly(1 + 0x1p-7);
    assertThat(converted(DType.F64, DType.BF16, 0x1p-200, -0.0)).containsExactly(0, -0.0);
  }

  @ParameterizedTest
  @CsvSource({"F64, F32, 1e39", "F64, BF16, 1e39", "F32, F16, 65520", "F64, F16, -1e300"})
  void refusesNumbersThatAreTooLarge(DType from, DType to, double value) {
    var error = catchThrowableOfType(WeightsException.class, () -> converted(from, to, 1, value));
    assertThat(error.kind()).isEqualTo(Cause.OVERFLOW);
    assertThat(error).hasMessageContaining("element 1 of x");
    assertThat(directory.resolve("out.safetensors")).doesNotExist();
    assertThat(directory.toFile().list()).containsExactly("in.safetensors");
  }

  @Test
  void keepsInfinitiesAndWholeNumbers() {
    assertThat(converted(DType.F32, DType.F16, Double.NEGATIVE_INFINITY, 65519))
        .containsExactly(Double.NEGATIVE_INFINITY, 65504);
    var out = directory.resolve("whole.safetensors");
    try (var in = checkpoint("in", vector("n", DType.I64, 1L << 40))) {
      Conversion.convert(in, out, Conversion.Request.copy().withType(DType.F16));
    }
    try (var result = WeightFiles.open(out)) {
      assertThat(result.tensor("n").info().dtype()).isEqualTo(DType.I64);
      assertThat(result.tensor("n").toDoubles()).containsExactly(1L << 40);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bert/embeddings/word_embeddings, bert.embeddings.word_embeddings.weight",
    "module/bert/embeddings/LayerNorm/gamma, bert.embeddings.LayerNorm.weight",
    "bert/encoder/layer_11/output/LayerNorm/beta, bert.encoder.layer.11.output.LayerNorm.bias",
    "cls/predictions/output_bias, cls.predictions.bias",
    "cls/seq_relationship/output_weights, cls.seq_relationship.weight",
    "module.bert.encoder.layer.0.output.LayerNorm.gamma,"
        + " bert.encoder.layer.0.output.LayerNorm.weight",
    "global_step, global_step"
  })
  void givesTheNamesOfToday(String old, String today) {
    try (var named = BertNames.huggingFace(checkpoint("in", vector(old, DType.F32, 1, 2)))) {
      assertThat(named.names()).containsExactly(today);
      assertThat(named.tensor(today).toDoubles()).containsExactly(1, 2);
    }
  }

  @Test
  void transposesKernels() {
    var kernel = tensor("bert/pooler/dense/kernel", DType.F32, new long[] {2, 3}, 1, 2, 3, 4, 5, 6);
    try (var named = BertNames.huggingFace(checkpoint("in", kernel))) {
      var weight = named.tensor("bert.pooler.dense.weight");
      assertThat(weight.info().shape()).containsExactly(3, 2);
      assertThat(weight.toDoubles()).containsExactly(1, 4, 2, 5, 3, 6);
    }
  }

  @Test
  void refusesAKernelThatIsNoMatrixAndNamesThatBecomeTheSame() {
    try (var kernel = checkpoint("kernel", vector("bert/pooler/dense/kernel", DType.F32, 1));
        var twice =
            checkpoint("twice", vector("module.a", DType.F32, 1), vector("a", DType.F32, 2))) {
      assertThat(
              catchThrowableOfType(WeightsException.class, () -> BertNames.huggingFace(kernel))
                  .kind())
          .isEqualTo(Cause.INVALID_TENSOR);
      assertThat(
              catchThrowableOfType(WeightsException.class, () -> BertNames.huggingFace(twice))
                  .kind())
          .isEqualTo(Cause.INVALID_LAYOUT);
    }
  }

  @Test
  void replacesTheFileItReads() throws Exception {
    var file = directory.resolve("in.safetensors");
    try (var in = checkpoint("in", vector("x", DType.F32, 1, 2))) {
      Conversion.convert(in, file, Conversion.Request.copy().withType(DType.F16));
      assertThat(in.tensor("x").toDoubles()).containsExactly(1, 2);
    }
    assertThat(Files.list(directory)).containsExactly(file);
  }

  @Test
  void leavesTheTargetAsItWasWhereWhatItWroteCantBeRead() throws Exception {
    // An archive whose entries lead out of it is written as told, but never read.
    var out = Files.writeString(directory.resolve("out.npz"), "before");
    try (var in = checkpoint("in", vector("../x", DType.F32, 1))) {
      var error =
          catchThrowableOfType(
              WeightsException.class, () -> Conversion.convert(in, out, Conversion.Request.copy()));
      assertThat(error.kind()).isEqualTo(Cause.INVALID_HEADER);
      assertThat(error.location().file()).isEqualTo(out);
    }
    assertThat(out).hasContent("before");
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("in.safetensors", "out.npz");
  }
}
