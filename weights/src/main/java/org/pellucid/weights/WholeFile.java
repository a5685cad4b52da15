package org.pellucid.weights;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.pellucid.weights.WeightsException.Cause;

/** Writes files that appear under their name only when they are whole. */
public final class WholeFile {
  private WholeFile() {}

  /** What writes the content to the path it is given. */
  @FunctionalInterface
  public interface Content {
    /** Writes a new file. */
    void writeTo(Path file) throws IOException;
  }

  /**
   * Writes a file beside {@code file} and moves it there; missing directories are made, an existing
   * file is replaced, and nothing is left behind if writing fails.
   *
   * @throws IOException if it can't be written
   */
  public static void write(Path file, Content content) throws IOException {
    var target = file.toAbsolutePath();
    Files.createDirectories(target.getParent());
    var name = ".%s.%d.tmp".formatted(target.getFileName(), ProcessHandle.current().pid());
    var temporary = target.resolveSibling(name);
    try {
      content.writeTo(temporary);
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Writes weights as {@link #write} does.
   *
   * @throws WeightsException if they can't be written
   */
  public static void writeWeights(Path file, Content content) {
    try {
      write(file, content);
    } catch (IOException e) {
      throw new WeightsException(
          Cause.FILE, e, file, "the file can't be written (%s); choose another place", e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException _) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
