package org.pellucid.explain.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.onnx.GraphFolder;
import picocli.CommandLine.Parameters;

/** The graph that a command is about. */
final class GraphChoice {
  @Parameters(
      paramLabel = "FILE",
      description = "An ONNX file, or a folder that holds model.onnx or a single graph.")
  private Path file;

  /**
   * The graph's file, which need not be there.
   *
   * @throws ModelFileException if a folder is named in which it can't be told
   */
  Path path() {
    if (!Files.isDirectory(file)) {
      return file;
    }
    return GraphFolder.findBelow(file)
        .orElseThrow(
            () ->
                new ModelFileException(
                    "The folder %s holds neither model.onnx nor a single graph; name the file."
                        .formatted(file)));
  }
}
