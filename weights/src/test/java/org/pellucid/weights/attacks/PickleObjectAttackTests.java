package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Assertions;
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

/** Objects in a pickle that would run code or never end, beside weights and in their place. */
class PickleObjectAttackTests {
  @TempDir Path directory;

  private Path archive(byte[] pickle) throws IOException {
    var entries = new LinkedHashMap<String, byte[]>();
    entries.put("m/data.pkl", pickle);
    entries.put("m/data/0", new byte[16]);
    return Files.write(directory.resolve("model.pth"), ZipBytes.stored(entries));
  }

  /** A dictionary with the weight {@code fc.weight}, open for more entries. */
  private static Pickles weight() {
    return new Pickles().raw('}').text("fc.weight").tensor("0", 4, 0, 4, 1).raw('s');
  }

  private static void checkRefused(Path file, Cause cause) {
    var error =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(30),
            () ->
                catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close()));
    assertThat(error).isNotNull();
    assertThat(error.kind()).as(error.getMessage()).isEqualTo(cause);
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  private static String shown(Path file) {
    return Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          try (var checkpoint = WeightFiles.open(file)) {
            assertThat(checkpoint.names()).contains("fc.weight");
            var inspection = Inspection.of(checkpoint);
            assertThat(inspection.toJson()).hasSizeLessThan(1_000_000);
            return inspection.toTable();
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "os, system", "posix, system", "nt, system", "builtins, eval", "builtins, exec",
    "__builtin__, getattr", "subprocess, Popen", "runpy, _run_code", "pip, main", "torch, load",
    "torch.hub, load", "torch.storage, _load_from_bytes", "torch.jit, load"
  })
  void staysInertBesideTheWeights(String module, String name) throws IOException {
    var proof = directory.resolve("executed");
    var pickle = weight().text("x").global(module, name).text("touch " + proof).raw(0x85, 'R');
    assertThat(shown(archive(pickle.raw('s').end())))
        .contains("x: object %s.%s(\"touch ".formatted(module, name));
    assertThat(proof).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fc.bias", "other.weight"})
  void isRefusedInPlaceOfATensor(String key) throws IOException {
    var pickle = weight().text("fc.bias").tensor("0", 4, 0, 4, 1).raw('s');
    pickle.text("2." + key).global("os", "system").text("x").raw(0x85, 'R', 's');
    checkRefused(archive(pickle.end()), Cause.FORBIDDEN_CODE);
  }

  @Test
  void isRefusedAsATensorsStorageParameterOrSubclass() throws IOException {
    var call = "_rebuild_tensor_v2";
    var storage = weight().text("x").global("torch._utils", call).raw('(');
    storage.global("os", "system").text("x").raw(0x85, 'R', 'K', 0, ')', ')', 't', 'R', 's');
    checkRefused(archive(storage.end()), Cause.FORBIDDEN_CODE);
    var parameter = weight().text("x").global("torch._utils", "_rebuild_parameter").raw('(');
    parameter.global("os", "system").text("x").raw(0x85, 'R', 0x88, '}', 't', 'R', 's');
    checkRefused(archive(parameter.end()), Cause.FORBIDDEN_CODE);
    for (var isFunction : new boolean[] {true, false}) {
      var subclass = weight().text("x").global("torch._tensor", "_rebuild_from_type_v2").raw('(');
      subclass.global(isFunction ? "os" : "torch._utils", isFunction ? "system" : call);
      subclass.global(isFunction ? "torch" : "os", isFunction ? "Tensor" : "system");
      subclass.arguments("0", 4, 0, 4, 1).raw('}', 't', 'R', 's');
      checkRefused(archive(subclass.end()), Cause.FORBIDDEN_CODE);
    }
    var id = weight().text("x").raw('(').text("storage").global("os", "system").text("0");
    id.text("cpu").integer(4).raw('t', 'Q', 's');
    checkRefused(archive(id.end()), Cause.FORBIDDEN_CODE);
  }

  @Test
  void mayHoldItself() throws IOException {
    var pickle = weight().text("x").global("m", "C").raw(')', 0x81, 'q', 0, '}').text("self");
    assertThat(shown(archive(pickle.raw('h', 0, 's', 'b', 's').end()))).contains("x: object m.C");
    var inTuple = weight().text("x").global("m", "C").raw(')', 0x81, 'q', 0, 'h', 0, 0x85, 'b');
    assertThat(shown(archive(inTuple.raw('s').end()))).contains("x: object m.C");
  }

  @Test
  void hasOneState() throws IOException {
    var pickle = weight().text("x").global("m", "C").raw(')', 0x81, '}', 'b', '}', 'b', 's');
    checkRefused(archive(pickle.end()), Cause.INVALID_HEADER);
  }

  @Test
  void callsNothingWithoutAName() throws IOException {
    for (var callable : new int[] {'N', ')', ']', '}', 0x88}) {
      checkRefused(
          archive(weight().text("x").raw(callable, ')', 'R', 's').end()), Cause.FORBIDDEN_CODE);
    }
    var tensor = weight().text("x").tensor("0", 4, 0, 4, 1).raw(')', 'R', 's');
    checkRefused(archive(tensor.end()), Cause.FORBIDDEN_CODE);
  }

  @Test
  void costsLittleInALongChainOfCalls() throws IOException {
    var pickle = weight().text("x").raw(']').global("m", "f");
    for (var i = 0; i < 300_000; i++) {
      pickle.raw(')', 'R', 'q', 0, 'a', 'h', 0);
    }
    // Each call but the last is an item of the list, too.
    pickle.raw('0');
    assertThat(shown(archive(pickle.raw('s').end()))).contains("list of 300000");
  }

  @Test
  void costsLittleUnderALongName() throws IOException {
    var name = "n".repeat(1 << 20);
    var pickle = weight().text("x").text("m").text(name).raw(0x93, ')', 'R', 's');
    checkRefused(archive(pickle.end()), Cause.INVALID_HEADER);
  }

  @Test
  void costsLittleAsAKeyThatDoublesWithEveryLevel() throws IOException {
    var pickle = weight().text("x").raw('}', ')', 'q', 0);
    for (var level = 0; level < 90; level++) {
      pickle.raw('h', 0, 0x86, 'q', 0);
    }
    assertThat(shown(archive(pickle.raw('K', 1, 's', 's').end()))).contains("x: dict of 1");
  }

  /** {@code _parameters}, {@code _buffers} and {@code _modules}; the value of the last is open. */
  private static Pickles module(Pickles pickle) {
    pickle.global("m", "Net").raw(')', 0x81, '}').text("_parameters").raw('}', 's');
    return pickle.text("_buffers").raw('}', 's').text("_modules").raw('}');
  }

  @Test
  void isRefusedAsAModuleThatHoldsItself() throws IOException {
    var pickle = new Pickles().global("m", "Net").raw(')', 0x81, 'q', 0, '}');
    pickle.text("_parameters").raw('}', 's').text("_buffers").raw('}', 's');
    pickle.text("_modules").raw('}').text("a").raw('h', 0, 's', 's', 'b');
    checkRefused(archive(pickle.end()), Cause.LIMIT);
  }

  @Test
  void isRefusedAsModulesThatDoubleWithEveryLevel() throws IOException {
    var pickle = new Pickles();
    module(pickle).raw('s', 'b', 'q', 0, '0');
    for (var level = 0; level < 60; level++) {
      module(pickle).text("a").raw('h', 0, 's').text("b").raw('h', 0, 's', 's', 'b', 'q', 0, '0');
    }
    checkRefused(archive(pickle.raw('h', 0).end()), Cause.LIMIT);
  }

  @Test
  void isRefusedInPlaceOfAModulesParameter() throws IOException {
    var pickle = new Pickles().global("m", "Net").raw(')', 0x81, '}').text("_parameters").raw('}');
    pickle.text("w").tensor("0", 4, 0, 4, 1).raw('s').text("v").global("os", "system");
    pickle.text("x").raw(0x85, 'R', 's', 's').text("_buffers").raw('}', 's');
    checkRefused(archive(pickle.text("_modules").raw('}', 's', 'b').end()), Cause.FORBIDDEN_CODE);
  }

  @Test
  void costsLittleAsManyStateDictsFarInside() throws IOException {
    var pickle = new Pickles();
    for (var level = 0; level < 80; level++) {
      pickle.raw('}').text("a");
    }
    pickle.raw('}').tensor("0", 4, 0, 4, 1).raw('q', 0, '0');
    for (var i = 0; i < 100_000; i++) {
      pickle.text("n" + i).raw('}').text("a.w").raw('h', 0, 's', 's');
    }
    for (var level = 0; level < 80; level++) {
      pickle.raw('s');
    }
    checkRefused(archive(pickle.end()), Cause.AMBIGUOUS);
  }

  @Test
  void isShownWithoutEffectOnATerminal() throws IOException {
    var pickle = weight().text("x\u001b[2J").text("m\u202e").text("C\u001b[2J").raw(0x93);
    var table = shown(archive(pickle.text("\u009b1m\r\n").raw(0x85, 'R', 's').end()));
    assertThat(table.codePoints().filter(c -> c != '\n' && Character.isISOControl(c))).isEmpty();
    assertThat(table).doesNotContain("\u202e");
  }
}
