package org.pellucid.weights.numpy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/** Reads NumPy's NPZ files: ZIP archives of NPY files. */
public final class Npz implements AutoCloseable {
  private static final String SUFFIX = ".npy";
  private static final long HARMLESS_BYTES = 64L << 20;

  private final Path file;
  private final ZipFile archive;

  private Npz(Path file, ZipFile archive) {
    this.file = file;
    this.archive = archive;
  }

  /**
   * Opens a file.
   *
   * @throws WeightsException if it is no ZIP archive
   */
  public static Npz open(Path file) {
    try {
      return new Npz(file, new ZipFile(file.toFile()));
    } catch (IOException e) {
      throw new WeightsException(
          Cause.FILE, e, file, "the file can't be opened as an NPZ archive (%s)", e.getMessage());
    }
  }

  /** The names of the arrays, without {@code .npy}. */
  public SequencedSet<String> names() {
    var names = new TreeSet<String>();
    archive.stream()
        .map(entry -> entry.getName())
        .filter(name -> name.endsWith(SUFFIX))
        .forEach(name -> names.add(name.substring(0, name.length() - SUFFIX.length())));
    return names;
  }

  /**
   * One array.
   *
   * @throws WeightsException if there is none of that name, it is larger than 2 GiB, unfolds beyond
   *     {@link Limits#expansion}, differs from its checksum or is no NPY file
   */
  public NpyArray array(String name) {
    var entry = archive.getEntry(name + SUFFIX);
    if (entry == null) {
      throw new WeightsException(Cause.MISSING_TENSOR, file, "there is no array %s", name);
    }
    checkSize(name, entry);
    try (var stream = archive.getInputStream(entry)) {
      var bytes = stream.readNBytes((int) entry.getSize());
      checkIntact(name, entry, bytes);
      return Npy.parse(file, name, MemorySegment.ofArray(bytes));
    } catch (IOException e) {
      throw new WeightsException(
          Cause.TRUNCATED, e, file, "the array %s can't be read (%s)", name, e.getMessage());
    }
  }

  private void checkSize(String name, ZipEntry entry) {
    var size = entry.getSize();
    if (size < 0 || size > Integer.MAX_VALUE - 8) {
      throw new WeightsException(Cause.LIMIT, file, "the array %s is too large", name);
    }
    var expansion = Limits.standard().expansion();
    if (size > HARMLESS_BYTES && size / expansion > entry.getCompressedSize()) {
      throw new WeightsException(
          Cause.LIMIT,
          file,
          "the array %s unfolds to more than %d times its compressed size; save it uncompressed",
          name,
          expansion);
    }
  }

  /** The JDK's archive reader leaves it to its caller to compare checksums. */
  private void checkIntact(String name, ZipEntry entry, byte[] bytes) {
    var sum = new CRC32();
    sum.update(bytes);
    if (bytes.length != entry.getSize() || sum.getValue() != entry.getCrc()) {
      throw new WeightsException(
          Cause.CHECKSUM, file, "the checksum of the array %s differs; fetch the file again", name);
    }
  }

  @Override
  public void close() {
    try {
      archive.close();
    } catch (IOException e) {
      throw new WeightsException(Cause.FILE, e, file, "the file can't be closed");
    }
  }
}
