package org.pellucid.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.NpzWriter;
import org.pellucid.weights.pytorch.PyTorchWriter;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/**
 * Every written format reads back to the same tensors; PyTorch itself reads ours where it's there.
 */
class WriterTests {
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  @TempDir Path directory;

  private static WeightTensor tensor(String name, DType dtype, long[] shape, double... values) {
    var bytes = WeightTensor.encode(values, dtype);
    return WeightTensor.of(new TensorInfo(name, dtype, shape), () -> bytes);
  }

  /** A matrix, a scalar and an empty tensor of every type that all three formats have. */
  private static List<WeightTensor> tensors() {
    var tensors = new ArrayList<WeightTensor>();
    for (var dtype : DType.values()) {
      if (dtype != DType.OTHER
          && dtype != DType.BF16
          && (dtype == DType.U8 || !dtype.name().startsWith("U"))) {
        tensors.add(tensor("m." + dtype, dtype, new long[] {2, 3}, 0, 1, 1, 0, 1, 1));
        tensors.add(tensor("s." + dtype, dtype, new long[0], 1));
        tensors.add(tensor("e." + dtype, dtype, new long[] {2, 0}));
      }
    }
    tensors.add(tensor("größe/α", DType.F32, new long[] {2}, -0.0, Double.NaN));
    return tensors;
  }

  private void write(Path file, List<WeightTensor> tensors) {
    var name = file.toString();
    if (name.endsWith(".npz")) {
      NpzWriter.write(file, tensors);
    } else if (name.endsWith(".pth")) {
      PyTorchWriter.write(file, tensors);
    } else {
      SafetensorsWriter.write(file, tensors, Map.of());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.safetensors", "x.npz", "x.pth"})
  void readsBackWhatItWroteAndWritesTheSameAgain(String name) {
    var file = directory.resolve(name);
    write(file, tensors());
    try (var checkpoint = WeightFiles.open(file)) {
      assertThat(checkpoint.names()).hasSize(tensors().size());
      for (var tensor : tensors()) {
        var read = checkpoint.tensor(tensor.info().name());
        assertThat(read.info()).isEqualTo(tensor.info());
        assertThat(read.sha256()).as(tensor.info().name()).isEqualTo(tensor.sha256());
      }
      checkpoint.verifyChecksums();
    }
    var again = directory.resolve("again-" + name);
    write(again, tensors());
    assertThat(again).hasSameBinaryContentAs(file);
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder(name, "again-" + name);
  }

  @Test
  void writesUnsignedIntegersWhereTheFormatHasThem() {
    var tensors =
        List.of(
            tensor("a", DType.U16, new long[] {2}, 0, 65535),
            tensor("b", DType.U32, new long[] {2}, 0, 4294967295.0),
            tensor("c", DType.U64, new long[] {2}, 1, 0x1.8p63));
    for (var name : List.of("x.safetensors", "x.npz")) {
      write(directory.resolve(name), tensors);
      try (var checkpoint = WeightFiles.open(directory.resolve(name))) {
        assertThat(checkpoint.tensor("a").toDoubles()).containsExactly(0, 65535);
        assertThat(checkpoint.tensor("b").toDoubles()).containsExactly(0, 4294967295.0);
        assertThat(checkpoint.tensor("c").toDoubles()).containsExactly(1, 0x1.8p63);
      }
    }
    checkUnsupported("x.pth", tensors);
    checkUnsupported("y.npz", List.of(tensor("a", DType.BF16, new long[0], 1)));
  }

  private void checkUnsupported(String name, List<WeightTensor> tensors) {
    var file = directory.resolve(name);
    var error = catchThrowableOfType(WeightsException.class, () -> write(file, tensors));
    assertThat(error.kind()).isEqualTo(Cause.UNSUPPORTED);
    assertThat(error.location().tensor()).contains("a");
    assertThat(file).doesNotExist();
  }

  @Test
  void writesNothingIfATensorCantBeRead() {
    var broken =
        new ChunkedTensor(
            new TensorInfo("w", DType.F32, new long[] {1}),
            _ -> {
              throw new WeightsException(Cause.CHECKSUM, directory, "differs");
            });
    for (var name : List.of("x.safetensors", "x.npz", "x.pth")) {
      var file = directory.resolve(name);
      var error = catchThrowableOfType(WeightsException.class, () -> write(file, List.of(broken)));
      assertThat(error.kind()).isEqualTo(Cause.CHECKSUM);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void pyTorchLoadsWeightsOnlyAsFarAsItIsInstalled() throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(PYTHON) && python("import torch").code() == 0,
        "Debian's python3-torch is absent");
    var file = directory.resolve("x.pth");
    PyTorchWriter.write(file, tensors());
    var outcome =
        python(
            """
            import torch
            loaded = torch.load('%s', weights_only=True)
            for name, tensor in loaded.items():
                print(name, str(tensor.dtype), list(tensor.shape), tensor.tolist(), sep='|')
            """
                .formatted(file));
    assertThat(outcome.text()).contains("m.F32|torch.float32|[2, 3]|[[0.0, 1.0, 1.0], [0.0, 1.0");
    assertThat(outcome.text()).contains("s.I64|torch.int64|[]|1");
    assertThat(outcome.text()).contains("e.F16|torch.float16|[2, 0]|[[], []]");
    assertThat(outcome.text()).contains("m.BOOL|torch.bool|[2, 3]|[[False, True, True]");
    assertThat(outcome.text().lines()).hasSize(tensors().size());
    assertThat(outcome.code()).isZero();
  }

  private record Outcome(int code, String text) {}

  private static Outcome python(String program) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(PYTHON.toString(), "-c", program).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), text);
  }
}
