package org.pellucid.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** What the builder chooses, and what follows it. */
class EngineTests {

  @Test
  void setsTheNativeLibrariesThreads() {
    var processors = Runtime.getRuntime().availableProcessors();
    for (var threads : new int[] {1, 3, processors}) {
      try (var engine = Engine.builder().threads(threads).build()) {
        assertThat(engine.threads()).isEqualTo(threads);
        // ND4J starts no more threads than there are processors.
        assertThat(Nd4j.getEnvironment().maxMasterThreads())
            .isEqualTo(Math.min(threads, processors));
        assertThat(openblas_nolapack.blas_get_num_threads()).isEqualTo(threads);
      }
    }
  }

  @Test
  void choosesKernelsAndMemory() {
    try (var portable = Engine.builder().portable().memoryBudget(12345).build();
        var other = Engine.builder().build()) {
      assertThat(portable.kernels().name()).isEqualTo("portable");
      assertThat(portable.memoryBudget()).isEqualTo(12345);
      assertThat(other.memoryBudget()).isBetween(1L, 1L << 44);
      var processors = Runtime.getRuntime().availableProcessors();
      assertThat(other.threads()).isEqualTo(Integer.getInteger("pellucid.threads", processors));
    }
  }

  @Test
  void runsPiecesOnItsThreads() {
    var sum = new AtomicInteger();
    try (var engine = Engine.portable()) {
      engine.parallel(100, sum::addAndGet);
    }
    assertThat(sum.get()).isEqualTo(4950);
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThatThrownBy(() -> Engine.builder().threads(0)).hasMessageContaining("at least one");
    assertThatThrownBy(() -> Engine.builder().memoryBudget(0))
        .hasMessageContaining("can't hold anything");
  }
}
