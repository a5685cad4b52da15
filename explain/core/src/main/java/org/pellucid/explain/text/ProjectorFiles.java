package org.pellucid.explain.text;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.weights.AtomicFile;

/**
 * A question's vectors as TensorBoard's Embedding Projector loads them: a table of numbers for each
 * layer, and one that names their rows.
 */
public final class ProjectorFiles {
  private final TextEmbedding text;

  private ProjectorFiles(TextEmbedding text) {
    this.text = text;
  }

  /** The files of a question with its context. */
  public static ProjectorFiles of(TextEmbedding text) {
    return new ProjectorFiles(text);
  }

  /**
   * Writes {@code layer-N.tsv} {@code [tokens, hidden]} for each layer, and {@code metadata.tsv}
   * with token, role and position.
   *
   * @throws UncheckedIOException if a file can't be written
   */
  public void save(Path directory) {
    var states = text.inspection().hiddenStates();
    for (var layer = 0; layer < states.size(); layer++) {
      var vectors = states.get(layer);
      write(directory.resolve("layer-%d.tsv".formatted(layer)), writer -> rows(writer, vectors));
    }
    write(directory.resolve("metadata.tsv"), this::names);
  }

  private interface Content {
    void write(BufferedWriter writer) throws IOException;
  }

  private static void write(Path file, Content content) {
    try {
      AtomicFile.write(
          file,
          temporary -> {
            try (var writer = Files.newBufferedWriter(temporary)) {
              content.write(writer);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file %s can't be written; choose another place.".formatted(file), e);
    }
  }

  private void rows(BufferedWriter writer, float[] vectors) throws IOException {
    var width = text.inspection().hiddenSize();
    for (var i = 0; i < vectors.length; i++) {
      writer.write(Float.toString(vectors[i]));
      writer.write((i + 1) % width == 0 ? '\n' : '\t');
    }
  }

  private void names(BufferedWriter writer) throws IOException {
    writer.write("token\trole\tposition\n");
    List<String> pieces = text.tokens().pieces();
    for (var i = 0; i < pieces.size(); i++) {
      writer.write("%s\t%s\t%d\n".formatted(pieces.get(i), text.roles().get(i), i));
    }
  }
}
