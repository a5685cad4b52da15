package org.pellucid.explain.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.Probabilities;
import org.pellucid.models.zoo.ImageClassifier;

/**
 * An image's class as {@code image classify} prints it.
 *
 * @param logits {@code [classes]}
 * @param probabilities {@code [classes]}, their softmax
 */
record Classification(
    String name,
    double[] logits,
    double[] probabilities,
    int predicted,
    @JsonProperty("class") String className) {

  static Classification of(String name, Values outputs, ImageClassifier classifier) {
    var logits = new double[outputs.length()];
    for (var i = 0; i < logits.length; i++) {
      logits[i] = outputs.get(i);
    }
    var probabilities = Probabilities.softmax(logits);
    var best = outputs.indexOfLargest();
    return new Classification(name, logits, probabilities, best, classifier.className(best));
  }

  String line() {
    return String.format(
        Locale.ROOT, "%-24s %-16s %5.1f %%", name, className, 100 * probabilities[predicted]);
  }
}
