package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.ZipBytes;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.Inspection;
import org.pellucid.weights.inspect.Verification;

/** PyTorch checkpoints that want to run code, read beyond their storages or mislead the reader. */
class PyTorchAttackTests {
  private static final byte[] FOUR_FLOATS = {
    0, 0, -128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, -128, 64
  };

  @TempDir Path directory;

  private Path archive(Map<String, byte[]> entries, int method) throws IOException {
    return Files.write(directory.resolve("model.pth"), ZipBytes.of(new TreeMap<>(entries), method));
  }

  private Path checkpoint(byte[] pickle) throws IOException {
    return archive(Map.of("m/data.pkl", pickle, "m/data/0", FOUR_FLOATS), ZipEntry.STORED);
  }

  private static byte[] honest(int offset, int size, int stride) {
    return new Pickles().raw('}').text("w").tensor("0", 4, offset, size, stride).raw('s').end();
  }

  private static void checkRefused(Path file, Cause cause) {
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close());
    assertThat(error).isNotNull();
    assertThat(error.kind()).isEqualTo(cause);
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  @Test
  void readsAnHonestCheckpoint() throws IOException {
    var file = checkpoint(honest(0, 4, 1));
    try (var checkpoint = WeightFiles.open(file)) {
      assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 2, 3, 4);
    }
    assertThat(Verification.verify(file)).contains("1 tensors");
  }

  @Test
  void readsStridedViews() throws IOException {
    try (var checkpoint = WeightFiles.open(checkpoint(honest(1, 2, 2)))) {
      assertThat(checkpoint.tensor("w").toFloats()).containsExactly(2, 4);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "nt, system",
    "builtins, eval",
    "builtins, exec",
    "__builtin__, getattr",
    "subprocess, Popen",
    "runpy, _run_code",
    "socket, create_connection",
    "pip, main",
    "torch, load",
    "torch.hub, load"
  })
  void executesNothing(String module, String name) throws IOException {
    var proof = directory.resolve("executed");
    var pickle = new Pickles().global(module, name).text("touch " + proof).raw(0x85, 'R').end();
    checkRefused(checkpoint(pickle), Cause.FORBIDDEN_CODE);
    assertThat(proof).doesNotExist();
  }

  @Test
  void executesNothingByANameFromTheStack() throws IOException {
    var pickle = new Pickles().text("os").text("system").raw(0x93).text("x").raw(0x85, 'R').end();
    checkRefused(checkpoint(pickle), Cause.FORBIDDEN_CODE);
  }

  @Test
  void callsNoStorageAsAFunction() throws IOException {
    var pickle = new Pickles().global("torch", "FloatStorage").text("x").raw(0x85, 'R').end();
    checkRefused(checkpoint(pickle), Cause.FORBIDDEN_CODE);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 4, 1",
    "0, 5, 1",
    "0, 3, 2",
    "-1, 2, 1",
    "0, -2, 1",
    "0, 2, -1",
    "0, 2147483647, 2147483647"
  })
  void readsNothingOutsideOfAStorage(int offset, int size, int stride) throws IOException {
    checkRefused(checkpoint(honest(offset, size, stride)), Cause.INVALID_TENSOR);
  }

  @Test
  void noticesAStorageThatIsShorterThanAnnounced() throws IOException {
    var pickle = new Pickles().raw('}').text("w").tensor("0", 9, 0, 4, 1).raw('s').end();
    checkRefused(checkpoint(pickle), Cause.TRUNCATED);
  }

  @Test
  void noticesAMissingStorage() throws IOException {
    var pickle = new Pickles().raw('}').text("w").tensor("7", 4, 0, 4, 1).raw('s').end();
    checkRefused(checkpoint(pickle), Cause.TRUNCATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t", "R", "a", "s", "u", "b", "Q", "h", "0"})
  void survivesOpcodesWithoutTheirOperands(String opcode) throws IOException {
    var pickle = new Pickles().raw(opcode.charAt(0)).raw(0).end();
    var file = checkpoint(pickle);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file));
    assertThat(error).isNotNull();
  }

  @Test
  void stopsAtNestingWithoutEnd() throws IOException {
    var pickle = new Pickles();
    for (var i = 0; i < 500; i++) {
      pickle.raw(']');
    }
    for (var i = 0; i < 499; i++) {
      pickle.raw('a');
    }
    checkRefused(checkpoint(pickle.end()), Cause.LIMIT);
  }

  @Test
  void stopsAtAListThatHoldsItself() throws IOException {
    var pickle = new Pickles().raw(']', 'q', 0, 'h', 0, 'a').end();
    checkRefused(checkpoint(pickle), Cause.LIMIT);
  }

  @Test
  void executesNothingInATorchScriptProgram() throws IOException {
    var pickle = new Pickles().global("os", "system").text("x").raw(0x85, 'R').end();
    var entries =
        Map.of("m/data.pkl", pickle, "m/data/0", FOUR_FLOATS, "m/constants.pkl", new byte[1]);
    checkRefused(archive(entries, ZipEntry.STORED), Cause.FORBIDDEN_CODE);
    var script = new Pickles().global("__torch__.Net", "Net").raw(')', 0x81).end();
    checkRefused(checkpoint(script), Cause.FORBIDDEN_CODE);
  }

  @Test
  void refusesCompressedEntriesAndSoZipBombs() throws IOException {
    var bomb = new byte[1 << 20];
    var entries = Map.of("m/data.pkl", honest(0, 4, 1), "m/data/0", bomb);
    checkRefused(archive(entries, ZipEntry.DEFLATED), Cause.UNSUPPORTED);
  }

  @Test
  void refusesEntriesThatPointOutside() throws IOException {
    var entries = Map.of("m/data.pkl", honest(0, 4, 1), "m/data/../../0", FOUR_FLOATS);
    checkRefused(archive(entries, ZipEntry.STORED), Cause.INVALID_HEADER);
  }

  @Test
  void noticesADamagedByteWhenVerifying() throws IOException {
    var file = checkpoint(honest(0, 4, 1));
    var bytes = Files.readAllBytes(file);
    var at =
        new String(bytes, StandardCharsets.ISO_8859_1)
            .indexOf(new String(FOUR_FLOATS, StandardCharsets.ISO_8859_1));
    bytes[at + 2] ^= 1;
    Files.write(file, bytes);
    var error = catchThrowableOfType(WeightsException.class, () -> Verification.verify(file));
    assertThat(error.kind()).isEqualTo(Cause.CHECKSUM);
  }

  @Test
  void survivesACutAtEveryByte() throws IOException {
    var whole = Files.readAllBytes(checkpoint(honest(0, 4, 1)));
    var file = directory.resolve("cut.pth");
    for (var length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      var error =
          catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close());
      assertThat(error).as("cut at %d", length).isNotNull();
    }
  }

  @Test
  void survivesEveryChangedByte() throws IOException {
    var whole = Files.readAllBytes(checkpoint(honest(0, 4, 1)));
    var file = directory.resolve("changed.pth");
    for (var at = 0; at < whole.length; at++) {
      var changed = whole.clone();
      changed[at] ^= (byte) 0xff;
      Files.write(file, changed);
      try (var checkpoint = WeightFiles.open(file)) {
        Inspection.of(checkpoint);
      } catch (WeightsException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void guessesNoByteOrder() throws IOException {
    var entries = new TreeMap<>(Map.of("m/data.pkl", honest(0, 4, 1), "m/data/0", FOUR_FLOATS));
    entries.put("m/byteorder", "middle".getBytes(StandardCharsets.US_ASCII));
    checkRefused(archive(entries, ZipEntry.STORED), Cause.INVALID_HEADER);
  }
}
