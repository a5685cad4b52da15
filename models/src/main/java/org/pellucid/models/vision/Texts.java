package org.pellucid.models.vision;

import java.util.Locale;

/** Names and numbers as configurations write them. */
final class Texts {
  private Texts() {}

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
