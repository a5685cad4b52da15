package org.pellucid.explain.evaluation;

import org.pellucid.engine.tensor.Shapes;

/** How many inputs an evaluator takes at a time: the fastest batch that the memory has room for. */
final class BatchSizes {
  /**
   * How many times the formula's memory an input takes where rules keep all inputs and outputs of
   * operations and compute some anew: 2.7 to 4.9 measured with DeepLIFT and LRP on the food
   * network.
   */
  private static final int SHARE_WITH_RULES = 5;

  /** From here on larger batches gain nothing; see decision 006. */
  private static final int FASTEST_BATCH = 8;

  private BatchSizes() {}

  /** See {@link Evaluator#batchSize(boolean)}. */
  static int best(Evaluator evaluator, boolean withGradient) {
    var most = Math.min(FASTEST_BATCH, evaluator.model().largestBatch());
    var budget = evaluator.engine().memoryBudget();
    return evaluator
        .model()
        .memory(evaluator.engine().kernels())
        .map(
            memory -> {
              var hasRules = evaluator.rules() != BackwardRules.NONE;
              var share = withGradient && hasRules ? SHARE_WITH_RULES : 1;
              var input = share * (memory.peak(1, withGradient) - memory.fixed());
              Shapes.check(
                  memory.fixed() + input <= budget,
                  "One input needs %.1f MB, but the memory budget is %.1f MB; raise it",
                  (memory.fixed() + input) / 1e6,
                  budget / 1e6);
              return (int) Math.min(most, (budget - memory.fixed()) / input);
            })
        .orElse(most);
  }
}
