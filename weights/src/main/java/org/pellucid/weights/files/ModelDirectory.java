package org.pellucid.weights.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A directory that holds a model's weights: under one of the usual names, as the only weight file,
 * or as Hugging Face's cache keeps a model, {@code models--…/snapshots/<revision>}.
 */
final class ModelDirectory {
  /** In order of preference. */
  private static final List<String> USUAL_NAMES =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json",
          "adapter_model.safetensors",
          "adapter_model.bin",
          "variables/variables.index",
          "model.ckpt.index",
          "bert_model.ckpt.index",
          "model.onnx",
          "onnx/model.onnx");

  /** Endings of weight files, in order of preference; one line's files are equals. */
  private static final List<List<String>> ENDINGS =
      List.of(
          List.of(".safetensors.index.json", ".bin.index.json"),
          List.of(".safetensors"),
          List.of(".bin", ".pth", ".pt", ".ckpt"),
          List.of(".index"),
          List.of(".onnx"),
          List.of(".npz"));

  /** What training programs keep beside the weights. */
  private static final Set<String> NO_WEIGHTS =
      Set.of("training_args.bin", "optimizer.bin", "optimizer.pt", "scheduler.pt", "scheduler.bin");

  private ModelDirectory() {}

  /**
   * The file with the weights in a directory.
   *
   * @throws WeightsException if there is none, or several of which none has a usual name
   */
  static Path weightsIn(Path directory) {
    return USUAL_NAMES.stream()
        .map(directory::resolve)
        .filter(Files::exists)
        .findFirst()
        .or(() -> snapshot(directory).map(ModelDirectory::weightsIn))
        .or(() -> named(directory))
        .or(() -> only(directory))
        .orElseThrow(
            () ->
                new WeightsException(
                    Cause.UNKNOWN_FORMAT,
                    directory,
                    "the directory holds neither model.safetensors, pytorch_model.bin nor a "
                        + "SavedModel; name a directory that does, or a file"));
  }

  private static Optional<Path> snapshot(Path directory) {
    var snapshots = directory.resolve("snapshots");
    return Files.isDirectory(snapshots)
        ? one(directory, "snapshots", list(snapshots, Files::isDirectory))
        : Optional.empty();
  }

  private static Optional<Path> named(Path directory) {
    var text = directory.resolve("checkpoint");
    return Files.isRegularFile(text)
        ? Optional.of(TensorFlowFiles.indexOf(text)).filter(index -> !index.equals(text))
        : Optional.empty();
  }

  private static Optional<Path> only(Path directory) {
    return ENDINGS.stream()
        .map(endings -> list(directory, file -> isWeightFile(file, endings)))
        .filter(files -> !files.isEmpty())
        .findFirst()
        .flatMap(files -> one(directory, "weight files", files));
  }

  private static boolean isWeightFile(Path file, List<String> endings) {
    var name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && !name.startsWith(".")
        && !name.startsWith("rng_state")
        && !NO_WEIGHTS.contains(name)
        && endings.stream().anyMatch(name::endsWith);
  }

  private static Optional<Path> one(Path directory, String what, List<Path> paths) {
    if (paths.size() > 1) {
      throw new WeightsException(
          Cause.AMBIGUOUS,
          directory,
          "the directory holds several %s; name one of %s",
          what,
          paths.stream().limit(20).map(Path::toString).collect(Collectors.joining(", ")));
    }
    return paths.stream().findFirst();
  }

  private static List<Path> list(Path directory, Predicate<Path> wanted) {
    try (var files = Files.list(directory)) {
      return files.filter(wanted).sorted().toList();
    } catch (IOException e) {
      throw new WeightsException(
          Cause.FILE,
          e,
          directory,
          "the directory can't be read (%s); check its permissions",
          e.getMessage());
    }
  }
}
