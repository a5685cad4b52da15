package org.pellucid.explain.run;

import java.util.Locale;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.Probabilities;

/** Numbers as a report prints them. */
final class Figures {
  private Figures() {}

  static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  static String text(Object value) {
    return value instanceof Double number ? number(number) : String.valueOf(value);
  }

  static String percent(double share, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f %%", 100 * share);
  }

  static double[] softmax(Values outputs) {
    return Probabilities.softmax(outputs.toArray(), 0, outputs.length());
  }
}
