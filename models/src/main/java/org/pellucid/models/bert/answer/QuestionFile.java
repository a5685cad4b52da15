package org.pellucid.models.bert.answer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A JSON file of questions: SQuAD's format, version 1.1 or 2.0 (Rajpurkar et al., 2016 and 2018),
 * or that of the homework, an object of {@code questions} and {@code paragraphs}.
 *
 * <p>The file is read twice, first to check its form, then question by question. In memory is one
 * paragraph at a time, or in the homework's format, whose questions come before the paragraphs that
 * they point to, all paragraphs. Places in both formats count characters (code points) from 0.
 */
public final class QuestionFile {
  /** How a file lists its questions. */
  public enum Format {
    /** Articles of paragraphs of questions, under {@code data}. */
    SQUAD,
    /** {@code questions} that point into {@code paragraphs}. */
    HOMEWORK
  }

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Path file;
  private final Format format;
  private final List<String> paragraphs;

  private QuestionFile(Path file, Format format, List<String> paragraphs) {
    this.file = file;
    this.format = format;
    this.paragraphs = paragraphs;
  }

  /**
   * Checks a file's form from beginning to end.
   *
   * @throws QuestionFileException if it can't be read, is no JSON, or has neither format
   */
  public static QuestionFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new QuestionFileException(
          "There is no file of questions %s; check the path.".formatted(file));
    }
    return parsed(file, parser -> opened(file, parser));
  }

  /** Every question of a file; the first that can't be used ends the reading. */
  public static List<QuestionExample> readAll(Path file) {
    var examples = new ArrayList<QuestionExample>();
    open(file)
        .read(
            examples::add,
            complaint -> {
              throw new QuestionFileException(complaint);
            });
    return List.copyOf(examples);
  }

  /** How it lists its questions. */
  public Format format() {
    return format;
  }

  /**
   * Hands over the questions in the file's order, and a sentence about each one that can't be used:
   * a field is missing or wrong, an id occurs twice, an answer isn't what stands at its place.
   *
   * @throws QuestionFileException if the file holds no question at all, or changed since it was
   *     opened
   */
  public void read(Consumer<QuestionExample> examples, Consumer<String> complaints) {
    var reader = new QuestionReader(file, examples, complaints);
    parsed(
        file,
        parser -> {
          parser.nextToken();
          var list = format == Format.SQUAD ? "data" : "questions";
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var isList = parser.currentName().equals(list);
            parser.nextToken();
            if (!isList) {
              parser.skipChildren();
            } else if (format == Format.SQUAD) {
              SquadFormat.read(parser, reader);
            } else {
              HomeworkFormat.read(parser, paragraphs, reader);
            }
          }
          return reader;
        });
    if (reader.count() == 0) {
      throw new QuestionFileException(file + " holds no questions; give a file that does.");
    }
  }

  private static QuestionFile opened(Path file, JsonParser parser) throws IOException {
    var first = parser.nextToken();
    if (first == null) {
      throw new QuestionFileException(file + " is empty; give a file of questions in JSON.");
    }
    if (first != JsonToken.START_OBJECT) {
      throw neither(file);
    }
    var names = new ArrayList<String>();
    var paragraphs = new ArrayList<String>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      names.add(name);
      if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("paragraphs")) {
        paragraphs.addAll(HomeworkFormat.paragraphs(file, parser));
      } else if (List.of("data", "questions", "paragraphs").contains(name)
          && parser.currentToken() != JsonToken.START_ARRAY) {
        throw new QuestionFileException(
            "%s: field \"%s\" must be a list; correct the file.".formatted(file, name));
      } else {
        parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw new QuestionFileException(
          "%s holds more than one JSON value; write one object.".formatted(file));
    }
    if (names.contains("data")) {
      return new QuestionFile(file, Format.SQUAD, List.of());
    }
    if (names.contains("questions") && names.contains("paragraphs")) {
      return new QuestionFile(file, Format.HOMEWORK, List.copyOf(paragraphs));
    }
    throw neither(file);
  }

  private static QuestionFileException neither(Path file) {
    return new QuestionFileException(
        ("%s has neither SQuAD's format (an object with \"data\") nor the homework's"
                + " (\"questions\" and \"paragraphs\"); give a file in one of them.")
            .formatted(file));
  }

  private interface Reading<T> {
    T from(JsonParser parser) throws IOException;
  }

  private static <T> T parsed(Path file, Reading<T> reading) {
    try (var input = Files.newInputStream(file);
        var parser = MAPPER.createParser(input)) {
      return reading.from(parser);
    } catch (JsonProcessingException e) {
      var place = e.getLocation();
      throw new QuestionFileException(
          "%s is not valid JSON (line %d, column %d: %s); correct it or download it again."
              .formatted(
                  file,
                  place == null ? 1 : place.getLineNr(),
                  place == null ? 1 : place.getColumnNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    } catch (CharConversionException e) {
      throw new QuestionFileException("%s is not UTF-8 text; save it as UTF-8.".formatted(file), e);
    } catch (IOException e) {
      throw new QuestionFileException(
          "%s can't be read (%s); check its permissions.".formatted(file, e.getMessage()), e);
    }
  }
}
