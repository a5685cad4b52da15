package org.pellucid.explain.cli;

import java.util.Locale;
import java.util.Map;
import org.pellucid.explain.Explanation;
import org.pellucid.explain.view.Normalisation;

/** What the report says of methods and their figures. */
final class MethodWords {
  private static final Map<String, String> EXPLANATIONS =
      Map.of(
          "lime",
          "Hides superpixels at random and fits a linear model to the answers: green pieces speak "
              + "for the class, red ones against it.",
          "saliency",
          "The magnitude of the gradient at the image: where a small change matters most.",
          "smoothgrad",
          "The same, averaged over noisy copies of the image, which quiets the speckle.",
          "integrated-gradients",
          "The gradient added up on the way from black to the image; red speaks for the class, "
              + "blue against it.");

  private MethodWords() {}

  static String title(String name) {
    if (name.startsWith("filters-activation-")) {
      return "Filter activation, " + name.substring("filters-activation-".length());
    }
    if (name.startsWith("filters-visualisation-")) {
      return "Filter visualisation, " + name.substring("filters-visualisation-".length());
    }
    return switch (name) {
      case "lime" -> "LIME";
      case "smoothgrad" -> "SmoothGrad";
      case "integrated-gradients" -> "Integrated Gradients";
      default -> Character.toUpperCase(name.charAt(0)) + name.substring(1);
    };
  }

  static String explanation(String name) {
    if (name.startsWith("filters-activation-")) {
      return "Where one filter of the layer is active in each image.";
    }
    if (name.startsWith("filters-visualisation-")) {
      return "Each image changed step by step so that the filter responds more and more; the "
          + "numbers are the sum of its activation before and after.";
    }
    return EXPLANATIONS.get(name);
  }

  static String caption(Explanation explanation) {
    var quality = explanation.quality();
    if (quality.containsKey("convergenceDelta")) {
      return "delta " + number(quality.get("convergenceDelta"));
    }
    if (quality.containsKey("score")) {
      return "R² %.3f, %d pieces"
          .formatted(quality.get("score"), quality.get("superpixels").intValue());
    }
    if (quality.containsKey("objectiveAfter")) {
      return number(quality.get("objectiveBefore")) + " → " + number(quality.get("objectiveAfter"));
    }
    return "up to " + number(Normalisation.minMax(explanation.values()).high());
  }

  static String shortened(Object value) {
    return value instanceof Double number ? number(number) : String.valueOf(value);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
