package org.pellucid.models.bert.answer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.models.bert.answer.QuestionReader.Flaw;

/**
 * SQuAD's list of articles, each of {@code paragraphs} that hold a {@code context} and its {@code
 * qas}. Version 2.0 marks questions without an answer by {@code is_impossible}.
 */
final class SquadFormat {
  private SquadFormat() {}

  /** Reads the articles of {@code data}, whose opening bracket the parser stands at. */
  static void read(JsonParser parser, QuestionReader reader) throws IOException {
    var article = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      article++;
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        readArticle(parser, article, reader);
      } else {
        parser.skipChildren();
        reader.complain("article number %d in \"data\" must be an object.", article);
      }
    }
  }

  private static void readArticle(JsonParser parser, int article, QuestionReader reader)
      throws IOException {
    var hasParagraphs = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var isParagraphs = parser.currentName().equals("paragraphs");
      if (parser.nextToken() != JsonToken.START_ARRAY || !isParagraphs) {
        parser.skipChildren();
        continue;
      }
      hasParagraphs = true;
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        readParagraph(parser.readValueAsTree(), article, reader);
      }
    }
    if (!hasParagraphs) {
      reader.complain("article number %d has no list \"paragraphs\".", article);
    }
  }

  private static void readParagraph(JsonNode paragraph, int article, QuestionReader reader) {
    var context = paragraph.path("context");
    if (!context.isTextual() || !paragraph.path("qas").isArray()) {
      reader.complain(
          "a paragraph of article number %d has no text \"context\" or no list \"qas\".", article);
      return;
    }
    for (var question : paragraph.path("qas")) {
      reader.add(question, id -> example(id, question, context.textValue()));
    }
  }

  private static QuestionExample example(String id, JsonNode question, String context) throws Flaw {
    var text = QuestionReader.text(question, "question");
    var impossible = question.path("is_impossible").asBoolean();
    var given = question.path("answers");
    if (!given.isMissingNode() && !given.isNull() && !given.isArray()) {
      throw new Flaw("has a field \"answers\" that is no list");
    }
    var answers = new ArrayList<ReferenceAnswer>();
    for (var answer : impossible ? List.<JsonNode>of() : given) {
      var spelled = QuestionReader.text(answer, "text");
      answers.addAll(
          QuestionReader.answer(
              context,
              spelled,
              QuestionReader.number(answer, "answer_start"),
              spelled.codePointCount(0, spelled.length())));
    }
    var isLabelled = impossible || !answers.isEmpty() || question.has("is_impossible");
    return new QuestionExample(id, text, context, answers, isLabelled);
  }
}
