package org.pellucid.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.Inspection;
import org.pellucid.weights.numpy.NpzWriter;
import org.pellucid.weights.pytorch.PyTorchWriter;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** What an open checkpoint holds of the machine, and when it lets go. */
class CheckpointTests {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(classes = {StackOverflowError.class, IOException.class, RuntimeException.class})
  void closesItsMemoryWhateverStopsTheOpening(Class<? extends Throwable> kind) throws Exception {
    var arena = Arena.ofShared();
    var thrown = kind.getConstructor().newInstance();
    assertThatThrownBy(() -> MappedFile.openIn(arena, _ -> sneak(thrown))).isSameAs(thrown);
    assertThat(arena.scope().isAlive()).isFalse();
  }

  @Test
  void keepsItsMemoryUntilItIsClosed() {
    try (var arena = Arena.ofShared()) {
      var segment = MappedFile.openIn(arena, given -> given.allocate(1));
      assertThat(segment.scope().isAlive()).isTrue();
    }
  }

  /** Throws a checked exception where none is declared, as code in another language may. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> Object sneak(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void doesNotWaitForAPipe() throws Exception {
    var pipe = directory.resolve("pipe");
    var made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    assumeTrue(made == 0, "mkfifo is absent");
    var error =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(pipe)));
    assertThat(error.kind()).isEqualTo(Cause.FILE);
  }

  @Test
  void takesNoLimitsThatAllowNothing() {
    assertThatThrownBy(() -> Limits.standard().withTensors(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Limits(1, 1, 1, 1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.safetensors", "x.pth", "x.npz"})
  void readsNothingAfterItIsClosed(String name) {
    var numbers = WeightTensor.encode(new double[] {1, 2}, DType.F32);
    var written = WeightTensor.of(new TensorInfo("w", DType.F32, new long[] {2}), () -> numbers);
    var file = directory.resolve(name);
    switch (name) {
      case "x.pth" -> PyTorchWriter.write(file, List.of(written));
      case "x.npz" -> NpzWriter.write(file, List.of(written));
      default -> SafetensorsWriter.write(file, List.of(written), Map.of());
    }
    var checkpoint = WeightFiles.open(file);
    var tensor = checkpoint.tensor("w");
    var bytes = tensor.bytes();
    checkpoint.close();
    checkpoint.close();
    assertThat(checkpoint.names()).containsExactly("w");
    assertThat(checkpoint.tensor("w").info()).isEqualTo(written.info());
    var closed = "Already closed";
    assertThatThrownBy(() -> bytes.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(closed);
    for (var read :
        List.<ThrowingCallable>of(
            tensor::toFloats, tensor::toDoubles, tensor::sha256, () -> Inspection.of(checkpoint))) {
      assertThatThrownBy(read)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(closed);
    }
  }
}
