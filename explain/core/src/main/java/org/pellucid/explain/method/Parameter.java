package org.pellucid.explain.method;

import java.util.function.IntFunction;

/**
 * A parameter of a method, declared once: the command line, the manifest, the report and the
 * documentation read it from here.
 *
 * @param name on the command line and in files, such as {@code learning-rate}
 * @param type its values
 * @param standard the value of the literature and the best libraries
 * @param homework the original notebook's value, for a run of so many inputs
 * @param texts the value where texts are explained
 * @param sentence what it means
 * @param <T> the values' class
 */
public record Parameter<T>(
    String name,
    ParameterType<T> type,
    T standard,
    IntFunction<T> homework,
    T texts,
    String sentence) {

  /** A parameter whose value in the homework, and for texts, is the standard one. */
  public static <T> Parameter<T> of(
      String name, ParameterType<T> type, T standard, String sentence) {
    return new Parameter<>(name, type, standard, inputs -> standard, standard, sentence);
  }

  /** This parameter with another value in the homework. */
  public Parameter<T> homework(T value) {
    return new Parameter<>(name, type, standard, inputs -> value, texts, sentence);
  }

  /**
   * This parameter with a value in the homework that depends on the number of inputs of the run.
   */
  public Parameter<T> homework(IntFunction<T> value) {
    return new Parameter<>(name, type, standard, value, texts, sentence);
  }

  /** This parameter with another value where texts are explained. */
  public Parameter<T> texts(T value) {
    return new Parameter<>(name, type, standard, homework, value, sentence);
  }

  /**
   * The value of a text.
   *
   * @throws IllegalArgumentException if it is not among the allowed ones; the message names them
   */
  T parse(String method, String text) {
    return type.reader()
        .apply(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s.%s is %s, but must be %s"
                        .formatted(method, name, text.isBlank() ? "empty" : text, type.allowed())));
  }
}
