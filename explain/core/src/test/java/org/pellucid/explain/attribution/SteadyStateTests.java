package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.models.zoo.ImageClassifier;

/** Long rows of evaluator of the homework's full network leave memory as it was. */
class SteadyStateTests {
  private static final int BATCH = 2;

  /** Until the compiler has seen even the small layers' loops; interpreted, they box vectors. */
  private static final int WARM_UP = 50;

  private static final int STEPS = 25;

  private static long allocatedBytes() {
    // All threads that live: those that compute do so during the whole measurement.
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
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
      for (var step = 0; step < WARM_UP; step++) {
        batch.compute(new Target.Loss(0), BATCH);
      }
      System.gc();
      var held = engine.memory().heldBytes();
      var resident = residentBytes();
      var allocated = allocatedBytes();
      for (var step = 0; step < STEPS; step++) {
        batch.compute(new Target.Loss(0), BATCH);
      }
      var perStep = (allocatedBytes() - allocated) / STEPS;
      assertThat(perStep).isLessThan(1_000_000);
      assertThat(engine.memory().heldBytes()).isEqualTo(held);
      assertThat(engine.memory().usedBytes()).isZero();
      // Less is no fault: the heap that other tests needed is given back meanwhile.
      assertThat(residentBytes()).isLessThan(1.02 * resident);
    }
  }
}
