package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.Inspection;
import org.pellucid.weights.inspect.Verification;

/** TensorFlow's variables, as TensorFlow writes them and in invalid forms. */
class TensorBundleAttackTests {
  private static final long[] TWO = {2};

  @TempDir Path directory;

  private static Bundles honest() {
    return new Bundles()
        .variable("bert/layer_0/kernel", new long[] {2, 2}, 1, 2, 3, 4)
        .variable("bert/layer_1/bias", TWO, 5, 6)
        .variable("step", new long[0], 7);
  }

  private void checkRefused(Cause cause) {
    var error =
        catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(directory).close());
    assertThat(error).isNotNull();
    assertThat(error.kind()).isEqualTo(cause);
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  private Path index() {
    return directory.resolve("variables/variables.index");
  }

  @Test
  void readsVariables() throws IOException {
    try (var checkpoint = WeightFiles.open(honest().write(directory))) {
      assertThat(checkpoint.format()).isEqualTo("tensorflow-bundle");
      assertThat(checkpoint.names())
          .containsExactly("bert/layer_0/kernel", "bert/layer_1/bias", "step");
      assertThat(checkpoint.tensor("bert/layer_0/kernel").info().shape()).containsExactly(2, 2);
      assertThat(checkpoint.tensor("bert/layer_0/kernel").toFloats()).containsExactly(1, 2, 3, 4);
      assertThat(checkpoint.tensor("step").toFloats()).containsExactly(7);
    }
    assertThat(Verification.verify(directory)).contains("3 tensors");
  }

  @Test
  void readsBigEndianVariablesFromTheDataFileTheyLieIn() throws IOException {
    var bigEndian = new byte[] {0x40, 0x20, 0, 0};
    new Bundles(3, true)
        .variable("w", Bundles.FLOAT, new long[] {1}, 2, 4, bigEndian)
        .write(directory);
    try (var checkpoint = WeightFiles.open(index())) {
      assertThat(checkpoint.tensor("w").toFloats()).containsExactly(2.5f);
    }
  }

  @Test
  void repeatsNoLongKeyForEveryEntry() throws IOException {
    var bundle = new Bundles().raw(0, 5000, 0);
    bundle.raw(new byte[5000]).write(directory);
    checkRefused(Cause.LIMIT);
  }

  @Test
  void namesTextsBesideTheWeightsAsTensorFlow2WritesThem() throws IOException {
    var graph = new byte[] {1, 0, 0, 0, 0, 9};
    new Bundles()
        .variable("_CHECKPOINTABLE_OBJECT_GRAPH", Bundles.STRING, new long[0], 0, 6, graph)
        .variable("w", TWO, 1, 2)
        .write(directory);
    try (var checkpoint = WeightFiles.open(directory)) {
      assertThat(checkpoint.names()).containsExactly("w");
      assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 2);
      assertThat(checkpoint.metadata()).containsKey("_CHECKPOINTABLE_OBJECT_GRAPH");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2, 0, 12, INVALID_TENSOR",
    "1, 2, 0, 4, INVALID_TENSOR",
    "1, 2, 0, 9000, TRUNCATED",
    "1, 2, 0, -1, TRUNCATED",
    "1, -2, 0, 8, INVALID_TENSOR",
    "1, 4611686018427387905, 0, 8, INVALID_TENSOR",
    "1, 2, 1, 8, INVALID_HEADER",
    "1, 2, -1, 8, INVALID_HEADER",
    "8, 2, 0, 8, UNSUPPORTED"
  })
  void refusesAnEntryThatDoesntFit(int dtype, long axis, int shard, long size, Cause cause)
      throws IOException {
    new Bundles()
        .variable("w", dtype, new long[] {axis}, shard, size, new byte[16])
        .write(directory);
    checkRefused(cause);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0, 0",
    "0, -1, 0",
    "0, 0, -1",
    "1, 1, 1",
    "0, 9223372036854775807, 9223372036854775807",
    "0, 9223372036854775807, 1"
  })
  void refusesAKeyThatReachesOutsideOfItsBlock(long shared, long added, long length)
      throws IOException {
    new Bundles().raw(shared, added, length).write(directory);
    checkRefused(Cause.INVALID_HEADER);
  }

  @Test
  void noticesDamageInTheIndexWhenOpeningAndInTheDataWhenReading() throws IOException {
    honest().write(directory);
    var data = directory.resolve("variables/variables.data-00000-of-00001");
    var bytes = Files.readAllBytes(data);
    bytes[17] ^= 1;
    Files.write(data, bytes);
    try (var checkpoint = WeightFiles.open(directory)) {
      assertThat(checkpoint.tensor("bert/layer_0/kernel").toFloats()).hasSize(4);
      var bias = checkpoint.tensor("bert/layer_1/bias");
      var error = catchThrowableOfType(WeightsException.class, bias::toFloats);
      assertThat(error.kind()).isEqualTo(Cause.CHECKSUM);
    }
    var table = Files.readAllBytes(index());
    table[10] ^= 1;
    Files.write(index(), table);
    checkRefused(Cause.CHECKSUM);
  }

  @Test
  void noticesAMissingDataFile() throws IOException {
    honest().write(directory);
    Files.delete(directory.resolve("variables/variables.data-00000-of-00001"));
    checkRefused(Cause.FILE);
  }

  @Test
  void survivesACutAndAChangeAtEveryByteOfTheIndex() throws IOException {
    honest().write(directory);
    var whole = Files.readAllBytes(index());
    for (var at = 0; at < whole.length; at++) {
      Files.write(index(), Arrays.copyOf(whole, at));
      var error =
          catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(directory).close());
      assertThat(error).as("cut at %d", at).isNotNull();
      var changed = whole.clone();
      changed[at] ^= (byte) 0xff;
      Files.write(index(), changed);
      try (var checkpoint = WeightFiles.open(directory)) {
        Inspection.of(checkpoint);
      } catch (WeightsException e) {
        assertThat(e.getMessage()).as("changed at %d", at).isNotBlank();
      }
    }
  }

  @Test
  void readsNoVariablesOnTheSameBytes() throws IOException {
    var bundle = new Bundles().variable("a", Bundles.FLOAT, new long[] {4}, 0, 16, new byte[8]);
    bundle.variable("b", Bundles.FLOAT, TWO, 0, 8, new byte[8]).write(directory);
    checkRefused(Cause.INVALID_LAYOUT);
  }

  @Test
  void stopsAtGroupsInsideOfOneAnother() throws IOException {
    var groups = new byte[100_000];
    Arrays.fill(groups, (byte) (9 << 3 | 3));
    honest().raw(0, 1, groups.length).raw(new byte[] {'z'}).raw(groups).write(directory);
    checkRefused(Cause.INVALID_HEADER);
  }

  @Test
  void followsNoLinkToDataElsewhere() throws IOException {
    honest().write(directory);
    var data = directory.resolve("variables/variables.data-00000-of-00001");
    var elsewhere = Files.move(data, directory.resolve("data"));
    Files.createSymbolicLink(data, elsewhere);
    checkRefused(Cause.INVALID_HEADER);
  }
}
