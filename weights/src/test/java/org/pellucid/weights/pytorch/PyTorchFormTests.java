package org.pellucid.weights.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.Verification;

/**
 * Small files that PyTorch 1.13.1 wrote; the oldest form was packed by hand, and PyTorch reads it
 * to the numbers asserted here.
 */
class PyTorchFormTests {
  private static Path file(String name) throws URISyntaxException {
    return Path.of(PyTorchFormTests.class.getResource(name).toURI());
  }

  @ParameterizedTest
  @ValueSource(strings = {"types.pth", "types.legacy.pth"})
  void readsEveryTypeAndLayout(String name) throws URISyntaxException {
    try (var checkpoint = WeightFiles.open(file(name))) {
      assertThat(checkpoint.tensor("f64").toDoubles()).containsExactly(0, 1 / 3.0, 2 / 3.0);
      assertThat(checkpoint.tensor("f16").toDoubles()).containsExactly(1.5, -2);
      assertThat(checkpoint.tensor("bf16").info().dtype()).isEqualTo(DType.BF16);
      assertThat(checkpoint.tensor("bf16").toDoubles()).containsExactly(1.5, -2);
      assertThat(checkpoint.tensor("i64").toDoubles()).containsExactly(0x1p60, -1);
      assertThat(checkpoint.tensor("i32").toDoubles()).containsExactly(1, -2);
      assertThat(checkpoint.tensor("i16").toDoubles()).containsExactly(1, -2);
      assertThat(checkpoint.tensor("i8").toDoubles()).containsExactly(1, -2);
      assertThat(checkpoint.tensor("u8").toDoubles()).containsExactly(255, 0);
      assertThat(checkpoint.tensor("b").toDoubles()).containsExactly(1, 0);
      assertThat(checkpoint.tensor("scalar").info().shape()).isEmpty();
      assertThat(checkpoint.tensor("scalar").toDoubles()).containsExactly(3.5);
      assertThat(checkpoint.tensor("empty").info().shape()).containsExactly(2, 0);
      assertThat(checkpoint.tensor("empty").toDoubles()).isEmpty();
      assertThat(checkpoint.tensor("expanded").toDoubles()).containsExactly(7, 7, 7, 7, 7, 7);
      assertThat(checkpoint.tensor("step").toDoubles()).containsExactly(1, 3, 5);
      assertThat(checkpoint.tensor("t").info().shape()).containsExactly(3, 2);
      assertThat(checkpoint.tensor("t").toDoubles()).containsExactly(0, 3, 1, 4, 2, 5);
    }
  }

  @Test
  void readsTheParametersOfATorchScriptProgram() throws URISyntaxException {
    try (var checkpoint = WeightFiles.open(file("script.pt"))) {
      assertThat(checkpoint.format()).isEqualTo("torchscript");
      assertThat(checkpoint.names())
          .containsExactlyInAnyOrder(
              "fc.weight",
              "fc.bias",
              "norm.weight",
              "norm.bias",
              "norm.running_mean",
              "norm.running_var",
              "norm.num_batches_tracked");
      assertThat(checkpoint.tensor("fc.weight").toDoubles()).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(checkpoint.tensor("fc.bias").toDoubles()).containsExactly(-1, -2);
      assertThat(checkpoint.metadata()).containsEntry("training", "false");
    }
  }

  @Test
  void readsTheTarFormWithViewsOfStoragesAndOfTensors() throws URISyntaxException, IOException {
    try (var checkpoint = WeightFiles.open(file("old.tar.pth"))) {
      assertThat(checkpoint.format()).isEqualTo("pytorch-tar");
      assertThat(checkpoint.names()).containsExactly("fc.weight", "fc.bias", "view");
      assertThat(checkpoint.tensor("fc.weight").info().shape()).containsExactly(2, 3);
      assertThat(checkpoint.tensor("fc.weight").toDoubles()).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(checkpoint.tensor("fc.bias").toDoubles()).containsExactly(7, 8);
      assertThat(checkpoint.tensor("view").toDoubles()).containsExactly(2, 5, 3, 6, 4, 7);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"types.pth", "script.pt"})
  void comparesTheChecksumsThatPyTorchWrote(String name) throws URISyntaxException {
    assertThat(Verification.verify(file(name))).contains("structure and checksums correct");
  }
}
