package org.pellucid.weights;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.pellucid.weights.WeightsException.Cause;

/** Writes files that appear under their name only when they are whole. */
public final class AtomicFile {
  private AtomicFile() {}

  /** What writes the content to the path it is given. */
  @FunctionalInterface
  public interface Content {
    /** Fills a file that is empty. */
    void writeTo(Path file) throws IOException;
  }

  /**
   * Writes a file beside {@code file} and moves it there; missing directories are made, an existing
   * file is replaced, and nothing is left over if writing fails.
   *
   * @throws IOException if it can't be written
   */
  public static void write(Path file, Content content) throws IOException {
    var target = file.toAbsolutePath();
    var directory = target.getParent();
    var existing = directory;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    var isWhole = false;
    try {
      Files.createDirectories(directory);
      writeIn(directory, target, content);
      isWhole = true;
    } finally {
      if (!isWhole) {
        removeEmpty(directory, existing);
      }
    }
  }

  /**
   * The temporary file is new, so no link leads elsewhere, and no other writer has its name, in
   * this process or another.
   */
  private static void writeIn(Path directory, Path target, Content content) throws IOException {
    var name = ".pellucid-%s.tmp".formatted(UUID.randomUUID());
    var temporary = Files.createFile(directory.resolve(name));
    try {
      content.writeTo(temporary);
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Removes a directory and those around it up to one that stays, as far as they are empty. */
  private static void removeEmpty(Path directory, Path existing) {
    try {
      for (var made = directory; !made.equals(existing); made = made.getParent()) {
        Files.deleteIfExists(made);
      }
    } catch (IOException _) {
      // Another process has put a file there meanwhile; the first failure is the one to report.
    }
  }

  /**
   * Writes weights as {@link #write} does.
   *
   * @throws WeightsException if they can't be written
   * @throws CancellationException if the thread is interrupted; its flag stays set
   */
  public static void writeWeights(Path file, Content content) {
    try {
      write(file, content);
    } catch (ClosedByInterruptException _) {
      throw new CancellationException("Writing %s was cancelled.".formatted(file));
    } catch (IOException e) {
      throw new WeightsException(
          Cause.FILE,
          e,
          file,
          "the file can't be written (%s); choose another location",
          reason(e));
    }
  }

  /** The reason that the operating system gives, without the temporary file's name. */
  private static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission is denied";
      case FileAlreadyExistsException _ -> "there is a file where a directory is needed";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case FileSystemException _ -> failure.toString();
      default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
    };
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException _) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
