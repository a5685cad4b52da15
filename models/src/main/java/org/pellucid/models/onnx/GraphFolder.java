package org.pellucid.models.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.pellucid.models.ModelFileException;

/**
 * Where exporters put a graph and what belongs to it: beside a tokenizer or a preprocessing file,
 * or in a folder {@code onnx} below them.
 */
public final class GraphFolder {
  private static final String GRAPH = "model.onnx";
  private static final String GRAPHS = "onnx";
  private static final String ENDING = ".onnx";

  private GraphFolder() {}

  /** The names that a graph usually has in its model's folder, in order of preference. */
  public static List<String> usualNames() {
    return List.of(GRAPH, GRAPHS + "/" + GRAPH);
  }

  /** Whether a path is called as a graph is; it need not be there. */
  public static boolean isGraph(Path path) {
    var name = path.getFileName();
    return name != null
        && name.toString().toLowerCase(Locale.ROOT).endsWith(ENDING)
        && !Files.isDirectory(path);
  }

  /**
   * The graph in a folder: one with a usual name, or the only one.
   *
   * @return empty if there is none, or several and none has a usual name
   * @throws ModelFileException if the folder can't be listed
   */
  public static Optional<Path> find(Path folder) {
    return usualNames().stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .or(() -> only(folder));
  }

  /**
   * The graph in a folder as {@link #find} finds it, or else the only one in its folder {@code
   * onnx}: for a model that is run as a graph in any case. Beside weights that would do as well,
   * such a graph may be a form for another purpose, a quantised one for instance.
   *
   * @return empty if there is none, or several and none has a usual name
   * @throws ModelFileException if a folder can't be listed
   */
  public static Optional<Path> findBelow(Path folder) {
    var graphs = Optional.of(folder.resolve(GRAPHS)).filter(Files::isDirectory);
    return find(folder).or(() -> graphs.flatMap(GraphFolder::only));
  }

  private static Optional<Path> only(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      var graphs = files.filter(GraphFolder::isGraph).sorted().toList();
      return graphs.size() == 1 ? Optional.of(graphs.getFirst()) : Optional.empty();
    } catch (IOException e) {
      throw new ModelFileException(
          "%s can't be listed (%s); check its permissions.".formatted(folder, e.getMessage()), e);
    }
  }

  /**
   * The folders in which the other files of a model are looked for, in this order: that of its
   * weights, and the one above where that is called {@code onnx}.
   *
   * @param weights a file or a folder
   */
  public static List<Path> around(Path weights) {
    var folder = Files.isDirectory(weights) ? weights : weights.toAbsolutePath().getParent();
    var above = folder.toAbsolutePath().getParent();
    return folder.endsWith(GRAPHS) && above != null ? List.of(folder, above) : List.of(folder);
  }
}
