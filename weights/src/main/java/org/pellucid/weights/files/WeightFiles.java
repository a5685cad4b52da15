package org.pellucid.weights.files;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.WeightFormat;
import org.pellucid.weights.WeightWriter;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.ZipFormat;
import org.pellucid.weights.numpy.NpyFormat;
import org.pellucid.weights.numpy.NpzFormat;
import org.pellucid.weights.numpy.NpzWriter;
import org.pellucid.weights.onnx.OnnxFormat;
import org.pellucid.weights.pytorch.PyTorchStreamFormat;
import org.pellucid.weights.pytorch.PyTorchTarFormat;
import org.pellucid.weights.pytorch.PyTorchWriter;
import org.pellucid.weights.pytorch.PyTorchZipFormat;
import org.pellucid.weights.safetensors.SafetensorsFormat;
import org.pellucid.weights.safetensors.SafetensorsWriter;
import org.pellucid.weights.tensorflow.TensorFlowFormat;

/**
 * Opens weight files of all known formats, and knows the formats that are written.
 *
 * <p>A new format to read or to write is a class of its own and a line in one of the two lists.
 */
public final class WeightFiles {
  /**
   * Tried in this order: formats with a distinctive beginning come before those with less evidence.
   */
  private static final List<WeightFormat> FORMATS =
      List.of(
          new ZipFormat(List.of(new PyTorchZipFormat(), new NpzFormat())),
          new PyTorchTarFormat(),
          new PyTorchStreamFormat(),
          new NpyFormat(),
          new ShardIndexFormat(WeightFiles::readWithinLimits),
          new SafetensorsFormat(),
          new TensorFlowFormat(),
          new OnnxFormat());

  private static final List<WeightWriter> WRITERS =
      List.of(new SafetensorsWriter(), new NpzWriter(), new PyTorchWriter());

  private WeightFiles() {}

  /**
   * Opens a weight file of any known format; its content tells which, not its name:
   *
   * <ul>
   *   <li>what PyTorch saved: ZIP archive, older stream or TAR archive, TorchScript's parameters;
   *   <li>safetensors;
   *   <li>the {@code *.index.json} of either split over several files;
   *   <li>a TensorFlow SavedModel directory, a checkpoint's {@code .index} file or its prefix;
   *   <li>an ONNX model's initialisers;
   *   <li>NPY and NPZ;
   *   <li>a directory that holds one of them under its usual name or alone.
   * </ul>
   *
   * @throws WeightsException if it is none of these or breaks its format's rules
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public static Checkpoint open(Path path) {
    return open(path, Limits.standard());
  }

  /**
   * Opens a file within the caller's limits; see {@link #open(Path)}.
   *
   * @throws WeightsException if it is none of the known formats or breaks its format's rules
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public static Checkpoint open(Path path, Limits limits) {
    return open(path, OpenOptions.standard().withLimits(limits));
  }

  /**
   * Opens a file as the caller wants it; see {@link #open(Path)}.
   *
   * @throws WeightsException if it is none of the known formats, breaks its format's rules, or
   *     lacks the wanted state dict
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public static Checkpoint open(Path path, OpenOptions options) {
    var file =
        Files.isDirectory(path) ? ModelDirectory.weightsIn(path) : TensorFlowFiles.indexOf(path);
    return MappedFile.openIn(
        Arena.ofShared(),
        arena -> {
          var checkpoint = readWithinLimits(MappedFile.of(file, arena, options));
          checkState(checkpoint, options);
          return checkpoint;
        });
  }

  private static void checkState(Checkpoint checkpoint, OpenOptions options) {
    if (options.state().isPresent() && checkpoint.state().isEmpty()) {
      throw new WeightsException(
          Cause.MISSING_TENSOR,
          checkpoint.file(),
          "the file holds one set of weights and no state dict %s; leave the choice out",
          options.state().get());
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
    return MappedFile.openIn(
        Arena.ofShared(),
        arena ->
            new SafetensorsFormat()
                .read(new MappedFile(Path.of(name), segment, arena, OpenOptions.standard())));
  }

  /** The writer of the format for a file's ending, if one is known. */
  public static Optional<WeightWriter> writerFor(Path file) {
    return WRITERS.stream()
        .filter(writer -> writer.endings().stream().anyMatch(file.toString()::endsWith))
        .findFirst();
  }

  /** The endings of files that can be written, such as {@code .npz}. */
  public static List<String> writtenEndings() {
    return WRITERS.stream().flatMap(writer -> writer.endings().stream()).toList();
  }

  private static Checkpoint readWithinLimits(MappedFile file) {
    var checkpoint = read(file);
    checkTotal(checkpoint, file.limits());
    return checkpoint;
  }

  static Checkpoint read(MappedFile file) {
    return FORMATS.stream()
        .filter(format -> format.recognises(file))
        .findFirst()
        .orElseThrow(
            () ->
                new WeightsException(
                    Cause.UNKNOWN_FORMAT,
                    file.file(),
                    "%s",
                    ForeignFormat.describe(file.content())))
        .read(file);
  }

  private static void checkTotal(Checkpoint checkpoint, Limits limits) {
    var total = 0L;
    var count = 0;
    for (var all : List.of(checkpoint.tensors().values(), checkpoint.auxiliary().values())) {
      for (var tensor : all) {
        total += tensor.info().bytes();
        if (++count > limits.tensors() || total < 0 || total > limits.totalBytes()) {
          throw new WeightsException(
              Cause.LIMIT,
              FileLocation.in(checkpoint.file()).of(tensor.info().name()),
              "the file holds more than the limit of %d tensors or %d bytes",
              limits.tensors(),
              limits.totalBytes());
        }
      }
    }
  }
}
