package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.models.Goldens;

/** ONNX's own tests of single operators, of version 1.12 and of four operator sets. */
@Tag("numeric")
@Tag("many-steps")
class OnnxConformanceTests {
  /** Texts aren't read; version 1.12 cuts bfloat16 off where later ones round, as is done here. */
  private static final Set<String> NOT_SUPPORTED =
      Set.of("cast_FLOAT_to_STRING", "cast_STRING_to_FLOAT", "cast_FLOAT_to_BFLOAT16");

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

  /** Operators that aren't one operation of the engine, which has such tests of its own. */
  private static final Pattern COMPOSED =
      Pattern.compile(
          "(averagepool_.*dilations|convtranspose|gridsample|lppool_|maxpool_(2d_dil|3d)|mvn"
              + "|scatter_with|shrink_|tri[lu]|resize_downsample.*antialias|.*_symmetric).*");

  /** The nearest pixel jumps from one to the next. */
  private static final Pattern LEVEL = Pattern.compile(".*nearest.*");

  @Test
  void hasTrueGradientsOfOperatorsThatArePutTogether() throws IOException {
    var run = new GradientRun(folder.resolve("model.onnx"));
    try (var zip = FileSystems.newFileSystem(Goldens.file("onnx-conformance/by-opset.zip"));
        var cases = Files.list(zip.getPath("conformance", "node", "node_opset22"))) {
      for (var each : cases.sorted().toList()) {
        var name = each.getFileName().toString().replace("test_", "").replace("/", "");
        if (COMPOSED.matcher(name).matches() && !LEVEL.matcher(name).matches()) {
          run.run(each);
        }
      }
    }
    assertThat(run.failed()).isEmpty();
    assertThat(run.checked()).hasSizeGreaterThan(40);
  }

  private static void check(ConformanceRun run, Set<String> expected) {
    assertThat(run.failed().keySet())
        .as("%d of %d pass; %s", run.passed(), run.passed() + run.failed().size(), run.failed())
        .isEqualTo(expected);
  }
}
