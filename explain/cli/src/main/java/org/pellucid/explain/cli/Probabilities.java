package org.pellucid.explain.cli;

/** Logits as probabilities. */
final class Probabilities {
  private Probabilities() {}

  static double[] softmax(double[] logits) {
    var largest = Double.NEGATIVE_INFINITY;
    for (var logit : logits) {
      largest = Math.max(largest, logit);
    }
    var probabilities = new double[logits.length];
    var sum = 0.0;
    for (var i = 0; i < logits.length; i++) {
      probabilities[i] = Math.exp(logits[i] - largest);
      sum += probabilities[i];
    }
    for (var i = 0; i < logits.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }

  static int largest(double[] values) {
    var best = 0;
    for (var i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
