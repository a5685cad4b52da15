package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.models.zoo.ImageClassifier;

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
    try (var network =
            ImageClassifier.open(Goldens.file(checkpoint).toString(), Optional.empty()).network();
        var engine = Engine.builder().build()) {
      var formula = network.memory(engine.kernels()).orElseThrow();
      var evaluator = new Evaluator(engine, network);
      evaluator.newBatch(batch).compute(new Target.Loss(0), batch);
      check(engine.memory().peakBytes(), formula.peak(batch, true) - formula.fixed());
      engine.memory().resetPeak();
      evaluator.outputs(new float[batch * evaluator.inputSize()]);
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
    try (var network = ImageClassifier.open(checkpoint, Optional.empty()).network();
        var usual = Engine.builder().build()) {
      var formula = network.memory(usual.kernels()).orElseThrow();
      for (var batch = 1; batch <= 8; batch++) {
        try (var engine = Engine.builder().memoryBudget(formula.peak(batch, true)).build()) {
          var evaluator = new Evaluator(engine, network);
          assertThat(evaluator.batchSize(true)).isEqualTo(batch);
          assertThat(evaluator.batchSize(false)).isGreaterThanOrEqualTo(batch);
        }
      }
      try (var engine = Engine.builder().memoryBudget(formula.peak(1, true) - 1).build()) {
        var evaluator = new Evaluator(engine, network);
        assertThatThrownBy(() -> evaluator.batchSize(true))
            .hasMessageMatching("One input needs [0-9.]+ MB, but the memory budget is .*raise it.");
      }
    }
  }
}
