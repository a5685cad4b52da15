package org.pellucid.weights;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.pellucid.weights.WeightsException.Cause;

/**
 * An open weight file: named tensors, which are read only when asked for, and metadata.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = WeightFiles.open(Path.of("model.safetensors"))) {
 *   float[] weight = checkpoint.tensor("fc.0.weight").toFloats();
 * }
 * }</pre>
 *
 * <p>Tensors and segments taken from it are valid until it is closed; reading the numbers of a
 * mapped one later throws an {@link IllegalStateException}. Names, shapes, types and arrays stay
 * valid. The {@code with} methods give another view of the same open file: closing either closes
 * both.
 */
public final class Checkpoint implements AutoCloseable {
  private final Path file;
  private final String format;
  private final Arena arena;
  private final SequencedMap<String, WeightTensor> tensors;
  private final SequencedMap<String, WeightTensor> auxiliary;
  private final Map<String, String> metadata;
  private final Map<String, LinearWeight> linearWeights;
  private final Optional<Runnable> checksums;
  private final Optional<String> state;
  private final List<String> notes;
  private final List<Content> content;

  /**
   * A checkpoint with weights alone.
   *
   * @param source the file it is read from, whose arena is closed with the checkpoint
   * @param format the format's name, such as {@code pytorch-zip}
   * @param tensors the weights by name
   */
  public Checkpoint(MappedFile source, String format, SequencedMap<String, WeightTensor> tensors) {
    this(
        source.file(),
        format,
        source.arena(),
        tensors,
        new LinkedHashMap<>(),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  private Checkpoint(
      Path file,
      String format,
      Arena arena,
      SequencedMap<String, WeightTensor> tensors,
      SequencedMap<String, WeightTensor> auxiliary,
      Map<String, String> metadata,
      Map<String, LinearWeight> linearWeights,
      Optional<Runnable> checksums,
      Optional<String> state,
      List<String> notes,
      List<Content> content) {
    this.file = file;
    this.format = format;
    this.arena = arena;
    this.tensors = tensors;
    this.auxiliary = auxiliary;
    this.metadata = metadata;
    this.linearWeights = linearWeights;
    this.checksums = checksums;
    this.state = state;
    this.notes = List.copyOf(notes);
    this.content = List.copyOf(content);
  }

  /** The same with other weights. */
  public Checkpoint withTensors(SequencedMap<String, WeightTensor> changed) {
    return new Checkpoint(
        file,
        format,
        arena,
        changed,
        auxiliary,
        metadata,
        linearWeights,
        checksums,
        state,
        notes,
        content);
  }

  /** The same with tensors that are not weights, such as an optimiser's, by their path. */
  public Checkpoint withAuxiliary(SequencedMap<String, WeightTensor> further) {
    return new Checkpoint(
        file,
        format,
        arena,
        tensors,
        further,
        metadata,
        linearWeights,
        checksums,
        state,
        notes,
        content);
  }

  /** The same with metadata as text. */
  public Checkpoint withMetadata(Map<String, String> texts) {
    return new Checkpoint(
        file,
        format,
        arena,
        tensors,
        auxiliary,
        texts,
        linearWeights,
        checksums,
        state,
        notes,
        content);
  }

  /** The same with what a graph tells of unnamed weights, by the weight's name in the file. */
  public Checkpoint withLinearWeights(Map<String, LinearWeight> layers) {
    return new Checkpoint(
        file, format, arena, tensors, auxiliary, metadata, layers, checksums, state, notes,
        content);
  }

  /**
   * The same with checksums.
   *
   * @param comparison compares all checksums in the file and throws a {@link WeightsException} if
   *     one differs
   */
  public Checkpoint withChecksums(Runnable comparison) {
    return new Checkpoint(
        file,
        format,
        arena,
        tensors,
        auxiliary,
        metadata,
        linearWeights,
        Optional.of(comparison),
        state,
        notes,
        content);
  }

  /** The same with the path of the state dict that the weights are taken from. */
  public Checkpoint withState(String path) {
    return new Checkpoint(
        file,
        format,
        arena,
        tensors,
        auxiliary,
        metadata,
        linearWeights,
        checksums,
        Optional.of(path),
        notes,
        content);
  }

  /** The same with a description of all that the file holds beside the weights. */
  public Checkpoint withContent(List<Content> description) {
    return new Checkpoint(
        file,
        format,
        arena,
        tensors,
        auxiliary,
        metadata,
        linearWeights,
        checksums,
        state,
        notes,
        description);
  }

  /** The same with complete sentences about choices made while reading, instead of those before. */
  public Checkpoint withNotes(List<String> sentences) {
    return new Checkpoint(
        file,
        format,
        arena,
        tensors,
        auxiliary,
        metadata,
        linearWeights,
        checksums,
        state,
        sentences,
        content);
  }

  /** The file that was opened. */
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
   * The weight of that name.
   *
   * @throws WeightsException if none has that name
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

  /** Tensors that are not weights, such as an optimiser's moments, by their path. */
  public SequencedMap<String, WeightTensor> auxiliary() {
    return Collections.unmodifiableSequencedMap(auxiliary);
  }

  /** What else the file says, such as {@code epoch}. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * The layers of weights that have no name of their own, by the name in the file; empty unless the
   * file holds a graph.
   */
  public Map<String, LinearWeight> linearWeights() {
    return Collections.unmodifiableMap(linearWeights);
  }

  /**
   * The path of the state dict that the weights are taken from, such as {@code model}; empty where
   * all of the file is one.
   */
  public Optional<String> state() {
    return state;
  }

  /**
   * Complete sentences about choices made while reading that the reader of the results should know,
   * such as an averaged copy of the weights that was left aside; empty by default.
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * What the file holds beside the weights, as a tree made for reading: a bounded description, in
   * which an object of Python's is a class's name. Empty for formats that hold weights alone.
   */
  public List<Content> content() {
    return content;
  }

  /** Whether the file holds checksums. */
  public boolean hasChecksums() {
    return checksums.isPresent();
  }

  /**
   * Compares all checksums in the file; does nothing where it holds none.
   *
   * @throws WeightsException if one differs
   */
  public void verifyChecksums() {
    checksums.ifPresent(comparison -> MappedFile.reading(file, comparison));
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
