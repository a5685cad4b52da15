package org.pellucid.weights.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.Progress;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** How a conversion tells of its progress, and what it leaves when it is cancelled. */
class ProgressTests {
  private static final int TENSORS = 20;
  private static final int ELEMENTS = 1000;

  @TempDir Path directory;

  @AfterEach
  void clearTheFlag() {
    Thread.interrupted();
  }

  private Path file() {
    var bytes = WeightTensor.encode(new double[ELEMENTS], DType.F32);
    var tensors =
        IntStream.range(0, TENSORS)
            .mapToObj(i -> new TensorInfo("w" + i, DType.F32, new long[] {ELEMENTS}))
            .map(info -> WeightTensor.of(info, () -> bytes))
            .toList();
    var file = directory.resolve("in.safetensors");
    SafetensorsWriter.write(file, tensors, Map.of());
    return file;
  }

  private void convert(String out, Progress progress) {
    try (var in = WeightFiles.open(file())) {
      Conversion.convert(in, directory.resolve(out), Conversion.Request.copy(), progress);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.safetensors", "out.npz", "out.pth"})
  void countsTheBytesWrittenAndReadBack(String out) {
    var updates = new ArrayList<Long>();
    var totals = new ArrayList<Long>();
    convert(
        out,
        (done, total) -> {
          updates.add(done);
          totals.add(total);
        });
    var total = 2L * TENSORS * ELEMENTS * Float.BYTES;
    assertThat(totals).containsOnly(total);
    assertThat(updates).isSorted().hasSize(2 * TENSORS).endsWith(total);
  }

  /** In the middle of writing, at its end, and while the file is read back. */
  @ParameterizedTest
  @ValueSource(ints = {1, TENSORS, TENSORS + 1, 2 * TENSORS - 1})
  void leavesWhatWasThereWhenItIsCancelled(int updates) throws Exception {
    var owner = Thread.currentThread();
    var count = new int[1];
    for (var name : List.of("out.safetensors", "out.npz", "out.pth")) {
      count[0] = 0;
      var out = Files.writeString(directory.resolve(name), "before");
      assertThatThrownBy(
              () ->
                  convert(
                      name,
                      (_, _) -> {
                        if (++count[0] == updates) {
                          owner.interrupt();
                        }
                      }))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).as("the flag").isTrue();
      assertThat(out).hasContent("before");
      assertThat(directory.toFile().list()).noneMatch(file -> file.endsWith(".tmp"));
    }
  }

  @Test
  void opensNothingInAnInterruptedThread() {
    var file = file();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> WeightFiles.open(file)).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
