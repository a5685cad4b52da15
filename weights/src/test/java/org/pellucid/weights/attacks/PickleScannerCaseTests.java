package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.ZipBytes;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.Verification;

/**
 * What the public scanners of pickles, picklescan and fickling, are tested with, case by case,
 * where {@link PyTorchAttackTests}, {@link PickleStructureTests} and {@link ZipAttackTests} don't
 * have it.
 */
class PickleScannerCaseTests {
  private static final byte[] STORAGE = {0, 0, -128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, -128, 64};

  @TempDir Path directory;

  private static byte[] bytes(String latin) {
    return latin.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] joined(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (var part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static Map<String, byte[]> entries(byte[] pickle) {
    var entries = new LinkedHashMap<String, byte[]>();
    entries.put("m/data.pkl", pickle);
    entries.put("m/data/0", STORAGE);
    return entries;
  }

  private static byte[] honest() {
    return new Pickles().raw('}').text("w").tensor("0", 4, 0, 4, 1).raw('s').end();
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(directory.resolve(name), content);
  }

  private void checkPickle(byte[] pickle, Cause cause) throws IOException {
    checkRefused(file("model.pth", ZipBytes.stored(entries(pickle))), cause);
  }

  private static void checkRefused(Path file, Cause cause) {
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close());
    assertThat(error).isNotNull();
    assertThat(error.kind()).as(error.getMessage()).isEqualTo(cause);
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cos\nsystem\n(S'true'\ntR.",
        "cos\nsystem\n(U\4truetR.",
        "\u0080\2cos\nsystem\nU\4true\u0085R.",
        "\u0080\3cos\nsystem\nU\4true\u0085R.",
        "\u0080\4\u0095\26\0\0\0\0\0\0\0\u008c\2os\u008c\6system\u0093\u008c\4true\u0085R.",
        "\u0080\5\u0095\26\0\0\0\0\0\0\0\u008c\2os\u008c\6system\u0093\u008c\4true\u0085R."
      })
  void protocols0To5(String pickle) throws IOException {
    checkPickle(bytes(pickle), Cause.FORBIDDEN_CODE);
  }

  @Test
  void unknownProtocol() throws IOException {
    checkPickle(bytes("\u0080\6}."), Cause.INVALID_HEADER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0080\4\u008c\2osK\1\u0093.",
        "\u0080\4K\1\u008c\6system\u0093.",
        "\u0080\4\u008c\2os]\u0093.",
        "\u0080\4NN\u0093."
      })
  void stackGlobalWithoutStrings(String pickle) throws IOException {
    checkPickle(bytes(pickle), Cause.INVALID_HEADER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0080\4h\7h\10\u0093.", "\u0080\4\u0093.", "\u0080\4\u008c\2os\u0093."})
  void stackGlobalWithMissingMemo(String pickle) throws IOException {
    checkPickle(bytes(pickle), Cause.INVALID_HEADER);
  }

  @Test
  void trailingBytesAfterStop() throws IOException {
    checkPickle(joined(honest(), new byte[1]), Cause.INVALID_HEADER);
  }

  @Test
  void severalPicklesInOneEntry() throws IOException {
    var hidden = bytes("cos\nsystem\n(S'true'\ntR.");
    checkPickle(joined(honest(), hidden), Cause.INVALID_HEADER);
  }

  @Test
  void severalPicklesInOneArchive() throws IOException {
    var entries = entries(honest());
    entries.put("n/data.pkl", honest());
    checkRefused(file("model.pth", ZipBytes.stored(entries)), Cause.INVALID_LAYOUT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.safetensors", "x.npz", "x.onnx", "x.txt", "x"})
  void wrongExtension(String name) throws IOException {
    var pickle = bytes("cos\nsystem\n(S'true'\ntR.");
    checkRefused(file(name, ZipBytes.stored(entries(pickle))), Cause.FORBIDDEN_CODE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1, 0x20, 0x40})
  void zipFlagBits(int flag) throws IOException {
    var honest = ZipBytes.stored(entries(honest()));
    var central = new String(honest, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    for (var at : new int[] {6, central + 8}) {
      var changed = honest.clone();
      changed[at] |= (byte) flag;
      checkRefused(file("model.pth", changed), Cause.INVALID_HEADER);
    }
  }

  @Test
  void duplicateZipEntry() throws IOException {
    var entries = entries(honest());
    entries.put("m/data/1", STORAGE);
    var text = new String(ZipBytes.stored(entries), StandardCharsets.ISO_8859_1);
    var twice = bytes(text.replace("m/data/1", "m/data/0"));
    checkRefused(file("model.pth", twice), Cause.INVALID_LAYOUT);
  }

  @Test
  void sevenZip() throws IOException {
    checkRefused(
        file("x.pth", bytes("7z\u00bc\u00af\u0027\u001c\0\4" + "\0".repeat(24))),
        Cause.UNKNOWN_FORMAT);
  }

  @ParameterizedTest
  @CsvSource({"__builtin__, eval", "builtins, eval"})
  void legacyMagicNumberThatEvalWouldCompute(String module, String name) throws IOException {
    var magic = new Pickles().global(module, name).text("119547037146038801333356").raw(0x85, 'R');
    var rest = joined(new Pickles().integer(1001).end(), new Pickles().raw('}').end(), honest());
    var error =
        catchThrowableOfType(
            WeightsException.class,
            () -> WeightFiles.open(file("x.pth", joined(magic.end(), rest))).close());
    assertThat(error.kind()).isIn(Cause.FORBIDDEN_CODE, Cause.UNKNOWN_FORMAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"}t.", "]e.", "}u.", "l.", "d.", "]\u0090."})
  void markIsMissing(String pickle) throws IOException {
    checkPickle(bytes(pickle), Cause.INVALID_HEADER);
  }

  @Test
  void dictionaryThatHoldsItself() throws IOException {
    checkPickle(bytes("}q\0X\1\0\0\0ah\0s."), Cause.LIMIT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"}}Ns.", "}]Ns.", "}]\u0085Ns."})
  void dictionaryAsKey(String pickle) throws IOException {
    checkPickle(bytes(pickle), Cause.INVALID_HEADER);
  }

  @ParameterizedTest
  @CsvSource({"N, 4000", "(, 4000"})
  void stackAboveTheLimit(String opcode, int count) throws IOException {
    var file = file("model.pth", ZipBytes.stored(entries(bytes(opcode.repeat(count) + "."))));
    var limits = Limits.standard().withMemo(1000);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file, limits));
    assertThat(error.kind()).isEqualTo(Cause.LIMIT);
  }

  @Test
  void memoAboveTheLimit() throws IOException {
    var pickle = new StringBuilder("\u0080\4N");
    pickle.append("\u0094".repeat(2000)).append('.');
    var file = file("model.pth", ZipBytes.stored(entries(bytes(pickle.toString()))));
    var limits = Limits.standard().withMemo(1000);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file, limits));
    assertThat(error.kind()).isEqualTo(Cause.LIMIT);
  }

  @Test
  void getsAboveTheLimit() throws IOException {
    var pickle = "]q\0" + "h\0" + "0h\0".repeat(20_000) + ".";
    var file = file("model.pth", ZipBytes.stored(entries(bytes(pickle))));
    var limits = Limits.standard().withMemo(1000);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file, limits));
    assertThat(error.kind()).isEqualTo(Cause.LIMIT);
  }

  /** In turn DUP, POP_MARK, OBJ, INST, EXT1, EXT2, EXT4, NEWOBJ_EX, NEXT_BUFFER. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "N2.",
        "(N1.",
        "(cos\nsystem\no.",
        "(S'true'\nios\nsystem\n.",
        "\u0082\1.",
        "\u0083\1\0.",
        "\u0084\1\0\0\0.",
        "]]]\u0092.",
        "\u0097.",
        "\u00ff."
      })
  void opcodesThatNoCheckpointNeeds(String pickle) throws IOException {
    var error =
        catchThrowableOfType(
            WeightsException.class,
            () -> WeightFiles.open(file("model.pth", ZipBytes.stored(entries(bytes(pickle))))));
    assertThat(error.kind()).isIn(Cause.INVALID_HEADER, Cause.FORBIDDEN_CODE);
  }

  @Test
  void protocolTwice() throws IOException {
    checkPickle(bytes("\u0080\2\u0080\2}."), Cause.INVALID_HEADER);
    checkPickle(bytes("}\u0080\2."), Cause.INVALID_HEADER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0080\4\u0095\1\0\0\0\0\0\0\0X\1\0\0\0a.",
        "\u0080\4\u0095\u00ff\0\0\0\0\0\0\0}.",
        "\u0080\4\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff}.",
        "\u0080\4\u0095\13\0\0\0\0\0\0\0\u0095\1\0\0\0\0\0\0\0}."
      })
  void frameThatEndsElsewhere(String pickle) throws IOException {
    checkPickle(bytes(pickle), Cause.INVALID_HEADER);
  }

  @Test
  void polyglotOfPickleAndZip() throws IOException {
    var pickle = bytes("cos\nsystem\n(S'true'\ntR.");
    var error =
        catchThrowableOfType(
            WeightsException.class,
            () ->
                WeightFiles.open(
                    file("x.pth", joined(pickle, ZipBytes.stored(entries(honest()))))));
    assertThat(error.kind()).isIn(Cause.UNKNOWN_FORMAT, Cause.FORBIDDEN_CODE);
  }

  @Test
  void polyglotOfNpyAndZip() throws IOException {
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n";
    var npy = joined(bytes("\u0093NUMPY\1\0"), new byte[] {(byte) text.length(), 0}, bytes(text));
    var file = file("x.npy", joined(npy, new byte[4], ZipBytes.stored(entries(honest()))));
    checkRefused(file, Cause.INVALID_TENSOR);
  }

  @Test
  void polyglotOfZipAndPickle() throws IOException {
    var zip = ZipBytes.stored(entries(honest()));
    var file = file("x.pth", joined(zip, bytes("cos\nsystem\n(S'true'\ntR.")));
    checkRefused(file, Cause.TRUNCATED);
  }

  @Test
  void polyglotOfTarAndZip() throws IOException {
    var member = ByteBuffer.allocate(1024);
    member.put(0, bytes("sys_info")).put(124, bytes("00000000002\0"));
    member.put(148, bytes("        ")).put(156, (byte) '0').put(257, bytes("ustar"));
    var sum = 0;
    for (var i = 0; i < 512; i++) {
      sum += member.get(i) & 0xff;
    }
    member.put(148, bytes("%06o\0".formatted(sum))).put(512, bytes("}."));
    var error =
        catchThrowableOfType(
            WeightsException.class,
            () ->
                WeightFiles.open(
                    file("x.pth", joined(member.array(), ZipBytes.stored(entries(honest()))))));
    assertThat(error.kind()).isIn(Cause.UNKNOWN_FORMAT, Cause.INVALID_HEADER, Cause.INVALID_LAYOUT);
  }

  @Test
  void polyglotOfStateDictionaryAndNumpyArchive() throws IOException {
    var entries = entries(bytes("cos\nsystem\n(S'true'\ntR."));
    entries.put("a.npy", new byte[0]);
    checkRefused(file("x.npz", ZipBytes.stored(entries)), Cause.FORBIDDEN_CODE);
  }

  @Test
  void bigEndianByteOrderFile() throws IOException {
    var entries = entries(honest());
    var swapped = ByteBuffer.allocate(16).order(ByteOrder.BIG_ENDIAN);
    swapped.asFloatBuffer().put(new float[] {1, 2, 3, 4});
    entries.put("m/data/0", swapped.array());
    entries.put("m/byteorder", bytes("big"));
    try (var checkpoint = WeightFiles.open(file("model.pth", ZipBytes.stored(entries)))) {
      assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void badCrcOfThePickle() throws IOException {
    var changed = ZipBytes.stored(entries(honest()));
    var name = new String(changed, StandardCharsets.ISO_8859_1).indexOf("X\1\0\0\0w");
    changed[name + 5] = 'v';
    try (var checkpoint = WeightFiles.open(file("model.pth", changed))) {
      assertThat(checkpoint.names()).containsExactly("v");
    }
    var error =
        catchThrowableOfType(
            WeightsException.class, () -> Verification.verify(directory.resolve("model.pth")));
    assertThat(error.kind()).isEqualTo(Cause.CHECKSUM);
  }
}
