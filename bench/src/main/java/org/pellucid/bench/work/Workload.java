package org.pellucid.bench.work;

/**
 * A computation that contenders are compared by: its dimensions, its numbers (the same for all,
 * from fixed seeds) and how closely two correct answers agree.
 */
public sealed interface Workload
    permits AttentionWork,
        BertWork,
        CnnWork,
        ConvolutionWork,
        ElementwiseWork,
        ExplanationWork,
        GraphWork,
        HomeworkWork,
        ProductWork {

  /** The name in tables and files, such as {@code conv-forward-128-128-64}. */
  String name();

  /**
   * The largest relative difference (root of mean squares) between the answers of two contenders
   * that both compute rightly in single precision.
   */
  double tolerance();
}
