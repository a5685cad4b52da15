package org.pellucid.explain.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pellucid.explain.method.ResultFileException;

/**
 * The folder that a run writes to: checked before anything is computed, and held by one run at a
 * time.
 *
 * <p>The operating system keeps the lock and drops it when the process ends, however that happens;
 * where a file system has no locks, runs are not kept apart. Opening removes what an earlier run
 * left unfinished, and its manifest and report, since the new run may write over results that they
 * describe; other results stay and are in no manifest. While the folder is held, a signal to end
 * (Ctrl-C, SIGTERM) interrupts the thread that opened it and waits until it is closed, so that only
 * whole files remain.
 */
public final class OutputFolder implements AutoCloseable {
  private static final String LOCK = ".pellucid.lock";
  private static final long GRACE_SECONDS = 5;

  private final Path directory;
  private final Optional<Lock> lock;
  private final Thread owner = Thread.currentThread();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::endOwner, "pellucid-end");

  /** A locked file. */
  private record Lock(Path file, FileChannel channel) {}

  private OutputFolder(Path directory, Optional<Lock> lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /**
   * Takes a folder for a run of this thread, made if it is missing.
   *
   * @throws ResultFileException if it can't be written to, or another run holds it
   */
  public static OutputFolder open(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.delete(Files.createTempFile(directory, ".pellucid-", ".tmp"));
      var folder = new OutputFolder(directory, lock(directory));
      try {
        folder.clear();
        Runtime.getRuntime().addShutdownHook(folder.hook);
        return folder;
      } catch (IOException | RuntimeException e) {
        folder.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ResultFileException(
          "The folder %s can't be written to (%s); choose another place."
              .formatted(directory, reason(e)),
          e);
    }
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission is denied";
      case FileAlreadyExistsException _ -> "there is a file of that name";
      case NoSuchFileException _ -> "no folder can be made there";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      default -> failure.getClass().getSimpleName();
    };
  }

  /**
   * Locks the folder; empty where the file system has no locks. The file is opened once only: POSIX
   * drops a process's locks of a file when the process closes any channel to it.
   */
  private static Optional<Lock> lock(Path directory) throws IOException {
    var file = directory.resolve(LOCK);
    while (true) {
      try {
        Files.createFile(file);
      } catch (FileAlreadyExistsException _) {
        // Another run's, or one that a dead process left.
      }
      var before = key(file);
      FileChannel channel;
      try {
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
      } catch (NoSuchFileException _) {
        continue;
      }
      try {
        if (locked(channel).isEmpty()) {
          throw new ResultFileException(
              "Another run writes to %s; wait for its end or choose another place."
                  .formatted(directory),
              null);
        }
      } catch (ResultFileException e) {
        channel.close();
        throw e;
      } catch (IOException _) {
        channel.close();
        return Optional.empty();
      }
      // A run that ended may have deleted the file in between; then its lock keeps nobody away.
      if (before.isPresent() && before.equals(key(file))) {
        return Optional.of(new Lock(file, channel));
      }
      channel.close();
    }
  }

  /** What tells a file from another of its name; empty where there is none. */
  private static Optional<Object> key(Path file) throws IOException {
    try {
      var key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return Optional.of(key == null ? file : key);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static Optional<FileLock> locked(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException _) {
      return Optional.empty();
    }
  }

  private void clear() throws IOException {
    deleteUnfinished(directory);
    try (var inner = Files.newDirectoryStream(directory, Files::isDirectory)) {
      for (var folder : inner) {
        deleteUnfinished(folder);
      }
    }
    var manifest = directory.resolve(Manifest.FILE_NAME);
    if (isOurs(manifest)) {
      Files.deleteIfExists(directory.resolve(ReportSink.FILE_NAME));
      Files.deleteIfExists(manifest);
    }
  }

  /** A folder that can't be listed or cleared is not one that a run wrote to. */
  private static void deleteUnfinished(Path folder) {
    try (var left = Files.newDirectoryStream(folder, ".pellucid-*.tmp")) {
      for (var file : left) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | DirectoryIteratorException _) {
      // What is left over is in nobody's way.
    }
  }

  private static boolean isOurs(Path manifest) {
    try (var parser = new JsonMapper().createParser(manifest.toFile())) {
      parser.nextToken();
      return "schema".equals(parser.nextFieldName())
          && Manifest.SCHEMA.equals(parser.nextTextValue());
    } catch (IOException _) {
      return false;
    }
  }

  private void endOwner() {
    owner.interrupt();
    try {
      if (!closed.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
        deleteUnfinished(directory);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The folder. */
  public Path directory() {
    return directory;
  }

  /** Gives the folder back. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending, and the hook waits for what follows.
    }
    for (var held : lock.map(List::of).orElse(List.of())) {
      try (var _ = held.channel()) {
        Files.deleteIfExists(held.file());
      } catch (IOException _) {
        // A lock file that stays is no obstacle: the lock itself is gone.
      }
    }
    closed.countDown();
  }
}
