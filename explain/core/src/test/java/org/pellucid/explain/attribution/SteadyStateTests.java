package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.GradientBatch;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.models.zoo.ImageClassifier;

/** Long rows of evaluator of the homework's full network leave memory as it was. */
@Tag("own-process")
class SteadyStateTests {
  private static final int BATCH = 2;

  private static final int STEPS = 25;

  /**
   * The compiler has to have seen even the small layers' loops, which box vectors when they are
   * interpreted. It compiles beside the computation, so the number of steps until then depends on
   * the machine and its load; this many are enough for any.
   */
  private static final int MOST_STEPS = 20 * STEPS;

  private static final long LIMIT = 1_000_000;

  private static long allocatedBytes() {
    // All threads that live: those that compute do so during the whole measurement.
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
  }

  private static long allocatedPerStep(GradientBatch batch) {
    var before = allocatedBytes();
    for (var step = 0; step < STEPS; step++) {
      batch.compute(new Target.Loss(0), BATCH);
    }
    return (allocatedBytes() - before) / STEPS;
  }

  private static double residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void allocatesNextToNothingPerStep() throws IOException {
    var checkpoint = Goldens.file("checkpoints/food/checkpoint.pth").toString();
    try (var network = ImageClassifier.open(checkpoint, Optional.empty()).network();
        var engine = Engine.builder().build()) {
      assumeTrue(
          engine.kernels().name().equals("vector"),
          "ND4J's operations, which the portable kernels call, allocate as they like");
      var batch = new Evaluator(engine, network).newBatch(BATCH);
      for (var i = 0; i < batch.inputs().length; i++) {
        batch.inputs()[i] = i % 97 / 97f;
      }
      var warmUp = 0;
      while (allocatedPerStep(batch) >= LIMIT && warmUp < MOST_STEPS) {
        warmUp += STEPS;
      }
      System.gc();
      var held = engine.memory().heldBytes();
      var resident = residentBytes();
      assertThat(allocatedPerStep(batch)).isLessThan(LIMIT);
      assertThat(engine.memory().heldBytes()).isEqualTo(held);
      assertThat(engine.memory().usedBytes()).isZero();
      // Less is no fault: the heap that other tests needed is given back meanwhile.
      assertThat(residentBytes()).isLessThan(1.02 * resident);
    }
  }
}
