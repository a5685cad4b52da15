package org.pellucid.weights.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.archive.ZipFormat;
import org.pellucid.weights.inspect.Inspection;

/** Checkpoints composed at random hold the one network that went into them. */
class CheckpointGrammarTests {
  private static final int CHECKPOINTS = 10_000;
  private static final long FIRST_SEED = Long.getLong("pellucid.seed", 11_000_000);

  @Test
  void loadToTheSameNetworkWhateverLiesAroundIt(TestReporter reporter) {
    reporter.publishEntry("seeds", "%d and the %d after it".formatted(FIRST_SEED, CHECKPOINTS - 1));
    for (var seed = FIRST_SEED; seed < FIRST_SEED + CHECKPOINTS; seed++) {
      var grammar = new CheckpointGrammar(seed);
      var content = grammar.file();
      try (var arena = Arena.ofConfined()) {
        check(seed, grammar, read(content, arena));
      } catch (RuntimeException e) {
        throw new AssertionError("The checkpoint of the seed %d fails.".formatted(seed), e);
      }
    }
  }

  private static Checkpoint read(byte[] content, Arena arena) {
    var segment = MemorySegment.ofArray(content).asReadOnly();
    var file = new MappedFile(Path.of("x.pth"), segment, arena, OpenOptions.standard());
    var stream = new PyTorchStreamFormat();
    return stream.recognises(file)
        ? stream.read(file)
        : new ZipFormat(List.of(new PyTorchZipFormat())).read(file);
  }

  private static void check(long seed, CheckpointGrammar grammar, Checkpoint checkpoint) {
    if (!List.copyOf(checkpoint.names()).equals(List.copyOf(grammar.network().keySet()))) {
      throw new AssertionError("Seed %d gives %s.".formatted(seed, checkpoint.names()));
    }
    grammar
        .network()
        .forEach(
            (name, values) -> {
              if (!Arrays.equals(checkpoint.tensor(name).toFloats(), values)) {
                throw new AssertionError("Seed %d gives another %s.".formatted(seed, name));
              }
            });
    if (seed % 100 == 0) {
      assertThat(Inspection.of(checkpoint).toTable()).contains("layers.0.weight");
    }
  }
}
