package org.pellucid.weights.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.NpzWriter;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Two files compared, with differences worked out by hand. */
class CheckpointDifferenceTests {
  @TempDir Path directory;

  private static WeightTensor vector(String name, DType dtype, double... values) {
    var bytes = WeightTensor.encode(values, dtype);
    return WeightTensor.of(new TensorInfo(name, dtype, new long[] {values.length}), () -> bytes);
  }

  private CheckpointDifference compare(List<WeightTensor> first, List<WeightTensor> second) {
    var a = directory.resolve("a.safetensors");
    var b = directory.resolve("b.npz");
    SafetensorsWriter.write(a, first, Map.of());
    NpzWriter.write(b, second);
    try (var one = WeightFiles.open(a);
        var two = WeightFiles.open(b)) {
      return CheckpointDifference.of(one, two);
    }
  }

  @Test
  void findsTheLargestDifferences() {
    var comparison =
        compare(
            List.of(vector("w", DType.F32, 1, 100, -2, Double.NaN)),
            List.of(vector("w", DType.F64, 1.5, 101, -2, Double.NaN)));
    var line = comparison.tensors().getFirst();
    assertThat(line.differing()).isEqualTo(2);
    assertThat(line.largestAbsolute()).isEqualTo(1);
    assertThat(line.largestRelative()).isEqualTo(0.5 / 1.5);
    assertThat(comparison.isEqual()).isFalse();
    assertThat(comparison.toTable()).contains("w: 2 of 4, largest difference 1.0000");
  }

  @Test
  void countsANaNOnOneSideAsADifference() {
    var comparison =
        compare(List.of(vector("w", DType.F32, 1)), List.of(vector("w", DType.F32, Double.NaN)));
    assertThat(comparison.isEqual()).isFalse();
    assertThat(comparison.tensors().getFirst().largestAbsolute()).isNaN();
  }

  @Test
  void namesWhatOnlyOneFileHasAndOtherShapes() {
    var comparison =
        compare(
            List.of(vector("a", DType.F32, 1), vector("b", DType.F32, 1, 2)),
            List.of(vector("b", DType.F32, 1), vector("c", DType.F32, 1)));
    assertThat(comparison.onlyFirst()).containsExactly("a");
    assertThat(comparison.onlySecond()).containsExactly("c");
    assertThat(comparison.isEqual()).isFalse();
    assertThat(comparison.toTable()).contains("b: [2], [1]").contains("0 tensors are equal, 3");
  }

  @Test
  void takesTheSameNumbersInOtherTypesAndFormatsForEqual() {
    var comparison =
        compare(List.of(vector("w", DType.BF16, 1, -0.0)), List.of(vector("w", DType.F64, 1, 0.0)));
    assertThat(comparison.isEqual()).isTrue();
    assertThat(comparison.toTable()).isEqualTo("1 tensors are equal, 0 differ%n".formatted());
  }

  @Test
  void tellsWholeNumbersApartThatDoublePrecisionTakesForEqual() {
    var comparison = compare(List.of(whole(1L << 53)), List.of(whole((1L << 53) + 1)));
    assertThat(comparison.isEqual()).isFalse();
    assertThat(comparison.tensors().getFirst().largestAbsolute()).isEqualTo(1);
    assertThat(compare(List.of(whole(-1)), List.of(whole(-1))).isEqual()).isTrue();
  }

  private static WeightTensor whole(long value) {
    var bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).flip();
    var info = new TensorInfo("n", DType.I64, new long[] {1});
    return WeightTensor.of(info, () -> MemorySegment.ofBuffer(bytes));
  }
}
