package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.Inspection;

/** ONNX models in all the forms their initialisers take, and some that no exporter writes. */
class OnnxAttackTests {
  private static final int FLOAT = 1;
  private static final byte[] ONE_AND_TWO = {0, 0, -128, 63, 0, 0, 0, 64};

  @TempDir Path temporary;
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectory(temporary.resolve("model"));
  }

  private static Messages tensor(int type, long... shape) {
    return new Messages().bytes(1, Messages.packed(shape)).number(2, type).text(8, "w");
  }

  private static Messages model(Messages... initialisers) {
    var graph = new Messages();
    for (var initialiser : initialisers) {
      graph.message(5, initialiser);
    }
    return new Messages().number(1, 8).text(2, "test").message(7, graph);
  }

  private Path file(Messages model) throws IOException {
    return Files.write(directory.resolve("x.onnx"), model.end());
  }

  private static void checkRefused(Path file, Cause cause) {
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close());
    assertThat(error).isNotNull();
    assertThat(error.kind()).as(error.getMessage()).isEqualTo(cause);
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  private void checkReads(Messages initialiser, DType dtype, double... values) throws IOException {
    try (var checkpoint = WeightFiles.open(file(model(initialiser)))) {
      assertThat(checkpoint.format()).isEqualTo("onnx");
      assertThat(checkpoint.tensor("w").info().dtype()).isEqualTo(dtype);
      assertThat(checkpoint.tensor("w").toDoubles()).containsExactly(values);
    }
  }

  @Test
  void readsRawBytesAndListsPackedOrNot() throws IOException {
    checkReads(tensor(FLOAT, 2).bytes(9, ONE_AND_TWO), DType.F32, 1, 2);
    checkReads(tensor(FLOAT, 2).bytes(4, ONE_AND_TWO), DType.F32, 1, 2);
    var unpacked = tensor(FLOAT, 2).raw((byte) (4 << 3 | 5), (byte) 0, (byte) 0, (byte) -128);
    unpacked.raw((byte) 63).raw((byte) (4 << 3 | 5)).raw((byte) 0, (byte) 0, (byte) 0, (byte) 64);
    checkReads(unpacked, DType.F32, 1, 2);
    checkReads(tensor(7, 2).bytes(7, Messages.packed(5, -3)), DType.I64, 5, -3);
    checkReads(tensor(7, 2).number(7, 5).number(7, -3), DType.I64, 5, -3);
    checkReads(tensor(10, 2).bytes(5, Messages.packed(0x3c00, 0xc000)), DType.F16, 1, -2);
    checkReads(tensor(16, 1).bytes(5, Messages.packed(0x3f80)), DType.BF16, 1);
    checkReads(tensor(3, 2).bytes(5, Messages.packed(-1, 7)), DType.I8, -1, 7);
    checkReads(tensor(12, 1).bytes(11, Messages.packed(0xffff_ffffL)), DType.U32, 0xffff_ffffL);
    checkReads(tensor(13, 1).bytes(11, Messages.packed(-1)), DType.U64, 0x1p64);
    checkReads(tensor(FLOAT).bytes(9, Arrays.copyOf(ONE_AND_TWO, 4)), DType.F32, 1);
    checkReads(tensor(FLOAT, 0, 3), DType.F32);
  }

  @Test
  void readsExternalFilesInTheModelsDirectory() throws IOException {
    Files.createDirectory(directory.resolve("data"));
    Files.write(directory.resolve("data/w.bin"), new byte[] {9, 9, 0, 0, -128, 63, 0, 0, 0, 64});
    var external = external("data/w.bin");
    external.message(13, new Messages().text(1, "offset").text(2, "2"));
    external.message(13, new Messages().text(1, "length").text(2, "8"));
    checkReads(external, DType.F32, 1, 2);
  }

  private static Messages external(String location) {
    return tensor(FLOAT, 2)
        .message(13, new Messages().text(1, "location").text(2, location))
        .number(14, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret",
        "a/../../secret",
        "",
        " ",
        "a\0b",
        "..\\secret",
        "C:secret",
        "./w",
        "w/",
        "a//w"
      })
  void readsNoExternalFileElsewhere(String location) throws IOException {
    Files.write(temporary.resolve("secret"), ONE_AND_TWO);
    Files.createDirectory(directory.resolve("a"));
    checkRefused(file(model(external(location))), Cause.INVALID_HEADER);
  }

  @Test
  void readsNoExternalFileByItsFullPathNorThroughALink() throws IOException {
    var secret = Files.write(temporary.resolve("secret"), ONE_AND_TWO);
    checkRefused(file(model(external(secret.toString()))), Cause.INVALID_HEADER);
    Files.createSymbolicLink(directory.resolve("link"), secret);
    checkRefused(file(model(external("link"))), Cause.INVALID_HEADER);
    Files.createSymbolicLink(directory.resolve("up"), temporary);
    checkRefused(file(model(external("up/secret"))), Cause.INVALID_HEADER);
    checkRefused(file(model(external("absent"))), Cause.FILE);
  }

  @ParameterizedTest
  @CsvSource({
    "offset, 4, TRUNCATED",
    "offset, -1, INVALID_HEADER",
    "offset, 9223372036854775807, TRUNCATED",
    "offset, x, INVALID_HEADER",
    "length, 4, INVALID_TENSOR"
  })
  void readsNothingOutsideOfAnExternalFile(String key, String value, Cause cause)
      throws IOException {
    Files.write(directory.resolve("w.bin"), ONE_AND_TWO);
    var external = external("w.bin").message(13, new Messages().text(1, key).text(2, value));
    checkRefused(file(model(external)), cause);
  }

  @Test
  void refusesNumbersThatDontFillTheShape() throws IOException {
    checkRefused(file(model(tensor(FLOAT, 3).bytes(9, ONE_AND_TWO))), Cause.INVALID_TENSOR);
    checkRefused(file(model(tensor(FLOAT, -2).bytes(9, ONE_AND_TWO))), Cause.INVALID_TENSOR);
    var huge = tensor(FLOAT, Long.MAX_VALUE, 2).bytes(9, ONE_AND_TWO);
    checkRefused(file(model(huge)), Cause.INVALID_TENSOR);
    var twice = tensor(FLOAT, 2).bytes(9, ONE_AND_TWO).bytes(4, ONE_AND_TWO);
    checkRefused(file(model(twice)), Cause.INVALID_TENSOR);
    var ofAnotherType = tensor(FLOAT, 2).bytes(5, Messages.packed(1, 2));
    checkRefused(file(model(ofAnotherType)), Cause.INVALID_TENSOR);
    checkRefused(file(model(tensor(7, 3).bytes(7, Messages.packed(1, 2)))), Cause.INVALID_TENSOR);
    checkRefused(file(model(tensor(14, 1).bytes(9, ONE_AND_TWO))), Cause.UNSUPPORTED);
    var axes = new Messages().bytes(1, new byte[100]).number(2, FLOAT);
    checkRefused(file(model(axes)), Cause.INVALID_HEADER);
  }

  @Test
  void refusesANameThatStandsTwiceAndAModelWithoutWeights() throws IOException {
    var one = tensor(FLOAT, 2).bytes(9, ONE_AND_TWO);
    checkRefused(file(model(one, one)), Cause.INVALID_LAYOUT);
    checkRefused(file(model()), Cause.UNKNOWN_FORMAT);
    var twoGraphs = model(one).message(7, new Messages());
    checkRefused(file(twoGraphs), Cause.INVALID_HEADER);
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 1000, Integer.MAX_VALUE, Long.MAX_VALUE, -1})
  void refusesAFieldThatReachesBeyondItsMessage(long length) throws IOException {
    var initialiser = tensor(FLOAT, 2).announce(9, length).raw(ONE_AND_TWO);
    checkRefused(file(model(initialiser)), Cause.TRUNCATED);
  }

  @Test
  void survivesACutAndAChangeAtEveryByte() throws IOException {
    var whole = model(tensor(FLOAT, 2).bytes(9, ONE_AND_TWO)).end();
    for (var at = 0; at < whole.length; at++) {
      var cut = Files.write(directory.resolve("cut.onnx"), Arrays.copyOf(whole, at));
      var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(cut).close());
      assertThat(error).as("cut at %d", at).isNotNull();
      var changed = whole.clone();
      changed[at] ^= (byte) 0xff;
      try (var checkpoint = WeightFiles.open(Files.write(directory.resolve("x.onnx"), changed))) {
        Inspection.of(checkpoint);
      } catch (WeightsException e) {
        assertThat(e.getMessage()).as("changed at %d", at).isNotBlank();
      }
    }
  }

  @Test
  void unfoldsNoExternalFileOverAndOver() throws IOException {
    var data = Files.write(directory.resolve("w.bin"), new byte[1 << 20]);
    Files.createSymbolicLink(directory.resolve("link"), data);
    var graph = new Messages();
    for (var i = 0; i < 300; i++) {
      var tensor = new Messages().bytes(1, Messages.packed(1 << 18)).number(2, FLOAT);
      var location = new Messages().text(1, "location").text(2, i % 2 == 0 ? "w.bin" : "link");
      tensor.text(8, "w" + i).message(13, location);
      graph.message(5, tensor.number(14, 1));
    }
    checkRefused(file(new Messages().number(1, 8).message(7, graph)), Cause.LIMIT);
  }

  @Test
  void readsNoTextsThatFillTheMemory() throws IOException {
    var one = tensor(FLOAT, 2).bytes(9, ONE_AND_TWO);
    checkRefused(file(model(one).bytes(2, new byte[(1 << 20) + 1])), Cause.LIMIT);
    var node = new Messages();
    for (var i = 0; i < 2000; i++) {
      node.text(1, "");
    }
    var graph = new Messages().message(5, one).message(1, node).message(1, node);
    var file = file(new Messages().number(1, 8).message(7, graph));
    WeightFiles.open(file).close();
    var limits = Limits.standard().withTensors(3000);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file, limits));
    assertThat(error.kind()).isEqualTo(Cause.LIMIT);
  }
}
