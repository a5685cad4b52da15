package org.pellucid.weights.files;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How files begin that are sometimes taken for weights, with advice. */
enum ForeignFormat {
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
  HTML("this is a web page; download the file itself, not the page about it", '<'),
  POINTER(
      "this is a Git LFS pointer; download the file with: git lfs pull", 'v', 'e', 'r', 's', 'i');

  private static final int SAMPLE = 256;

  private final String sentence;
  private final int[] beginning;

  ForeignFormat(String sentence, int... beginning) {
    this.sentence = sentence;
    this.beginning = beginning;
  }

  /** A sentence on a file in none of the known formats. */
  static String describe(MemorySegment content) {
    if (content.byteSize() == 0) {
      return "the file is empty; download it again";
    }
    return List.of(values()).stream()
        .filter(format -> format.recognises(content))
        .findFirst()
        .map(format -> format.sentence + " and not a weight file that can be read")
        .orElseGet(
            () ->
                (isText(content) ? "this is text and" : "this is")
                    + " not a weight file that can be read; give a PyTorch, safetensors,"
                    + " TensorFlow, ONNX or NumPy file or a directory with a model");
  }

  private static boolean isText(MemorySegment content) {
    var beginning = content.asSlice(0, Math.min(SAMPLE, content.byteSize()));
    var text = new String(beginning.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    return text.chars().allMatch(character -> character >= ' ' || "\t\r\n".indexOf(character) >= 0);
  }

  private boolean recognises(MemorySegment content) {
    var fits = content.byteSize() >= beginning.length;
    for (var i = 0; fits && i < beginning.length; i++) {
      fits = (content.get(ValueLayout.JAVA_BYTE, i) & 0xff) == beginning[i];
    }
    return fits;
  }
}
