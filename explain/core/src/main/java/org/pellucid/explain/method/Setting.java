package org.pellucid.explain.method;

/**
 * A parameter's value as a text.
 *
 * @param owner the name of the method or metric
 * @param parameter the name of its parameter
 * @param value the text, which the parameter's type reads
 */
public record Setting(String owner, String parameter, String value) {

  /**
   * Reads the form {@code OWNER.PARAMETER=VALUE}.
   *
   * @throws IllegalArgumentException if the text is not of it
   */
  public static Setting of(String text) {
    var equals = text.indexOf('=');
    var dot = text.indexOf('.');
    if (dot < 1 || equals <= dot + 1) {
      throw new IllegalArgumentException(
          "--set %s is not of the form METHOD.PARAMETER=VALUE".formatted(text));
    }
    return new Setting(
        text.substring(0, dot), text.substring(dot + 1, equals), text.substring(equals + 1));
  }
}
