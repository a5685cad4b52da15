package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.models.Goldens;

/** ONNX's own tests of single operators, of version 1.12 and of four operator sets. */
@Tag("numeric")
@Tag("many-steps")
class OnnxConformanceTests {
  private static final Set<String> NOT_SUPPORTED =
      Set.of(
          "cast_BFLOAT16_to_FLOAT",
          "cast_DOUBLE_to_FLOAT16",
          "cast_FLOAT_to_BFLOAT16",
          "cast_FLOAT_to_FLOAT16",
          "cast_FLOAT_to_STRING",
          "cast_STRING_to_FLOAT",
          "convinteger_with_padding",
          "convinteger_without_padding",
          "convtranspose_3d",
          "maxpool_with_argmax_2d_precomputed_pads",
          "maxpool_with_argmax_2d_precomputed_strides");

  @TempDir Path folder;

  @Test
  void computesOnnxsOwnCases() throws IOException {
    var run = new ConformanceRun(folder.resolve("model.onnx"), Set.of());
    try (var zip = FileSystems.newFileSystem(Goldens.file("onnx-conformance/node.zip"))) {
      run.run(zip.getPath("node"), "");
    }
    check(run, NOT_SUPPORTED);
  }

  @Test
  void computesTheFormsOfFourOperatorSets() throws IOException {
    var run = new ConformanceRun(folder.resolve("model.onnx"), Set.of());
    try (var zip = FileSystems.newFileSystem(Goldens.file("onnx-conformance/by-opset.zip"))) {
      for (var opset : List.of(8, 12, 17, 22)) {
        run.run(zip.getPath("conformance", "node", "node_opset" + opset), opset + ".");
      }
    }
    check(run, Set.of());
  }

  private static void check(ConformanceRun run, Set<String> expected) {
    assertThat(run.failed().keySet())
        .as("%d of %d pass; %s", run.passed(), run.passed() + run.failed().size(), run.failed())
        .isEqualTo(expected);
  }
}
