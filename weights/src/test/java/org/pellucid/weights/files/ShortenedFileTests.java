package org.pellucid.weights.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.convert.Conversion;
import org.pellucid.weights.numpy.NpzWriter;

/** Open files that another process shortens: an exception, and not the end of the JVM. */
class ShortenedFileTests {
  private static final int ELEMENTS = 1 << 20;

  @TempDir Path directory;

  private Path file() {
    var info = new TensorInfo("w", DType.F32, new long[] {ELEMENTS});
    var bytes = WeightTensor.encode(new double[ELEMENTS], DType.F32);
    var file = directory.resolve("x.npz");
    NpzWriter.write(file, List.of(WeightTensor.of(info, () -> bytes)));
    return file;
  }

  private static void shorten(Path file) throws IOException {
    assumeTrue(!System.getProperty("os.name").startsWith("Windows"), "mapped files are locked");
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
  }

  @Test
  void comparesNoChecksums() throws IOException {
    var file = file();
    try (var checkpoint = WeightFiles.open(file)) {
      checkpoint.verifyChecksums();
      shorten(file);
      var error = catchThrowableOfType(WeightsException.class, checkpoint::verifyChecksums);
      assertThat(error.kind()).isEqualTo(Cause.TRUNCATED);
      assertThat(error.location().file()).isEqualTo(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.safetensors", "out.pth"})
  void convertsNothing(String name) throws IOException {
    var file = file();
    var out = directory.resolve(name);
    try (var checkpoint = WeightFiles.open(file)) {
      shorten(file);
      var request = Conversion.Request.copy();
      var error =
          catchThrowableOfType(
              WeightsException.class, () -> Conversion.convert(checkpoint, out, request));
      assertThat(error.kind()).isEqualTo(Cause.TRUNCATED);
      assertThat(out).doesNotExist();
    }
  }
}
