package org.pellucid.weights.files;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How files begin that are sometimes taken for weights, with advice. */
enum ForeignFormat {
  JPEG("a JPEG image", "", "\u00ff\u00d8\u00ff"),
  PNG("a PNG image", "", "\u0089PNG"),
  GIF("a GIF image", "", "GIF8"),
  PDF("a PDF document", "", "%PDF"),
  HDF5(
      "an HDF5 file, as Keras writes",
      "save the model as a SavedModel or safetensors",
      "\u0089HDF"),
  GGUF("a GGUF file", "convert it to safetensors first", "GGUF"),
  SEVEN_ZIP("a 7z archive", "unpack it first", "7z\u00bc\u00af"),
  GZIP("a gzip file", "unpack it first", "\u001f\u008b"),
  HTML("a web page", "download the file itself, not the page about it", "<"),
  LINK("the text of a link", "copy the folder again together with its links", "../"),
  POINTER(
      "a Git LFS pointer",
      "fetch the file that it stands for with: git lfs pull",
      "version https://git-lfs");

  private static final int SAMPLE = 256;
  private static final char MARK = '\ufeff';

  private final String name;
  private final String advice;
  private final String beginning;

  ForeignFormat(String name, String advice, String beginning) {
    this.name = name;
    this.advice = advice;
    this.beginning = beginning;
  }

  /** A sentence on a file in none of the known formats. */
  static String describe(MemorySegment content) {
    if (content.byteSize() == 0) {
      return "the file is empty; download it again";
    }
    var sample = content.asSlice(0, Math.min(SAMPLE, content.byteSize()));
    var bytes = sample.toArray(ValueLayout.JAVA_BYTE);
    var latin = new String(bytes, StandardCharsets.ISO_8859_1);
    var text = withoutBlanks(new String(bytes, charset(latin)));
    return List.of(values()).stream()
        .filter(format -> latin.startsWith(format.beginning) || text.startsWith(format.beginning))
        .findFirst()
        .map(ForeignFormat::sentence)
        .orElseGet(
            () ->
                (isText(latin) ? "this is text and" : "this is")
                    + " not a weight file that can be read; give a PyTorch, safetensors,"
                    + " TensorFlow, ONNX or NumPy file or a directory with a model");
  }

  private String sentence() {
    return "this is %s and not a weight file that can be read%s"
        .formatted(name, advice.isEmpty() ? "" : "; " + advice);
  }

  /** The encoding that a byte-order mark at the beginning stands for. */
  private static Charset charset(String latin) {
    if (latin.startsWith("\u00ff\u00fe")) {
      return StandardCharsets.UTF_16LE;
    }
    return latin.startsWith("\u00fe\u00ff") ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_8;
  }

  private static String withoutBlanks(String text) {
    var begin = 0;
    while (begin < text.length()
        && (text.charAt(begin) == MARK || Character.isWhitespace(text.charAt(begin)))) {
      begin++;
    }
    return text.substring(begin);
  }

  private static boolean isText(String latin) {
    return latin
        .chars()
        .allMatch(character -> character >= ' ' || "\t\r\n".indexOf(character) >= 0);
  }
}
