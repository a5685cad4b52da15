package org.pellucid.models.bert.answer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.models.bert.answer.QuestionReader.Flaw;

/**
 * The homework's lists: {@code questions} with a {@code paragraph_id}, and {@code paragraphs}.
 * {@code answer_end} is the last character of the answer; a test set's answers are null.
 */
final class HomeworkFormat {
  private HomeworkFormat() {}

  /** Reads the texts of {@code paragraphs}, whose opening bracket the parser stands at. */
  static List<String> paragraphs(Path file, JsonParser parser) throws IOException {
    var texts = new ArrayList<String>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw new QuestionFileException(
            "%s: paragraph %d must be a text; correct the file.".formatted(file, texts.size()));
      }
      texts.add(parser.getText());
    }
    return texts;
  }

  /** Reads {@code questions}, whose opening bracket the parser stands at. */
  static void read(JsonParser parser, List<String> paragraphs, QuestionReader reader)
      throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      JsonNode question = parser.readValueAsTree();
      reader.add(question, id -> example(id, question, paragraphs));
    }
  }

  private static QuestionExample example(String id, JsonNode question, List<String> paragraphs)
      throws Flaw {
    var text = QuestionReader.text(question, "question_text");
    var paragraph = QuestionReader.number(question, "paragraph_id");
    if (paragraph < 0 || paragraph >= paragraphs.size()) {
      throw new Flaw(
          "points to paragraph %d, but the file's are 0 to %d; correct \"paragraph_id\"",
          paragraph, paragraphs.size() - 1);
    }
    var context = paragraphs.get(paragraph);
    if (!QuestionReader.has(question, "answer_text")) {
      return new QuestionExample(id, text, context, List.of(), false);
    }
    var start = QuestionReader.number(question, "answer_start");
    var end = QuestionReader.number(question, "answer_end");
    if (end < start) {
      throw new Flaw("has an answer that ends at %d before it starts at %d", end, start);
    }
    var answers =
        QuestionReader.answer(
            context, QuestionReader.text(question, "answer_text"), start, end - start + 1);
    return new QuestionExample(id, text, context, answers);
  }
}
