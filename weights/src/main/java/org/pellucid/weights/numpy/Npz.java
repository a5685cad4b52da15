package org.pellucid.weights.numpy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.ChunkedTensor;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.ZipDirectory;
import org.pellucid.weights.archive.ZipEntryData;

/** Reads NumPy's NPZ files: ZIP archives of NPY files, stored or compressed. */
public final class Npz implements AutoCloseable {
  private static final String SUFFIX = ".npy";

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
   * @throws WeightsException if it is no ZIP archive
   */
  public static Npz open(Path file) {
    return Checkpoint.openIn(
        Arena.ofShared(),
        arena -> {
          var content = Checkpoint.map(file, arena);
          return new Npz(file, new ZipDirectory(file, content, Limits.standard()), arena);
        });
  }

  /** Whether an archive holds nothing but arrays. */
  public static boolean recognises(ZipDirectory archive) {
    return !archive.entries().isEmpty()
        && archive.entries().keySet().stream().allMatch(name -> name.endsWith(SUFFIX));
  }

  /**
   * Reads a mapped archive as a checkpoint. Compressed arrays are unfolded when they are asked for.
   *
   * @throws WeightsException if an array breaks the format's rules or holds Python objects
   */
  public static Checkpoint read(Path file, ZipDirectory archive, Arena arena, Limits limits) {
    var tensors = new LinkedHashMap<String, WeightTensor>();
    for (var entry : archive.entries().values()) {
      var name = entry.name().substring(0, entry.name().length() - SUFFIX.length());
      tensors.put(name, tensor(name, entry, limits));
    }
    return new Checkpoint(
        file,
        "npz",
        tensors,
        new LinkedHashMap<>(),
        Map.of(),
        Optional.of(() -> archive.entries().values().forEach(entry -> entry.checkSum(limits))),
        arena);
  }

  /** Where an array begins; within what is compressed nobody can count bytes of the file. */
  private static FileLocation place(ZipEntryData entry) {
    return entry.isDeflated() ? FileLocation.in(entry.place().file()) : entry.place();
  }

  private static WeightTensor tensor(String name, ZipEntryData entry, Limits limits) {
    var header = NpyHeader.parse(place(entry), name, entry.beginning(NpyHeader.LONGEST));
    if (!entry.isDeflated()) {
      return header.array(entry.packed().asSlice(header.length()));
    }
    if (header.length() + header.checkedBytes() != entry.size()) {
      throw header.unfilled(entry.size() - header.length());
    }
    return new ChunkedTensor(
        header.info(),
        action -> {
          var content = entry.content(limits);
          header.array(content.asSlice(header.length())).forEachChunk(action);
        });
  }

  /** The names of the arrays, without {@code .npy}. */
  public SequencedSet<String> names() {
    var names = new TreeSet<String>();
    archive.entries().keySet().stream()
        .filter(name -> name.endsWith(SUFFIX))
        .forEach(name -> names.add(name.substring(0, name.length() - SUFFIX.length())));
    return names;
  }

  /**
   * One array.
   *
   * @throws WeightsException if there is none of that name, it unfolds beyond {@link
   *     Limits#expansion}, differs from its checksum or is no NPY file
   */
  public NpyArray array(String name) {
    var entry =
        archive
            .entry(name + SUFFIX)
            .orElseThrow(
                () ->
                    new WeightsException(
                        Cause.MISSING_TENSOR,
                        FileLocation.in(file).of(name),
                        "there is no array %s",
                        name));
    entry.checkSum(Limits.standard());
    MemorySegment content = entry.content(Limits.standard());
    return new NpyArray(Npy.parse(place(entry), name, content));
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
