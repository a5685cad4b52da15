package org.pellucid.weights.convert;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.numpy.NpzWriter;
import org.pellucid.weights.pytorch.PyTorchWriter;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** The formats that are written, told by the file's ending. */
public enum Target {
  /** {@code .safetensors}. */
  SAFETENSORS(List.of(".safetensors")),
  /** {@code .npz}. */
  NPZ(List.of(".npz")),
  /** {@code .pth}, {@code .pt} and {@code .bin}. */
  PYTORCH(List.of(".pth", ".pt", ".bin"));

  private final List<String> endings;

  Target(List<String> endings) {
    this.endings = endings;
  }

  /** The format that a file's ending means, if one is known. */
  public static Optional<Target> of(Path file) {
    return List.of(values()).stream()
        .filter(target -> target.endings.stream().anyMatch(file.toString()::endsWith))
        .findFirst();
  }

  /** What a file with the tensors holds; see the format's writer. */
  AtomicFile.Content content(
      Path file, Collection<WeightTensor> tensors, Map<String, String> metadata) {
    return switch (this) {
      case SAFETENSORS -> SafetensorsWriter.content(tensors, metadata);
      case NPZ -> NpzWriter.content(file, tensors);
      case PYTORCH -> PyTorchWriter.content(file, tensors);
    };
  }
}
