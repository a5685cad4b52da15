package org.pellucid.models.bert.tuning;

/** What of a model is trained. */
public enum TrainedPart {
  /** The question-answering head and low-rank matrices beside the encoder's projections. */
  ADAPTERS(5e-4),
  /** The question-answering head alone. */
  HEAD(1e-3),
  /** The embeddings, the encoder and the question-answering head. */
  ALL(3e-5);

  private final double learningRate;

  TrainedPart(double learningRate) {
    this.learningRate = learningRate;
  }

  /** A learning rate to begin with. */
  public double usualLearningRate() {
    return learningRate;
  }
}
