package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.cli.Brought.shared;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asking questions as a user does, of the goldens' small model with made-up word pieces. */
class AskCommandTests {
  private static final int PIECES = 120;

  @TempDir Path directory;

  private static CommandLineRun ask(Object... arguments) {
    return CommandLineRun.of(
        Stream.concat(Stream.of("text", "ask"), Stream.of(arguments)).toArray());
  }

  private String model() throws IOException {
    var folder = Files.createDirectories(directory.resolve("model"));
    for (var name : List.of("config.json", "model.safetensors")) {
      Files.copy(shared("goldens/bert/tiny/" + name), folder.resolve(name));
    }
    var pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "?", "."));
    for (var letter = 'a'; letter <= 'z'; letter++) {
      pieces.add(String.valueOf(letter));
      pieces.add("##" + letter);
    }
    while (pieces.size() < PIECES) {
      pieces.add("[unused%d]".formatted(pieces.size()));
    }
    Files.write(folder.resolve("vocab.txt"), pieces);
    return folder.toString();
  }

  @Test
  void printsAnswersWithTheirPlaces() throws IOException {
    var context = "a b😀 c.\nd";
    var outcome =
        ask(
            "--model",
            model(),
            "--question",
            "who?",
            "--context",
            context,
            "--best",
            "3",
            "--json");
    assertThat(outcome.err()).isEmpty();
    var json = new JsonMapper().readTree(outcome.out());
    assertThat(json.at("/answers")).hasSize(3);
    for (var answer : json.at("/answers")) {
      assertThat(context.substring(answer.get("start").intValue(), answer.get("end").intValue()))
          .isEqualTo(answer.get("text").textValue());
    }
    var plain =
        ask(
            "--model",
            directory.resolve("model").toString(),
            "--question",
            "who?",
            "--context",
            context,
            "--best",
            "1000");
    assertThat(plain.out().lines())
        .hasSize(5 * 6 / 2)
        .anyMatch(line -> line.startsWith("b😀 c. d ("));
  }

  @Test
  void readsALongFileAndExplains() throws IOException {
    var file = Files.writeString(directory.resolve("long.txt"), "\uFEFF" + "ab cd. ".repeat(1500));
    var out = directory.resolve("out");
    var outcome =
        ask(
            "--model",
            model(),
            "--question",
            "who?",
            "--context-file",
            file.toString(),
            "--windows",
            "homework",
            "--stride",
            "20",
            "--steps",
            "3",
            "--out",
            out.toString());
    assertThat(outcome.code()).isZero();
    var json = new JsonMapper().readTree(out.resolve("answer.json").toFile());
    assertThat(json.at("/windows").size()).isGreaterThan(300);
    assertThat(json.at("/context").textValue()).hasSize(10_500);
    assertThat(json.at("/weights/model").textValue()).endsWith("model");
    assertThat(outcome.out().lines()).hasSize(1);
    assertThat(json.at("/answers")).hasSize(1);
    var page = Files.readString(out.resolve("index.html"));
    assertThat(page).contains("An answer and its words");
    assertThat(page.split("\"probability\":", -1)).hasSize(1 + 3);
  }

  @Test
  void answersAFileOfQuestions() throws IOException {
    var file =
        Files.writeString(
            directory.resolve("questions.json"),
            """
            {"questions": [
              {"id": 1, "paragraph_id": 0, "question_text": "who?", "answer_text": "b",
               "answer_start": 2, "answer_end": 2},
              {"id": 2, "paragraph_id": 9, "question_text": "who?"}],
             "paragraphs": ["a b c"]}
            """);
    var out = directory.resolve("out");
    var outcome = ask("--model", model(), "--data", file.toString(), "--out", out.toString());
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err().lines()).singleElement().asString().contains("the question 2 points");
    assertThat(outcome.out()).contains("1 questions answered", "all (1): exact match");
    assertThat(Files.readAllLines(out.resolve("predictions.csv"))).hasSize(2);
  }

  @Test
  void refusesAModelThatDoesntAnswer() {
    var outcome =
        ask(
            "--model",
            shared("cases/more/m_plain").toString(),
            "--question",
            "q",
            "--context",
            "c");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .last()
        .asString()
        .contains("no question-answering head (qa_outputs)");
  }

  @Test
  void refusesTextsWithoutWords() throws IOException {
    var outcome = ask("--model", model(), "--question", " ", "--context", "c");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("The question has no letters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--question q",
        "--context c",
        "--question q --context c --context-file f",
        "--question q --context c --data f",
        "--data f --best 2",
        "--data f --steps 2",
        "--question q --context c --steps 2",
        "--question q --context c --best 0",
        "--question q --context c --longest 0",
        "--question q --context c --stride 0",
        "--question q --context c --stride 500",
        "--question q --context c --window-tokens 0",
        "--question q --context c --windows drcd",
      })
  void explainsWrongUsage(String arguments) {
    var outcome = ask(arguments.isEmpty() ? new String[0] : arguments.split(" "));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err().lines()).hasSize(1);
  }
}
