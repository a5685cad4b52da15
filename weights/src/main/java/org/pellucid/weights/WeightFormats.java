package org.pellucid.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.ZipDirectory;
import org.pellucid.weights.numpy.Npy;
import org.pellucid.weights.numpy.Npz;
import org.pellucid.weights.onnx.OnnxFormat;
import org.pellucid.weights.pytorch.PyTorchFormat;
import org.pellucid.weights.safetensors.SafetensorsFormat;
import org.pellucid.weights.tensorflow.TensorBundle;

/** Tells by its content which format a file has, and has that format's reader read it. */
final class WeightFormats {
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
          "model.onnx");

  /** How files begin that are sometimes taken for weights, with what to do. */
  private enum ForeignFormat {
    JPEG("this is a JPEG image", 0xff, 0xd8, 0xff),
    PNG("this is a PNG image", 0x89, 'P', 'N', 'G'),
    GIF("this is a GIF image", 'G', 'I', 'F', '8'),
    PDF("this is a PDF document", '%', 'P', 'D', 'F'),
    HDF5(
        "this is an HDF5 file, as Keras writes; save the model as a SavedModel or safetensors",
        0x89,
        'H',
        'D',
        'F'),
    GGUF("this is a GGUF file; convert it to safetensors first", 'G', 'G', 'U', 'F'),
    SEVEN_ZIP("this is a 7z archive; unpack it first", '7', 'z', 0xbc, 0xaf),
    GZIP("this is a gzip file; unpack it first", 0x1f, 0x8b),
    HTML("this is a web page; fetch the file itself, not the page about it", '<'),
    POINTER("this stands for a large file; fetch that with: git lfs pull", 'v', 'e', 'r', 's', 'i');

    private final String sentence;
    private final int[] beginning;

    ForeignFormat(String sentence, int... beginning) {
      this.sentence = sentence;
      this.beginning = beginning;
    }

    private boolean recognises(MemorySegment content) {
      var fits = content.byteSize() >= beginning.length;
      for (var i = 0; fits && i < beginning.length; i++) {
        fits = (content.get(ValueLayout.JAVA_BYTE, i) & 0xff) == beginning[i];
      }
      return fits;
    }
  }

  private WeightFormats() {}

  /**
   * The file with the weights in a directory.
   *
   * @throws WeightsException if none of the usual names is there
   */
  static Path weightsIn(Path directory) {
    return USUAL_NAMES.stream()
        .map(directory::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new WeightsException(
                    Cause.UNKNOWN_FORMAT,
                    directory,
                    "the directory holds neither model.safetensors, pytorch_model.bin nor a "
                        + "SavedModel; name a directory that does, or a file"));
  }

  static Checkpoint read(Path file, MemorySegment content, Arena arena, Limits limits) {
    if (ZipDirectory.recognises(content)) {
      return readArchive(file, content, arena, limits);
    }
    if (PyTorchFormat.recognises(content)) {
      return PyTorchFormat.read(file, content, arena, limits);
    }
    if (Npy.recognises(content)) {
      return Npy.read(file, content, arena);
    }
    if (isIndex(content)) {
      return ShardIndex.read(file, content, arena, limits);
    }
    if (SafetensorsFormat.recognises(content)) {
      return SafetensorsFormat.read(file, content, arena, limits);
    }
    if (TensorBundle.recognises(content)) {
      return TensorBundle.read(file, content, arena, limits);
    }
    if (OnnxFormat.recognises(content)) {
      return OnnxFormat.read(file, content, arena, limits);
    }
    throw new WeightsException(Cause.UNKNOWN_FORMAT, file, "%s", describe(content));
  }

  /** Whether the content is the index of a model that is split over several files. */
  static boolean isIndex(MemorySegment content) {
    return ShardIndex.recognises(content) && !SafetensorsFormat.fits(content);
  }

  private static Checkpoint readArchive(
      Path file, MemorySegment content, Arena arena, Limits limits) {
    var archive = new ZipDirectory(file, content, limits);
    if (PyTorchFormat.recognises(archive)) {
      return PyTorchFormat.read(file, archive, arena, limits);
    }
    if (Npz.recognises(archive)) {
      return Npz.read(file, archive, arena, limits);
    }
    throw new WeightsException(
        Cause.UNKNOWN_FORMAT,
        file,
        "this ZIP archive holds neither a data.pkl, as torch.save writes, nor NPY files; unpack it "
            + "and name a weight file in it");
  }

  private static String describe(MemorySegment content) {
    if (content.byteSize() == 0) {
      return "the file is empty; fetch it again";
    }
    for (var stranger : ForeignFormat.values()) {
      if (stranger.recognises(content)) {
        return stranger.sentence + " and no weight file that can be read";
      }
    }
    var beginning = content.asSlice(0, Math.min(256, content.byteSize()));
    var text = new String(beginning.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    var isText = text.chars().allMatch(letter -> letter >= ' ' || "\t\r\n".indexOf(letter) >= 0);
    return (isText ? "this is a text and" : "this is")
        + " no weight file that can be read; give a PyTorch, safetensors, TensorFlow, ONNX or NumPy"
        + " file or a directory with a model";
  }
}
