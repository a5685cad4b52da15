package org.pellucid.weights.numpy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.ZipDirectory;

/**
 * An open NPZ file, from which single arrays are read whatever else the archive holds; {@link
 * NpzFormat} reads it as a checkpoint.
 */
public final class Npz implements AutoCloseable {
  private final Path file;
  private final ZipDirectory archive;
  private final Arena arena;

  private Npz(Path file, ZipDirectory archive, Arena arena) {
    this.file = file;
    this.archive = archive;
    this.arena = arena;
  }

  /**
   * Opens a file.
   *
   * @throws WeightsException if it is not a ZIP archive
   */
  public static Npz open(Path file) {
    return MappedFile.openIn(
        Arena.ofShared(),
        arena -> {
          var content = MappedFile.map(file, arena);
          return new Npz(file, new ZipDirectory(file, content, Limits.standard()), arena);
        });
  }

  /** The names of the arrays, without {@code .npy}. */
  public SequencedSet<String> names() {
    var names = new TreeSet<String>();
    archive.entries().keySet().stream()
        .filter(name -> name.endsWith(NpzFormat.SUFFIX))
        .forEach(name -> names.add(name.substring(0, name.length() - NpzFormat.SUFFIX.length())));
    return names;
  }

  /**
   * One array.
   *
   * @throws WeightsException if there is none of that name, it expands beyond {@link
   *     Limits#expansion}, differs from its checksum or is not an NPY file
   */
  public NpyArray array(String name) {
    var entry =
        archive
            .entry(name + NpzFormat.SUFFIX)
            .orElseThrow(
                () ->
                    new WeightsException(
                        Cause.MISSING_TENSOR,
                        FileLocation.in(file).of(name),
                        "there is no array %s",
                        name));
    entry.verifyChecksum(Limits.standard());
    MemorySegment content = entry.content(Limits.standard());
    return new NpyArray(Npy.parse(NpzFormat.location(entry), name, content));
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
