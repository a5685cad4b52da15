package org.pellucid.explain.method;

import java.util.List;
import java.util.Map;
import org.pellucid.models.Model;

/**
 * The description of a method before it runs. The command line's options and help, the manifest,
 * the report and the documentation's table come from it.
 *
 * @param name on the command line and in files, such as {@code integrated-gradients}
 * @param title such as {@code Integrated Gradients}
 * @param sentence what its map shows, and how to read it
 * @param source the paper or specification that defines it
 * @param guidance which question it answers, what it costs, and when it misleads
 * @param parameters in the order in which they are listed
 * @param texts how it explains texts, if it does
 * @param factory makes the method
 */
public record MethodDescriptor(
    String name,
    String title,
    String sentence,
    String source,
    Guidance guidance,
    List<Parameter<?>> parameters,
    TextInput texts,
    Factory factory) {

  /** What a method takes for a text. */
  public enum TextInput {
    /** Nothing: it explains images only. */
    NONE,
    /** The text's word embeddings, {@code [tokens, embedding]}. */
    EMBEDDINGS,
    /**
     * Switches that show or hide the text's words, 1 or 0: an image of one channel and one row,
     * {@code [1, 1, words]}.
     */
    WORDS
  }

  /** Makes a method, or several where one name stands for a family such as all layers' filters. */
  @FunctionalInterface
  public interface Factory {
    /**
     * Makes the methods for a model.
     *
     * @throws IllegalArgumentException if the values don't fit each other or the model
     */
    List<? extends Method> create(ParameterValues values, Model model);
  }

  /** Copies the list and checks that no two parameters have the same name. */
  public MethodDescriptor {
    parameters = new ParameterList("The method " + name, parameters).all();
  }

  /** A descriptor of a method that explains images only. */
  public MethodDescriptor(
      String name,
      String title,
      String sentence,
      String source,
      Guidance guidance,
      List<Parameter<?>> parameters,
      Factory factory) {
    this(name, title, sentence, source, guidance, parameters, TextInput.NONE, factory);
  }

  /** This descriptor of a method that explains texts too. */
  public MethodDescriptor texts(TextInput input) {
    return new MethodDescriptor(
        name, title, sentence, source, guidance, parameters, input, factory);
  }

  /** A descriptor of a method without parameters, source and guidance. */
  public static MethodDescriptor of(String name, String title, String sentence, Method method) {
    return new MethodDescriptor(
        name, title, sentence, "", Guidance.NONE, List.of(), (values, model) -> List.of(method));
  }

  /** All parameters at their standard values. */
  public ParameterValues standard() {
    return list().standard();
  }

  /**
   * All parameters at the homework's values.
   *
   * @param inputs the number of inputs of the run
   */
  public ParameterValues homework(int inputs) {
    return list().homework(inputs);
  }

  /** All parameters at their values for texts. */
  public ParameterValues ofTexts() {
    return list().texts();
  }

  /**
   * Values with some of them changed.
   *
   * @param settings texts by parameter name
   * @throws IllegalArgumentException if a name is not a parameter's or a text is not one of its
   *     values; the message says which are
   */
  public ParameterValues changed(ParameterValues values, Map<String, String> settings) {
    return list().changed(values, settings);
  }

  private ParameterList list() {
    return new ParameterList(name, parameters);
  }
}
