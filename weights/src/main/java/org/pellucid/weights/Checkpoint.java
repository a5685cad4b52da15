package org.pellucid.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.safetensors.SafetensorsFormat;

/**
 * An open weight file: named tensors, read only when asked for, and what stands beside them.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("model.safetensors"))) {
 *   float[] weight = checkpoint.tensor("fc.0.weight").toFloats();
 * }
 * }</pre>
 *
 * <p>Tensors and segments taken from it are valid until it is closed; to read a mapped one's
 * numbers later throws an {@link IllegalStateException}. Names, shapes, types and arrays stay
 * valid.
 */
public final class Checkpoint implements AutoCloseable {
  private final Path file;
  private final String format;
  private final SequencedMap<String, WeightTensor> tensors;
  private final SequencedMap<String, WeightTensor> others;
  private final Map<String, String> metadata;
  private final Optional<Runnable> checksums;
  private final Arena arena;

  /** A checkpoint of a format without checksums; see the other constructor. */
  public Checkpoint(
      Path file,
      String format,
      SequencedMap<String, WeightTensor> tensors,
      SequencedMap<String, WeightTensor> others,
      Map<String, String> metadata,
      Arena arena) {
    this(file, format, tensors, others, metadata, Optional.empty(), arena);
  }

  /**
   * A checkpoint of the given parts.
   *
   * @param tensors the weights
   * @param others further tensors in the file, such as an optimiser's, by their path
   * @param metadata what else the file says, as text
   * @param checksums compares all checksums in the file and throws if one differs
   * @param arena closed with the checkpoint
   */
  public Checkpoint(
      Path file,
      String format,
      SequencedMap<String, WeightTensor> tensors,
      SequencedMap<String, WeightTensor> others,
      Map<String, String> metadata,
      Optional<Runnable> checksums,
      Arena arena) {
    this.file = file;
    this.format = format;
    this.tensors = tensors;
    this.others = others;
    this.metadata = metadata;
    this.checksums = checksums;
    this.arena = arena;
  }

  /**
   * Opens a weight file of any known format; its content tells which, not its name:
   *
   * <ul>
   *   <li>what PyTorch saved: ZIP archive, older stream or TAR archive, TorchScript's parameters;
   *   <li>safetensors;
   *   <li>the {@code *.index.json} of either split over several files;
   *   <li>a TensorFlow SavedModel directory or a checkpoint's {@code .index} file;
   *   <li>an ONNX model's initialisers;
   *   <li>NPY and NPZ;
   *   <li>a directory that holds one of them under its usual name.
   * </ul>
   *
   * @throws WeightsException if it is none of these or breaks its format's rules
   */
  public static Checkpoint open(Path path) {
    return open(path, Limits.standard());
  }

  /**
   * Opens a file within limits of the caller's; see {@link #open(Path)}.
   *
   * @throws WeightsException if it is none of the known formats or breaks its format's rules
   */
  public static Checkpoint open(Path path, Limits limits) {
    var file = Files.isDirectory(path) ? WeightFormats.weightsIn(path) : path;
    return openIn(Arena.ofShared(), arena -> openFile(file, map(file, arena), arena, limits));
  }

  /**
   * What {@code opening} makes of an arena, which is closed if nothing comes of it, whatever the
   * reason: a mapped file would stay mapped as long as the JVM runs.
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

  static Checkpoint openFile(Path file, MemorySegment content, Arena arena, Limits limits) {
    var checkpoint = WeightFormats.read(file, content, arena, limits);
    checkpoint.checkTotal(limits);
    return checkpoint;
  }

  private void checkTotal(Limits limits) {
    var total = 0L;
    var count = 0;
    for (var all : List.of(tensors.values(), others.values())) {
      for (var tensor : all) {
        total += tensor.info().bytes();
        if (++count > limits.tensors() || total < 0 || total > limits.totalBytes()) {
          throw new WeightsException(
              Cause.LIMIT,
              FileLocation.in(file).of(tensor.info().name()),
              "the file holds more than the %d tensors or %d bytes read",
              limits.tensors(),
              limits.totalBytes());
        }
      }
    }
  }

  /**
   * Opens the bytes of a safetensors file that lies in memory, such as a resource.
   *
   * @param name what messages call it
   * @throws WeightsException if it breaks its format's rules
   */
  public static Checkpoint ofBytes(String name, byte[] content) {
    var segment = MemorySegment.ofArray(content).asReadOnly();
    return openIn(
        Arena.ofShared(),
        arena -> SafetensorsFormat.read(Path.of(name), segment, arena, Limits.standard()));
  }

  /**
   * Maps a whole file into memory; nothing is read before it is needed.
   *
   * @throws WeightsException if it is missing, may not be read or is no plain file
   */
  public static MemorySegment map(Path file, Arena arena) {
    // To open a pipe would wait for somebody who writes into it.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new WeightsException(
          Cause.FILE, file, "this is no plain file; name one that can be read from its beginning");
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (NoSuchFileException e) {
      throw new WeightsException(Cause.FILE, e, file, "there is no such file; check the path");
    } catch (IOException e) {
      throw new WeightsException(
          Cause.FILE,
          e,
          file,
          "the file can't be read (%s); check that it is a file and its permissions",
          e.getMessage());
    }
  }

  /** What was opened. */
  public Path file() {
    return file;
  }

  /** The format, such as {@code pytorch-zip}. */
  public String format() {
    return format;
  }

  /** The names of the weights, in the order of the file. */
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(tensors.sequencedKeySet());
  }

  /**
   * One of the weights.
   *
   * @throws WeightsException if there is none of that name
   */
  public WeightTensor tensor(String name) {
    var tensor = tensors.get(name);
    if (tensor == null) {
      throw new WeightsException(
          Cause.MISSING_TENSOR,
          FileLocation.in(file).of(name),
          "there is no tensor %s; list the names with: weights inspect",
          name);
    }
    return tensor;
  }

  /** All weights by name, in the order of the file. */
  public SequencedMap<String, WeightTensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  /** Tensors beside the weights, such as an optimiser's moments, by their path. */
  public SequencedMap<String, WeightTensor> others() {
    return Collections.unmodifiableSequencedMap(others);
  }

  /** What else the file says, such as {@code epoch}. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** The same open file with a way to compare its checksums; closing either closes both. */
  public Checkpoint checkedBy(Runnable comparison) {
    return new Checkpoint(file, format, tensors, others, metadata, Optional.of(comparison), arena);
  }

  /** Compares all checksums in the file, where its format has some. */
  Optional<Runnable> checksums() {
    return checksums;
  }

  /** The same open file with its weights changed; closing either closes both. */
  public Checkpoint with(UnaryOperator<SequencedMap<String, WeightTensor>> change) {
    var changed = change.apply(new LinkedHashMap<>(tensors));
    return new Checkpoint(file, format, changed, others, metadata, checksums, arena);
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
