package org.pellucid.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A file whose bytes lie in memory, as a {@link WeightFormat} reads it.
 *
 * @param content all bytes of the file, valid as long as {@code arena} is open
 * @param arena closed with the checkpoint that is read from the file
 * @param options how much the file may ask for, and which of its state dicts is wanted
 */
public record MappedFile(Path file, MemorySegment content, Arena arena, OpenOptions options) {

  /**
   * Maps a whole file into memory; nothing is read before it is needed.
   *
   * @throws WeightsException if it is missing, may not be read or is not a plain file
   * @throws CancellationException if the thread is interrupted
   */
  public static MappedFile of(Path file, Arena arena, OpenOptions options) {
    return new MappedFile(file, map(file, arena), arena, options);
  }

  /** How much the file may ask for. */
  public Limits limits() {
    return options.limits();
  }

  /**
   * Maps a whole file into memory, as {@link #of} does.
   *
   * @throws WeightsException if it is missing, may not be read or is not a plain file
   * @throws CancellationException if the thread is interrupted
   */
  public static MemorySegment map(Path file, Arena arena) {
    // Opening a pipe would wait until another process writes into it.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new WeightsException(
          Cause.FILE,
          file,
          "this is not a plain file; name one that can be read from its beginning");
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new WeightsException(Cause.FILE, e, file, "there is no such file; check the path");
    } catch (ClosedByInterruptException _) {
      throw new CancellationException("Opening %s was cancelled.".formatted(file));
    } catch (IOException e) {
      throw new WeightsException(
          Cause.FILE,
          e,
          file,
          "the file can't be read (%s); check that it is a file and its permissions",
          e.getMessage());
    }
  }

  /** Runs {@code reading}, as {@link #reading(Path, Supplier)} does. */
  public static void reading(Path file, Runnable reading) {
    reading(
        file,
        () -> {
          reading.run();
          return file;
        });
  }

  /**
   * What {@code reading} makes of the numbers in an open file.
   *
   * @throws WeightsException if another process shortened the file meanwhile and the JVM noticed
   */
  public static <T> T reading(Path file, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InternalError e) {
      if (String.valueOf(e.getMessage()).contains("unsafe memory access")) {
        throw new WeightsException(
            Cause.TRUNCATED,
            e,
            file,
            "the file was shortened while it was read; download it again and don't change it"
                + " meanwhile");
      }
      throw e;
    }
  }

  /**
   * What {@code opening} makes of an arena. The arena is closed if {@code opening} throws, whatever
   * the reason: a mapped file would stay mapped as long as the JVM runs.
   */
  public static <T> T openIn(Arena arena, Function<Arena, T> opening) {
    var isOpen = false;
    try {
      var opened = opening.apply(arena);
      isOpen = true;
      return opened;
    } finally {
      if (!isOpen) {
        arena.close();
      }
    }
  }
}
