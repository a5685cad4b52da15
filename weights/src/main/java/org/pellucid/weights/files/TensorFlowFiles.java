package org.pellucid.weights.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.SiblingFile;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The files of one TensorFlow checkpoint: {@code <prefix>.index} and {@code <prefix>.data-…} with
 * the variables, {@code <prefix>.meta} with the graph, and a text named {@code checkpoint} with the
 * prefix. TensorFlow itself is given the prefix.
 */
final class TensorFlowFiles {
  private static final String INDEX = ".index";
  private static final Pattern DATA = Pattern.compile("(.+)\\.data-\\d{5}-of-\\d{5}");
  private static final Pattern GRAPH = Pattern.compile("(.+)\\.meta");
  private static final Pattern NAMED =
      Pattern.compile("^model_checkpoint_path: \"([^\"\n]+)\"", Pattern.MULTILINE);
  private static final int LONGEST_TEXT = 1 << 16;

  private TensorFlowFiles() {}

  /**
   * The index that a path stands for, if it is a prefix or the text that names one; else the path.
   *
   * @throws WeightsException if it is another file of a checkpoint, naming the index to give
   */
  static Path indexOf(Path path) {
    if (!Files.exists(path)) {
      var index = beside(path, path.getFileName() + INDEX);
      return Files.isRegularFile(index) ? index : path;
    }
    var name = String.valueOf(path.getFileName());
    checkIsNot(DATA, "holds the numbers of a TensorFlow checkpoint", path);
    if (Files.exists(beside(path, name.replaceFirst("\\.meta$", INDEX)))) {
      checkIsNot(GRAPH, "holds the graph of a TensorFlow checkpoint", path);
    }
    return name.equals("checkpoint") ? named(path).orElse(path) : path;
  }

  private static Path beside(Path path, String name) {
    return path.resolveSibling(name);
  }

  private static void checkIsNot(Pattern pattern, String what, Path path) {
    var match = pattern.matcher(String.valueOf(path.getFileName()));
    if (match.matches()) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT,
          path,
          "this file %s, which is opened by its index; give %s",
          what,
          beside(path, match.group(1) + INDEX));
    }
  }

  /** The index that a text {@code model_checkpoint_path: "…"} names, which must lie beside it. */
  private static Optional<Path> named(Path path) {
    var match = NAMED.matcher(text(path));
    if (!match.find()) {
      return Optional.empty();
    }
    try {
      return Optional.of(SiblingFile.of(path, FileLocation.in(path), match.group(1) + INDEX));
    } catch (WeightsException e) {
      throw new WeightsException(
          Cause.FILE,
          e,
          path,
          "this text names the checkpoint \"%s\", which is not beside it; give the .index file"
              + " itself",
          match.group(1));
    }
  }

  private static String text(Path path) {
    try {
      return Files.isRegularFile(path) && Files.size(path) <= LONGEST_TEXT
          ? new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1)
          : "";
    } catch (IOException _) {
      return "";
    }
  }
}
