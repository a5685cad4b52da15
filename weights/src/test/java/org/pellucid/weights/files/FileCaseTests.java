package org.pellucid.weights.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.SharedCases;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.convert.Conversion;
import org.pellucid.weights.inspect.Inspection;
import org.pellucid.weights.inspect.Verification;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Files and folders as people name them, and what is no weight file. */
class FileCaseTests {
  private static final String GOOGLE = "more/google_L-2_H-16_A-2";

  @TempDir Path directory;

  private static void checkCount(Path path, int tensors) {
    try (var checkpoint = WeightFiles.open(path)) {
      assertThat(checkpoint.names()).hasSize(tensors);
    }
  }

  private static WeightsException refusal(Path path) {
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(path).close());
    assertThat(error).isNotNull();
    assertThat(error.getMessage().lines()).hasSize(1);
    return error;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bert_model.ckpt.index", "/bert_model.ckpt", "/checkpoint", ""})
  void openATensorFlowCheckpointByAnyOfItsNames(String name) {
    checkCount(SharedCases.at(GOOGLE).resolve("." + name), 42);
  }

  @ParameterizedTest
  @ValueSource(strings = {"data-00000-of-00001", "meta"})
  void nameTheIndexToGiveInsteadOfAnotherFile(String ending) {
    var file = SharedCases.at(GOOGLE + "/bert_model.ckpt." + ending);
    assertThat(refusal(file))
        .hasMessageEndingWith("give " + SharedCases.at(GOOGLE) + "/bert_model.ckpt.index");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../model", "absent", "a/../../model"})
  void followNoNameOutOfTheFolder(String name) throws IOException {
    var inner = Files.createDirectory(directory.resolve("inner"));
    Files.createFile(directory.resolve("model.index"));
    var text = "model_checkpoint_path: \"%s\"\n".formatted(name);
    var file = Files.writeString(inner.resolve("checkpoint"), text);
    assertThat(refusal(file)).hasMessageContaining("not beside it; give the .index file itself");
    assertThat(refusal(inner)).hasMessageContaining("not beside it");
  }

  /** The cases hold each link as a text, as a copy without links leaves it. */
  private Path cached(String model) throws IOException {
    var source = SharedCases.at("more/hub/" + model);
    try (var files = Files.walk(source)) {
      for (var file : files.toList()) {
        var copy = directory.resolve(source.getParent().relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else if (file.toString().contains("snapshots")) {
          Files.createSymbolicLink(copy, Path.of(Files.readString(file)));
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return directory.resolve(model);
  }

  @Test
  void sayThatALinkIsOne() {
    var file = SharedCases.at("more/hub/models--z/snapshots/1/model.safetensors");
    assertThat(refusal(file)).hasMessageContaining("this is the text of a link and not a weight");
  }

  @Test
  void readExternalDataThroughTheLinksOfTheCache() throws IOException {
    var model = cached("models--x");
    checkCount(model.resolve("snapshots/123/onnx/model.onnx"), 16);
    checkCount(model.resolve("snapshots/123"), 16);
    checkCount(model, 16);
    var error = refusal(cached("models--y").resolve("snapshots/1/model.onnx"));
    assertThat(error.kind()).isEqualTo(Cause.INVALID_HEADER);
    assertThat(error).hasMessageContaining("which is not in its directory; it is refused");
  }

  @Test
  void takeTheOneSnapshotOfACachedModel() throws IOException {
    try (var checkpoint = WeightFiles.open(cached("models--z"))) {
      assertThat(checkpoint.names()).contains("bert.embeddings.word_embeddings.weight");
    }
    var one = Files.createDirectories(directory.resolve("models--m/snapshots/1"));
    Files.createDirectories(directory.resolve("models--m/snapshots/2"));
    write(one.resolve("model.safetensors"));
    var error = refusal(directory.resolve("models--m"));
    assertThat(error.kind()).isEqualTo(Cause.AMBIGUOUS);
    assertThat(error).hasMessageContaining("several snapshots; name one of " + one);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert_shards", "more/m_W21a", "more/m_W21b"})
  void openShardsOfBothKinds(String folder) {
    try (var checkpoint = WeightFiles.open(SharedCases.at(folder))) {
      assertThat(checkpoint.format()).startsWith("sharded-");
      assertThat(checkpoint.names()).contains("bert.embeddings.word_embeddings.weight");
    }
  }

  private static Path write(Path file) {
    var info = new TensorInfo("w", DType.F32, new long[] {1});
    var bytes = WeightTensor.encode(new double[] {1}, DType.F32);
    SafetensorsWriter.write(file, List.of(WeightTensor.of(info, () -> bytes)), Map.of());
    return file;
  }

  @Test
  void takeTheOnlyWeightFileOfAFolder() throws IOException {
    write(directory.resolve("best.safetensors"));
    Files.write(directory.resolve("training_args.bin"), new byte[10]);
    Files.write(directory.resolve("vocab.txt"), new byte[10]);
    checkCount(directory, 1);
    write(directory.resolve("last.safetensors"));
    assertThat(refusal(directory)).hasMessageContaining("several weight files; name one of");
    write(directory.resolve("model.safetensors"));
    checkCount(directory, 1);
  }

  @Test
  void listATypeThatIsNotReadAndRefuseItsNumbersByName() {
    for (var file : List.of("W16", "W17", "W17b")) {
      var path = SharedCases.at("more/%s.safetensors".formatted(file));
      try (var checkpoint = WeightFiles.open(path)) {
        var inspection = Inspection.of(checkpoint);
        assertThat(inspection.tensors()).hasSize(19);
        assertThat(inspection.toTable()).containsPattern("extra\\.[qs] +(float8|4-bit) \\(F");
        var name = checkpoint.names().contains("extra.q") ? "extra.q" : "extra.s";
        var error =
            catchThrowableOfType(WeightsException.class, () -> checkpoint.tensor(name).toFloats());
        assertThat(error).hasMessageContaining(name).hasMessageContaining("convert it to float32");
        var converting =
            catchThrowableOfType(
                WeightsException.class,
                () ->
                    Conversion.convert(
                        checkpoint, directory.resolve("x.npz"), Conversion.Request.copy()));
        assertThat(converting)
            .hasMessageContaining(name)
            .hasMessageContaining("can't be converted");
        assertThat(directory.resolve("x.npz")).doesNotExist();
      }
      assertThat(Verification.verify(path)).endsWith("finite but for 1 of kinds that aren't read");
    }
    checkCount(SharedCases.at("float8_beside.safetensors"), 2);
  }

  @Test
  void writeTheFormatThatOtherReadersDemand() {
    var out = directory.resolve("out.safetensors");
    try (var plain = WeightFiles.open(SharedCases.at("more/plain.pth"))) {
      Conversion.convert(plain, out, Conversion.Request.copy());
    }
    try (var written = WeightFiles.open(out)) {
      assertThat(written.metadata()).containsExactly(Map.entry("format", "pt"));
    }
  }

  @Test
  void keepWhatASafetensorsFileSaysOfItself() {
    var out = directory.resolve("out.safetensors");
    var file = SharedCases.at("more/W7b.safetensors");
    try (var source = WeightFiles.open(file)) {
      Conversion.convert(source, out, Conversion.Request.copy().withType(DType.F16));
      try (var written = WeightFiles.open(out)) {
        assertThat(written.metadata())
            .isEqualTo(source.metadata())
            .containsKeys("format", "author", "epoch");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lfs.pth, this is a Git LFS pointer",
    "lfs.safetensors, this is a Git LFS pointer",
    "lfs.onnx, this is a Git LFS pointer",
    "more/W8/net.pth, this is a Git LFS pointer",
    "web_page_bom.pth, this is a web page and not a weight file",
    "more/W9b.pth, this is a web page and not a weight file",
    "more/W9c.pth, this is a web page and not a weight file",
    "more/W9d.pth, this is a web page and not a weight file",
    "cut_off.pth, download"
  })
  void sayWhatIsNoWeightFile(String file, String message) {
    assertThat(refusal(SharedCases.at(file))).hasMessageContaining(message);
  }

  @Test
  void giveAdviceAtTheSentencesEnd() {
    assertThat(refusal(SharedCases.at("lfs.pth")))
        .hasMessageEndingWith(
            "this is a Git LFS pointer and not a weight file that can be read; fetch the file that"
                + " it stands for with: git lfs pull");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void recogniseAWebPageInAnyEncoding(String charset) throws IOException {
    for (var beginning : List.of("", "\ufeff", "\ufeff\r\n\t ", "\ufeff\ufeff")) {
      if (charset.equals("UTF-8") || !beginning.isEmpty()) {
        var page = (beginning + "<html lang='zh'>\u4f60</html>").getBytes(charset);
        var file = Files.write(directory.resolve("x.pth"), page);
        assertThat(refusal(file)).hasMessageContaining("this is a web page");
      }
    }
    var text = "Entry not found".getBytes(StandardCharsets.UTF_8);
    var file = Files.write(directory.resolve("x.pth"), text);
    assertThat(refusal(file)).hasMessageContaining("this is text and not a weight file");
  }
}
