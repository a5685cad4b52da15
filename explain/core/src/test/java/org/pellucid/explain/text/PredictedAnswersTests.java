package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.answer.AnswerMetrics;
import org.pellucid.models.bert.answer.AnswerSettings;
import org.pellucid.models.bert.answer.QuestionAnswering;
import org.pellucid.models.bert.answer.QuestionFile;

/** All questions of a file answered and compared. */
@Tag("numeric")
class PredictedAnswersTests {
  private static final String QUESTIONS =
      """
      {"data": [{"paragraphs": [
        {"context": "the \\"cat\\", saw a dog.", "qas": [
          {"id": "a,1", "question": "who?", "answers": [{"text": "cat", "answer_start": 5}]},
          {"id": "b", "question": "who eats?", "is_impossible": true, "answers": []},
          {"id": "c", "question": "who saw?"},
          {"id": "d", "question": "who?", "answers": [{"text": "cow", "answer_start": 5}]}]},
        {"context": "\\u200b", "qas": [{"id": "e", "question": "who?"}]}]}]}
      """;

  @TempDir Path directory;

  private BertModel model;
  private QuestionAnswering answering;

  @BeforeEach
  void open() {
    model = TinyBert.model();
    answering = new QuestionAnswering(Engine.standard(), model, TinyBert.tokenizer());
  }

  @AfterEach
  void close() {
    model.close();
  }

  private QuestionFile file() throws IOException {
    return QuestionFile.open(Files.writeString(directory.resolve("questions.json"), QUESTIONS));
  }

  @Test
  void answersWhatItCanAndNamesTheRest() throws IOException {
    var complaints = new ArrayList<String>();
    var steps = new ArrayList<Long>();
    var settings = AnswerSettings.standard();
    var found =
        PredictedAnswers.of(
            file(),
            answering,
            settings,
            (done, total) -> steps.add(10 * done + total),
            complaints::add);
    var context = "the \"cat\", saw a dog.";
    assertThat(found.texts())
        .containsOnlyKeys("a,1", "b", "c")
        .containsEntry("b", answering.answer("who eats?", context, settings).prediction());
    assertThat(complaints).hasSize(2);
    assertThat(complaints.get(0)).contains("question d").contains("cow");
    assertThat(complaints.get(1)).contains("question e").contains("no letters");
    assertThat(found.failed()).isEqualTo(2);
    assertThat(steps).containsExactly(14L, 24L, 34L, 44L);
    var f1 = AnswerMetrics.f1(found.texts().get("a,1"), List.of("cat"));
    assertThat(found.answerable().questions()).isEqualTo(1);
    assertThat(found.answerable().f1()).isEqualTo(100 * f1);
    var none = AnswerMetrics.f1(found.texts().get("b"), List.of());
    assertThat(found.unanswerable().f1()).isEqualTo(100 * none);
    assertThat(found.all().questions()).isEqualTo(2);
    assertThat(found.all().f1()).isEqualTo(50 * (f1 + none));
  }

  @Test
  void savesPredictionsAndFigures() throws IOException {
    var settings = AnswerSettings.standard();
    var found = PredictedAnswers.of(file(), answering, settings, Progress.NONE, _ -> {});
    found.save(directory, settings, Optional.empty());
    var predictions = new JsonMapper().readTree(directory.resolve("predictions.json").toFile());
    assertThat(predictions).hasSize(3);
    assertThat(predictions.get("c").textValue()).isEqualTo(found.texts().get("c"));
    var lines = Files.readAllLines(directory.resolve("predictions.csv"));
    assertThat(lines).hasSize(4).startsWith("ID,Answer");
    assertThat(lines.get(1)).startsWith("\"a,1\",");
    var quoted = found.texts().values().stream().filter(text -> text.contains("\"")).toList();
    assertThat(quoted).isNotEmpty();
    assertThat(String.join("\n", lines)).contains("\"" + quoted.getFirst().replace("\"", "\"\""));
    var evaluation = new JsonMapper().readTree(directory.resolve("evaluation.json").toFile());
    assertThat(evaluation.at("/answered").intValue()).isEqualTo(3);
    assertThat(evaluation.at("/all/f1").doubleValue()).isEqualTo(found.all().f1());
    assertThat(evaluation.at("/settings/windows/stride").intValue()).isEqualTo(128);
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws IOException {
    var file = file();
    Thread.currentThread().interrupt();
    assertThatThrownBy(
            () ->
                PredictedAnswers.of(
                    file, answering, AnswerSettings.standard(), Progress.NONE, _ -> {}))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
