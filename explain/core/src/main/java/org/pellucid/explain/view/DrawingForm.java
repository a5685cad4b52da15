package org.pellucid.explain.view;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a map is drawn when a form is chosen instead of its method's own. */
public enum DrawingForm {
  /** The magnitudes in the colours of a sequential map. */
  HEAT,
  /** The map over the image in grey, the more opaque the larger the magnitude. */
  OVERLAY,
  /** Negative values in blue, zero in white, positive values in red. */
  SIGNED,
  /** The image itself, fading to white where the magnitudes are small. */
  MASKED,
  /** Lines of equal value of the smoothed map on the image. */
  CONTOUR;

  /** The name in lower case, as on the command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * A form by its name in lower case.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static DrawingForm named(String name) {
    return Arrays.stream(values())
        .filter(form -> form.text().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no form %s; choose one of %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(DrawingForm::text)
                                .collect(Collectors.joining(", ")))));
  }
}
