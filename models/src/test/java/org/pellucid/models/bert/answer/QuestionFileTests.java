package org.pellucid.models.bert.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both formats of question files, and what is said about broken ones. */
class QuestionFileTests {
  private static final String HOMEWORK =
      """
      {"questions": [
        {"id": 7, "paragraph_id": 1, "question_text": "誰?", "answer_text": "小明",
         "answer_start": 2, "answer_end": 3},
        {"id": 8, "paragraph_id": 0, "question_text": "Who?", "answer_text": null,
         "answer_start": null, "answer_end": null}],
       "paragraphs": ["Anna went home.", "😀是小明。"]}
      """;

  private static final String SQUAD =
      """
      {"version": "v2.0", "data": [{"title": "Cats", "paragraphs": [
        {"qas": [
          {"id": "a", "question": "Who?", "is_impossible": false, "answers": [
            {"text": "cats", "answer_start": 2}, {"text": "Two cats", "answer_start": 0}]},
          {"id": "b", "question": "Why?", "is_impossible": true, "answers": [],
           "plausible_answers": [{"text": "cats", "answer_start": 4}]},
          {"id": "c", "question": "When?"}],
         "context": "😻 cats"}]}]}
      """
          .replace("{\"text\": \"Two cats\"", "{\"text\": \"😻 cats\"");

  @TempDir Path directory;

  private Path file(String content) {
    try {
      return Files.writeString(directory.resolve("questions.json"), content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> complaints(String content) {
    var complaints = new ArrayList<String>();
    QuestionFile.open(file(content)).read(_ -> {}, complaints::add);
    return complaints;
  }

  @Test
  void readsTheHomeworksFormatWhosePlacesCountCodePoints() {
    var file = file(HOMEWORK);
    assertThat(QuestionFile.open(file).format()).isEqualTo(QuestionFile.Format.HOMEWORK);
    assertThat(QuestionFile.readAll(file))
        .containsExactly(
            new QuestionExample("7", "誰?", "😀是小明。", List.of(new ReferenceAnswer("小明", 3, 5))),
            new QuestionExample("8", "Who?", "Anna went home.", List.of(), false));
  }

  @Test
  void readsSquadsFormat() {
    var file = file(SQUAD);
    assertThat(QuestionFile.open(file).format()).isEqualTo(QuestionFile.Format.SQUAD);
    assertThat(QuestionFile.readAll(file))
        .containsExactly(
            new QuestionExample(
                "a",
                "Who?",
                "😻 cats",
                List.of(new ReferenceAnswer("cats", 3, 7), new ReferenceAnswer("😻 cats", 0, 7))),
            new QuestionExample("b", "Why?", "😻 cats", List.of()),
            new QuestionExample("c", "When?", "😻 cats", List.of(), false));
  }

  @Test
  void readsAFileWithAByteOrderMark() {
    assertThat(QuestionFile.readAll(file("\uFEFF" + HOMEWORK))).hasSize(2);
  }

  @Test
  void keepsOneCopyOfAParagraph() {
    var examples = QuestionFile.readAll(file(SQUAD));
    assertThat(examples.get(0).context()).isSameAs(examples.get(1).context());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"paragraph_id\": 1 | \"paragraph_id\": 2 | the question 7 points to paragraph 2, but the"
            + " file's are 0 to 1",
        "\"paragraph_id\": 1 | \"paragraph\": 1 | the question 7 has no field \"paragraph_id\"",
        "\"id\": 7, | | question number 1 has no field \"id\"",
        "\"id\": 8, | \"id\": 7, | the question 7 has an id that an earlier one has",
        "\"question_text\": \"誰?\" | \"question_text\": 5 | no field \"question_text\" with a text",
        "\"question_text\": \"Who?\" | \"question_text\": \" \" | the question 8 has an empty"
            + " question",
        "\"answer_start\": 2 | \"answer_start\": 1 | “小明”, but “是小明” stands at its place",
        "\"answer_start\": 2 | \"answer_start\": \"2\" | no field \"answer_start\"",
        "\"answer_start\": 2 | \"answer_start\": 4 | ends at 3 before it starts at 4",
        "\"answer_end\": 3 | \"answer_end\": 300 | outside its context's 5 characters",
        "\"answer_end\": 3 | \"answer_end\": 2147483647 | outside its context's 5 characters",
        "Anna went home. | '' | the question 8 has an empty context",
      })
  void namesAQuestionThatCantBeUsed(String right, String wrong, String complaint) {
    var broken = HOMEWORK.replace(right, wrong == null ? "" : wrong);
    assertThat(complaints(broken))
        .singleElement()
        .asString()
        .startsWith(directory.resolve("questions.json") + ": ")
        .contains(complaint)
        .endsWith(".");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"answer_start\": 2 | \"answer_start\": 3 | the question a has the answer “cats” at",
        "\"answer_start\": 2 | \"answer_start\": -1 | outside its context's 6 characters",
        "\"text\": \"cats\", \"answer_start\": 2 | \"text\": \"dogs\", \"answer_start\": 2 |"
            + " “dogs”, but “cats” stands",
        "\"context\": | \"text\": | a paragraph of article number 1 has no text \"context\"",
        "\"paragraphs\": | \"sections\": | article number 1 has no list \"paragraphs\"",
      })
  void namesWhatIsWrongInSquadsFormat(String right, String wrong, String complaint) {
    var content = SQUAD.replace(right, wrong);
    var complaints = new ArrayList<String>();
    try {
      QuestionFile.open(file(content)).read(_ -> {}, complaints::add);
    } catch (QuestionFileException e) {
      assertThat(e).hasMessageContaining("holds no questions");
    }
    assertThat(complaints).singleElement().asString().contains(complaint);
  }

  @Test
  void goesOnAfterAQuestionThatCantBeUsed() {
    var good = new ArrayList<QuestionExample>();
    QuestionFile.open(file(HOMEWORK.replace("\"answer_start\": 2", "\"answer_start\": 0")))
        .read(good::add, _ -> {});
    assertThat(good).extracting(QuestionExample::id).containsExactly("8");
  }

  @Test
  void endsAtTheFirstQuestionThatCantBeUsedWhereAllAreWanted() {
    var file = file(HOMEWORK.replace("\"answer_start\": 2", "\"answer_start\": 0"));
    assertThatThrownBy(() -> QuestionFile.readAll(file))
        .isInstanceOf(QuestionFileException.class)
        .hasMessageContaining("the question 7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "|is empty",
        "  |is empty",
        "[]|has neither SQuAD's format",
        "3|has neither SQuAD's format",
        "{}|has neither SQuAD's format",
        "{\"questions\": []}|has neither SQuAD's format",
        "{\"questions\": {}, \"paragraphs\": []}|field \"questions\" must be a list",
        "{\"data\": 4}|field \"data\" must be a list",
        "{\"questions\": [], \"paragraphs\": [1]}|paragraph 0 must be a text",
        "{\"questions\": [], \"paragraphs\": []}|holds no questions",
        "{\"data\": []}|holds no questions",
        "{\"data\": [|is not valid JSON (line 1",
        "{\"data\": []} {}|more than one JSON value",
        "<!doctype html>|is not valid JSON",
      })
  void refusesAFileOfAnotherForm(String contentAndReason) {
    var parts = contentAndReason.split("\\|");
    var file = file(parts[0]);
    assertThatThrownBy(() -> QuestionFile.readAll(file))
        .isInstanceOf(QuestionFileException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(parts[1])
        .hasMessageEndingWith(".");
  }

  @Test
  void refusesWhatIsntThereOrIsntUtf8() throws IOException {
    var absent = directory.resolve("absent.json");
    assertThatThrownBy(() -> QuestionFile.open(absent)).hasMessageContaining("There is no file");
    var latin = directory.resolve("latin.json");
    Files.write(latin, "{\"data\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> QuestionFile.open(latin))
        .isInstanceOf(QuestionFileException.class)
        .hasMessageContaining(latin.toString());
  }
}
