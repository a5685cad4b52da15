package org.pellucid.weights.pytorch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.StridedTensor;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightWriter;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.StoredZip;

/**
 * Writes a state dict as {@code torch.save} does, in the ZIP form of PyTorch 1.6 and later; {@code
 * torch.load(file, weights_only=True)} accepts it.
 */
public final class PyTorchWriter implements WeightWriter {
  private static final String ROOT = "archive/";

  @Override
  public List<String> endings() {
    return List.of(".pth", ".pt", ".bin");
  }

  /**
   * Writes tensors to a file, one after the other in their order; it appears under its name only
   * when it is whole.
   *
   * @throws WeightsException if a tensor has a type that PyTorch lacks, or the file can't be
   *     written
   */
  public static void write(Path file, Collection<WeightTensor> tensors) {
    AtomicFile.writeWeights(file, new PyTorchWriter().content(file, tensors, Map.of()));
  }

  @Override
  public AtomicFile.Content content(
      Path file, Collection<WeightTensor> tensors, Map<String, String> metadata) {
    var pickle = pickle(file, List.copyOf(tensors));
    return temporary -> writeAll(temporary, pickle, tensors);
  }

  private static void writeAll(Path file, byte[] pickle, Collection<WeightTensor> tensors)
      throws IOException {
    try (var zip = new StoredZip(file)) {
      zip.add(ROOT + "data.pkl", pickle);
      zip.add(ROOT + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      var key = 0;
      for (var tensor : tensors) {
        zip.add(ROOT + "data/" + key++, tensor.info().bytes(), tensor::forEachChunk);
      }
      zip.add(ROOT + "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** An ordered dictionary of calls to {@code _rebuild_tensor_v2}, a storage for each tensor. */
  private static byte[] pickle(Path file, List<WeightTensor> tensors) {
    var pickle = new PickleWriter();
    pickle.global("collections", "OrderedDict").opcodes(')', 'R', '(');
    for (var key = 0; key < tensors.size(); key++) {
      var info = tensors.get(key).info();
      pickle.text(info.name()).global("torch._utils", "_rebuild_tensor_v2").opcodes('(', '(');
      pickle.text("storage").global("torch", storageClass(file, info));
      pickle.text(Integer.toString(key)).text("cpu").number(info.elements()).opcodes('t', 'Q');
      pickle.number(0).tuple(info.shape()).tuple(StridedTensor.denseStrides(info.shape()));
      pickle.opcodes(0x89).global("collections", "OrderedDict").opcodes(')', 'R', 't', 'R');
    }
    return pickle.opcodes('u').end();
  }

  private static String storageClass(Path file, TensorInfo info) {
    return switch (info.dtype()) {
      case F64 -> "DoubleStorage";
      case F32 -> "FloatStorage";
      case F16 -> "HalfStorage";
      case BF16 -> "BFloat16Storage";
      case I64 -> "LongStorage";
      case I32 -> "IntStorage";
      case I16 -> "ShortStorage";
      case I8 -> "CharStorage";
      case U8 -> "ByteStorage";
      case BOOL -> "BoolStorage";
      case U64, U32, U16, OTHER ->
          throw new WeightsException(
              Cause.UNSUPPORTED,
              FileLocation.in(file).of(info.name()),
              "PyTorch before 2.3 has no type for %s, which %s has; write safetensors instead",
              info.dtype(),
              info.name());
    };
  }
}
