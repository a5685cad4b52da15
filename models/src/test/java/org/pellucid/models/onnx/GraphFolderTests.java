package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where graphs and what belongs to them are looked for. */
class GraphFolderTests {
  @TempDir Path folder;

  private Path write(String name) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "");
  }

  @Test
  void takesUsualNamesBeforeTheOnlyOne() throws IOException {
    assertThat(GraphFolder.findBelow(folder)).isEmpty();
    var below = write("onnx/quantised.onnx");
    assertThat(GraphFolder.find(folder)).isEmpty();
    assertThat(GraphFolder.findBelow(folder)).contains(below);
    var other = write("Encoder.ONNX");
    assertThat(GraphFolder.find(folder)).contains(other);
    write("decoder.onnx");
    assertThat(GraphFolder.find(folder)).isEmpty();
    var usualBelow = write("onnx/model.onnx");
    assertThat(GraphFolder.find(folder)).contains(usualBelow);
    var usual = write("model.onnx");
    assertThat(GraphFolder.findBelow(folder)).contains(usual);
  }

  @Test
  void knowsAGraphByItsName() throws IOException {
    Files.createDirectory(folder.resolve("folder.onnx"));
    assertThat(GraphFolder.isGraph(folder.resolve("folder.onnx"))).isFalse();
    assertThat(GraphFolder.isGraph(folder.resolve("absent.Onnx"))).isTrue();
    assertThat(GraphFolder.isGraph(Path.of("/"))).isFalse();
  }

  @Test
  void looksOneFolderUpFromOnnx() throws IOException {
    var graph = write("onnx/model.onnx");
    assertThat(GraphFolder.around(graph)).containsExactly(graph.getParent(), folder);
    assertThat(GraphFolder.around(graph.getParent())).containsExactly(graph.getParent(), folder);
    assertThat(GraphFolder.around(folder)).containsExactly(folder);
    assertThat(GraphFolder.around(Path.of("/model.onnx"))).containsExactly(Path.of("/"));
    assertThat(GraphFolder.around(Path.of("/onnx/model.onnx")))
        .containsExactly(Path.of("/onnx"), Path.of("/"));
  }
}
