package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Goldens;
import org.pellucid.models.zoo.FoodNetworks;

/** The networks' memory formula against what the pool measures. */
@Tag("numeric")
class MemoryFormulaTests {

  @ParameterizedTest
  @CsvSource({
    "goldens/cnn/checkpoint/tiny_zip.pth, 1",
    "goldens/cnn/checkpoint/tiny_zip.pth, 3",
    "goldens/cnn/checkpoint/tiny_zip.pth, 8",
    "checkpoints/food/checkpoint.pth, 1",
    "checkpoints/food/checkpoint.pth, 3"
  })
  void statesThePeak(String checkpoint, int batch) {
    try (var network = FoodNetworks.open(Goldens.file(checkpoint).toString(), Optional.empty());
        var engine = Engine.builder().build()) {
      var formula = network.memory(engine.kernels()).orElseThrow();
      var gradients = new InputGradients(engine, network, ElementType.FLOAT32);
      gradients.newBatch(batch).compute(Objective.LOSS, new int[batch]);
      check(engine.memory().peakBytes(), formula.peak(batch, true) - formula.fixed());
      engine.memory().resetPeak();
      gradients.logits(new float[batch * gradients.imageSize()]);
      check(engine.memory().peakBytes(), formula.peak(batch, false) - formula.fixed());
    }
  }

  /** The pool rounds each size up by an eighth at most; logits and losses are a few bytes more. */
  private static void check(long measured, long predicted) {
    assertThat((double) measured).isBetween(predicted * 1.0, predicted * 1.125 + 10_000);
  }

  @Test
  void choosesBatchesThatFit() {
    var checkpoint = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth").toString();
    try (var network = FoodNetworks.open(checkpoint, Optional.empty());
        var usual = Engine.builder().build()) {
      var formula = network.memory(usual.kernels()).orElseThrow();
      for (var batch = 1; batch <= 8; batch++) {
        try (var engine = Engine.builder().memoryBudget(formula.peak(batch, true)).build()) {
          var gradients = new InputGradients(engine, network, ElementType.FLOAT32);
          assertThat(gradients.batchWithin(true)).isEqualTo(batch);
          assertThat(gradients.batchWithin(false)).isGreaterThanOrEqualTo(batch);
        }
      }
      try (var engine = Engine.builder().memoryBudget(formula.peak(1, true) - 1).build()) {
        var gradients = new InputGradients(engine, network, ElementType.FLOAT32);
        assertThatThrownBy(() -> gradients.batchWithin(true))
            .hasMessageMatching("One image needs [0-9.]+ MB, but the memory budget is .*raise it.");
      }
    }
  }
}
