package org.pellucid.weights;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A file that is written from its beginning to its end, from memory segments of any size. */
public final class FileOutput implements AutoCloseable {
  private static final int CHUNK = WeightTensor.CHUNK;

  private final FileChannel channel;

  /**
   * Writes to a file from its beginning, whatever it held.
   *
   * @throws IOException if it can't be written
   */
  public FileOutput(Path file) throws IOException {
    this.channel = FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE);
  }

  /** How many bytes were written. */
  public long position() throws IOException {
    return channel.position();
  }

  /** Writes a buffer. */
  public void write(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Writes a segment. */
  public void write(MemorySegment bytes) throws IOException {
    for (var at = 0L; at < bytes.byteSize(); at += CHUNK) {
      write(bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer());
    }
  }

  /** Overwrites bytes that were written before. */
  public void writeAt(long position, ByteBuffer buffer) throws IOException {
    var at = position;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
  }

  /** Writes all segments that {@code source} hands to its consumer. */
  public void writeAll(Consumer<Consumer<MemorySegment>> source) throws IOException {
    try {
      source.accept(
          bytes -> {
            try {
              write(bytes);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
