package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.ZipBytes;
import org.pellucid.weights.files.WeightFiles;

/** Pickles whose values hold one another in misleading ways, in both of PyTorch's forms. */
class PickleStructureTests {
  @TempDir Path directory;

  private Path archive(byte[] pickle, int storageBytes) throws IOException {
    var entries = new LinkedHashMap<String, byte[]>();
    entries.put("m/data.pkl", pickle);
    entries.put("m/data/0", new byte[storageBytes]);
    return Files.write(directory.resolve("model.pth"), ZipBytes.stored(entries));
  }

  private static Pickles dictionaryWithAWeight() {
    return new Pickles().raw('}').text("w").tensor("0", 4, 0, 4, 1).raw('s');
  }

  /** The pickles before the object: magic number, protocol 1001, system information. */
  private Path legacy(byte[] object, byte[] keys, boolean bigEndian) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var magic = new int[] {0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
    bytes.writeBytes(new Pickles().raw(magic).end());
    bytes.writeBytes(new Pickles().integer(1001).end());
    var little = bigEndian ? 0x89 : 0x88;
    bytes.writeBytes(new Pickles().raw('}').text("little_endian").raw(little, 's').end());
    bytes.writeBytes(object);
    bytes.writeBytes(keys);
    var order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    var storage = ByteBuffer.allocate(24).order(order).putLong(4);
    storage.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
    bytes.writeBytes(storage.array());
    return Files.write(directory.resolve("legacy.pth"), bytes.toByteArray());
  }

  private static byte[] keys() {
    return new Pickles().raw(']').text("0").raw('a').end();
  }

  private static void checkRefused(Path file, Cause cause) {
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close());
    assertThat(error).isNotNull();
    assertThat(error.kind()).isEqualTo(cause);
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  @Test
  void readsTheOldFormInBothByteOrders() throws IOException {
    for (var bigEndian : new boolean[] {false, true}) {
      var file = legacy(dictionaryWithAWeight().end(), keys(), bigEndian);
      try (var checkpoint = WeightFiles.open(file)) {
        assertThat(checkpoint.format()).isEqualTo("pytorch-legacy");
        assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 2, 3, 4);
      }
    }
  }

  @Test
  void refusesAListOfStoragesThatHoldsItself() throws IOException {
    // Two lists inside of each other: printing one of them never ends.
    var cycle = new Pickles().raw(']', 'q', 0, ']', 'q', 1, 'h', 0, 'a', 'a').end();
    checkRefused(legacy(dictionaryWithAWeight().end(), cycle, false), Cause.INVALID_HEADER);
  }

  @Test
  void refusesAnOrderedDictionaryWithAListThatHoldsItselfAsKey() throws IOException {
    // The list is its own first item, so its hash never ends.
    var pickle =
        new Pickles()
            .global("collections", "OrderedDict")
            .raw(']', ']', 'q', 0, 'h', 0, 'a', 'K', 1, 0x86, 'a', 0x85, 'R')
            .end();
    checkRefused(archive(pickle, 16), Cause.INVALID_HEADER);
  }

  @Test
  void stopsAtListsThatDoubleWithEveryLevel() throws IOException {
    // Ninety levels, each holding the one below twice: 2⁹⁰ empty lists in 800 bytes.
    var pickle = new Pickles().raw(']', 'q', 0);
    for (var level = 1; level < 90; level++) {
      pickle.raw(']', 'h', level - 1, 'a', 'h', level - 1, 'a', 'q', level);
    }
    var file = archive(pickle.end(), 16);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> checkRefused(file, Cause.LIMIT));
  }

  @Test
  void stopsAtKeysThatGrowWithEveryLevel() throws IOException {
    // One key of a megabyte, remembered, as the name of each level's only entry.
    var pickle = new Pickles().text("k".repeat(1 << 20)).raw('q', 0, '0');
    for (var level = 0; level < 90; level++) {
      pickle.raw('}', 'h', 0);
    }
    pickle.tensor("0", 4, 0, 4, 1);
    for (var level = 0; level < 90; level++) {
      pickle.raw('s');
    }
    checkRefused(archive(pickle.end(), 16), Cause.LIMIT);
  }

  @Test
  void refusesAStorageLargerThanAnnounced() throws IOException {
    checkRefused(archive(dictionaryWithAWeight().end(), 20), Cause.INVALID_TENSOR);
  }

  @Test
  void refusesAnEntryThatIsCompressedOnlyWhereItsDataLie() throws IOException {
    var file = archive(dictionaryWithAWeight().end(), 16);
    var bytes = Files.readAllBytes(file);
    bytes[8] = 8;
    Files.write(file, bytes);
    checkRefused(file, Cause.INVALID_HEADER);
  }

  @Test
  void readsATensorSubclassAsTheTensorInIt() throws IOException {
    var pickle =
        new Pickles()
            .raw('}')
            .text("w")
            .global("torch._tensor", "_rebuild_from_type_v2")
            .raw('(')
            .global("torch._utils", "_rebuild_tensor_v2")
            .global("torch.nn.parameter", "Parameter")
            .arguments("0", 4, 0, 4, 1)
            .raw('}', 't', 'R', 's')
            .end();
    try (var checkpoint = WeightFiles.open(archive(pickle, 16))) {
      assertThat(checkpoint.tensor("w").info().shape()).containsExactly(4);
    }
  }

  @Test
  void callsNothingForbiddenThroughATensorSubclass() throws IOException {
    var pickle =
        new Pickles()
            .global("torch._tensor", "_rebuild_from_type_v2")
            .raw('(')
            .global("torch", "FloatStorage")
            .global("torch.nn.parameter", "Parameter")
            .raw(')', '}', 't', 'R')
            .end();
    checkRefused(archive(pickle, 16), Cause.FORBIDDEN_CODE);
  }

  @Test
  void refusesSubclassesInsideOfOneAnother() throws IOException {
    var pickle = new Pickles().global("torch._tensor", "_rebuild_from_type_v2").raw('q', 0);
    pickle.global("torch", "Tensor").raw('q', 1, '0', ')');
    for (var level = 0; level < 100_000; level++) {
      pickle.raw('q', 2, '0', 'h', 0, 'h', 1, 'h', 2, 0x87);
    }
    checkRefused(archive(pickle.raw('R').end(), 16), Cause.INVALID_HEADER);
  }

  @Test
  void looksUpKeysQuicklyThoughTheirHashCodesAreOne() throws IOException {
    // Texts and numbers of one hash code: Java's maps order neither beside the other.
    var pickle = dictionaryWithAWeight().text("m").raw('}');
    var hash = "AaAaAaAaAaAaAaAa".repeat(2).hashCode();
    for (var i = 0; i < 1 << 16; i++) {
      var text = new StringBuilder();
      for (var bit = 0; bit < 16; bit++) {
        text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      pickle
          .text(text.toString())
          .raw('N', 's')
          .raw(0x8a, 8)
          .int64((long) i << 32 | (i ^ hash) & 0xffff_ffffL);
      pickle.raw('N', 's');
    }
    var file = archive(pickle.raw('s').end(), 16);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> WeightFiles.open(file).close());
  }

  @Test
  void refusesTwoTensorsOfOneName() throws IOException {
    var nested = dictionaryWithAWeight().text("a").raw('}').text("b").tensor("0", 4, 0, 4, 1);
    var pickle = nested.raw('s', 's').text("a.b").tensor("0", 4, 0, 4, 1).raw('s').end();
    checkRefused(archive(pickle, 16), Cause.INVALID_LAYOUT);
    var twice = dictionaryWithAWeight().text("w").tensor("0", 4, 0, 4, 1).raw('s').end();
    checkRefused(archive(twice, 16), Cause.INVALID_HEADER);
  }

  @Test
  void unfoldsNoStorageOverAndOver() throws IOException {
    // Each of 64 MiB, which is harmless alone, out of the same number.
    var pickle = new Pickles().raw('}');
    for (var i = 0; i < 100; i++) {
      pickle.text("w" + i).tensor("0", 4, 0, 1 << 24, 0).raw('s');
    }
    checkRefused(archive(pickle.end(), 16), Cause.LIMIT);
  }

  @Test
  void makesNoMoreValuesThanAreRead() throws IOException {
    var pickle = dictionaryWithAWeight().text("l").raw(']');
    for (var i = 0; i < 10_000; i++) {
      pickle.raw('}', 'a');
    }
    var file = archive(pickle.raw('s').end(), 16);
    WeightFiles.open(file).close();
    var limits = Limits.standard().withMemo(1000);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file, limits));
    assertThat(error.kind()).isEqualTo(Cause.LIMIT);
  }
}
