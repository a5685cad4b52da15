package org.pellucid.weights.convert;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Rewrites a checkpoint as safetensors, in another type on demand, and checks what it wrote. */
public final class Conversion {

  /**
   * What became of one tensor.
   *
   * @param sha256 of the bytes written
   */
  public record Line(TensorInfo from, TensorInfo to, String sha256) {}

  private Conversion() {}

  /**
   * Writes the weights to a safetensors file, reads them back and compares.
   *
   * @param dtype the type of all floating-point tensors in the file; empty to keep each one's
   * @return a line for each tensor
   * @throws WeightsException if a number is too large for the type, or the file can't be written
   */
  public static List<Line> toSafetensors(
      Checkpoint checkpoint, Path out, Optional<DType> dtype, Map<String, String> metadata) {
    var tensors = new ArrayList<WeightTensor>();
    for (var tensor : checkpoint.tensors().values()) {
      var convert = dtype.isPresent() && tensor.info().dtype().isFloatingPoint();
      tensors.add(convert ? converted(checkpoint, tensor, dtype.get()) : tensor);
    }
    SafetensorsWriter.write(out, tensors, metadata);
    return compared(checkpoint, out, tensors);
  }

  private static WeightTensor converted(Checkpoint checkpoint, WeightTensor tensor, DType dtype) {
    if (tensor.info().dtype() == dtype) {
      return tensor;
    }
    var info = new TensorInfo(tensor.info().name(), dtype, tensor.info().shape());
    return WeightTensor.of(info, () -> encoded(checkpoint, tensor, dtype));
  }

  private static MemorySegment encoded(Checkpoint checkpoint, WeightTensor tensor, DType dtype) {
    var values = tensor.toDoubles();
    var bytes = WeightTensor.encode(values, dtype);
    var written =
        WeightTensor.of(
                new TensorInfo(tensor.info().name(), dtype, tensor.info().shape()), () -> bytes)
            .toDoubles();
    for (var i = 0; i < values.length; i++) {
      if (Double.isInfinite(written[i]) && Double.isFinite(values[i])) {
        throw new WeightsException(
            Cause.OVERFLOW,
            checkpoint.file(),
            "element %d of %s is %s, which is too large for %s; choose bf16 or f32",
            i,
            tensor.info().name(),
            values[i],
            dtype);
      }
    }
    return bytes;
  }

  private static List<Line> compared(Checkpoint checkpoint, Path out, List<WeightTensor> tensors) {
    var lines = new ArrayList<Line>();
    try (var written = Checkpoint.open(out)) {
      for (var tensor : tensors) {
        var name = tensor.info().name();
        var read = written.tensor(name);
        var sha256 = read.sha256();
        if (!Arrays.equals(read.info().shape(), tensor.info().shape())
            || !sha256.equals(tensor.sha256())) {
          throw new WeightsException(
              Cause.CHECKSUM, out, "%s reads back differently from what was written", name);
        }
        lines.add(new Line(checkpoint.tensor(name).info(), read.info(), sha256));
      }
    }
    return List.copyOf(lines);
  }
}
