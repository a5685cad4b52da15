package org.pellucid.explain.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.Probabilities;
import org.pellucid.models.zoo.ImageClassifier;

/**
 * An image's class, as {@code image classify --json} prints it.
 *
 * @param logits {@code [classes]}
 * @param probabilities {@code [classes]}, their softmax
 */
public record Classification(
    String name,
    double[] logits,
    double[] probabilities,
    int predicted,
    @JsonProperty("class") String className) {

  /** The class that a classifier's outputs tell. */
  public static Classification of(String name, Values outputs, ImageClassifier classifier) {
    var logits = new double[outputs.length()];
    for (var i = 0; i < logits.length; i++) {
      logits[i] = outputs.get(i);
    }
    var best = outputs.indexOfLargest();
    return new Classification(
        name, logits, Probabilities.softmax(logits), best, classifier.className(best));
  }
}
