package org.pellucid.models.bert.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Checks the questions that a format finds one by one, and hands on the good ones. */
final class QuestionReader {
  private static final int SHOWN = 40;

  private final Path file;
  private final Consumer<QuestionExample> examples;
  private final Consumer<String> complaints;
  private final Set<String> ids = new HashSet<>();
  private long count;

  QuestionReader(Path file, Consumer<QuestionExample> examples, Consumer<String> complaints) {
    this.file = file;
    this.examples = examples;
    this.complaints = complaints;
  }

  /** What is wrong with one question, after its name. */
  static final class Flaw extends Exception {
    private static final long serialVersionUID = 1L;

    Flaw(String message, Object... arguments) {
      super(message.formatted(arguments));
    }
  }

  interface Parsing {
    QuestionExample from(String id) throws Flaw;
  }

  /** The number of questions so far, good and bad. */
  long count() {
    return count;
  }

  /** Names a part of the file that holds no question to be used. */
  void complain(String message, Object... arguments) {
    complaints.accept(file + ": " + message.formatted(arguments));
  }

  /** Takes one more question. */
  void add(JsonNode question, Parsing parsing) {
    count++;
    var name = "question number " + count;
    QuestionExample example;
    try {
      var id = id(question);
      name = "the question " + shown(id);
      example = parsing.from(id);
      if (!ids.add(id)) {
        throw new Flaw("has an id that an earlier one has; give each its own");
      }
      blank("question", example.question());
      blank("context", example.context());
    } catch (Flaw flaw) {
      complain("%s %s.", name, flaw.getMessage());
      return;
    }
    examples.accept(example);
  }

  private static void blank(String what, String text) throws Flaw {
    if (text.isBlank()) {
      throw new Flaw("has an empty %s; write one or leave it out", what);
    }
  }

  private static String id(JsonNode question) throws Flaw {
    var id = question.path("id");
    if (!id.isTextual() && !id.isIntegralNumber()) {
      throw new Flaw("has no field \"id\" with a text or a whole number");
    }
    return id.asText();
  }

  static String text(JsonNode object, String name) throws Flaw {
    var value = object.path(name);
    if (!value.isTextual()) {
      throw new Flaw("has no field \"%s\" with a text", name);
    }
    return value.textValue();
  }

  static int number(JsonNode object, String name) throws Flaw {
    var value = object.path(name);
    if (!value.canConvertToExactIntegral() || !value.canConvertToInt()) {
      throw new Flaw("has no field \"%s\" with a whole number", name);
    }
    return value.intValue();
  }

  /** Whether an object's field is there and not null. */
  static boolean has(JsonNode object, String name) {
    return object.hasNonNull(name);
  }

  /**
   * The answer at a place in a context.
   *
   * @param start in code points
   * @param length in code points
   */
  static List<ReferenceAnswer> answer(String context, String text, int start, int length)
      throws Flaw {
    if (text.isEmpty()) {
      throw new Flaw("has an empty answer; write one or leave it out");
    }
    var size = context.codePointCount(0, context.length());
    if (start < 0 || length < 0 || start > size - length) {
      throw new Flaw(
          "has the answer “%s” at character %d, outside its context's %d characters; correct the"
              + " place",
          shown(text), start, size);
    }
    var from = context.offsetByCodePoints(0, start);
    var to = context.offsetByCodePoints(from, length);
    var found = context.substring(from, to);
    if (!found.equals(text)) {
      throw new Flaw(
          "has the answer “%s”, but “%s” stands at its place from character %d of the context;"
              + " correct the place",
          shown(text), shown(found), start);
    }
    return List.of(new ReferenceAnswer(text, from, to));
  }

  static String shown(String text) {
    return text.codePointCount(0, text.length()) > SHOWN
        ? text.substring(0, text.offsetByCodePoints(0, SHOWN)) + "…"
        : text;
  }
}
