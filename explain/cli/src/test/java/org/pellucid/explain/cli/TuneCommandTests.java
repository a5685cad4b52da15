package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tuning as a user meets it, on a small BERT of other people's. */
class TuneCommandTests {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));
  private static final String CONTEXT =
      "the red cat sat on the mat . the small dog ran in the house .";

  @TempDir private Path directory;
  private Path model;
  private Path data;

  @BeforeEach
  void writeQuestions() throws IOException {
    model = SHARED.resolve("cases/more/m_plain");
    assumeTrue(Files.exists(model), () -> "the shared model " + model + " is absent");
    data =
        write(
            "questions.json",
            question("1", "the cat ?", "on the mat"),
            question("2", "the dog ?", "in the house"),
            question("3", "red ?", "cat"),
            question("4", "small ?", "dog"));
  }

  private static Map<String, Object> question(String id, String question, String answer) {
    var answers = List.of(Map.of("text", answer, "answer_start", CONTEXT.indexOf(answer)));
    return Map.of("id", id, "question", question, "answers", answers);
  }

  @SafeVarargs
  private final Path write(String name, Map<String, Object>... questions) throws IOException {
    var paragraph = Map.of("context", CONTEXT, "qas", List.of(questions));
    var content = Map.of("data", List.of(Map.of("paragraphs", List.of(paragraph))));
    return Files.writeString(directory.resolve(name), new JsonMapper().writeValueAsString(content));
  }

  private CommandLineRun tune(Path out, Object... options) {
    var arguments =
        new ArrayList<Object>(
            List.of("text", "tune", "--model", model, "--data", data, "--out", out));
    arguments.addAll(Arrays.asList(options));
    return CommandLineRun.of(arguments.toArray());
  }

  @Test
  void trainsAnAdapterThatAnswers() throws IOException {
    var out = directory.resolve("adapter");
    var run =
        tune(
            out,
            "--validation",
            data,
            "--steps",
            60,
            "--learning-rate",
            0.03,
            "--dropout",
            0,
            "--targets",
            "query,value,intermediate,output",
            "--rank",
            4);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("After 0 steps: exact match 0.00 %")
        .contains("use it with --model " + model + " --adapter " + out);
    // Sixty steps answer three or four of the four: which, the last bits of the sums decide.
    assertThat(exactMatch(run.out(), 60)).isGreaterThanOrEqualTo(50);
    assertThat(out.resolve("checkpoint.safetensors")).doesNotExist();
    assertThat(Files.readAllLines(out.resolve("log.csv"))).hasSize(61);
    var answer =
        CommandLineRun.of(
            "text",
            "ask",
            "--model",
            model,
            "--adapter",
            out,
            "--question",
            "the dog ?",
            "--context",
            CONTEXT,
            "--json");
    assertThat(answer.code()).isZero();
    assertThat(CONTEXT)
        .contains(new JsonMapper().readTree(answer.out()).get("prediction").textValue());
    var again = tune(out);
    assertThat(again.err()).contains("holds a training that is finished; give another directory");
    assertThat(tune(out, "--resume").err()).contains("is finished, so there is nothing to resume");
  }

  private static double exactMatch(String printed, int steps) {
    var found = Pattern.compile("After %d steps: exact match ([0-9.]+) %%".formatted(steps));
    var match = found.matcher(printed);
    assertThat(match.find()).isTrue();
    return Double.parseDouble(match.group(1));
  }

  @Test
  void trainsAWholeModelThatIsOpenedAgain() throws IOException {
    var out = directory.resolve("whole");
    var run = tune(out, "--train", "all", "--steps", 2, "--resume");
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "note: There is no checkpoint in " + out + "; the training begins.");
    assertThat(run.code()).isZero();
    assertThat(out).isDirectoryContaining(file -> file.endsWith("tokenizer_config.json"));
    var config = new JsonMapper().readTree(out.resolve("config.json").toFile());
    assertThat(config.at("/architectures/0").textValue()).isEqualTo("BertForQuestionAnswering");
    assertThat(config.get("hidden_size").intValue()).isEqualTo(16);
    assertThat(config.get("initializer_range").doubleValue()).isEqualTo(0.02);
    var answer = CommandLineRun.of("text", "ask", "--model", out, "--data", data, "--json");
    assertThat(answer.err()).isEmpty();
    assertThat(answer.code()).isZero();
  }

  @Test
  void namesQuestionsThatCantBeLearnt() throws IOException {
    var broken = Map.<String, Object>of("id", "5", "question", "the ?", "answers", 3);
    data = write("broken.json", question("1", "the cat ?", "on the mat"), broken);
    var run = tune(directory.resolve("out"), "--train", "head", "--steps", 1);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("the question 5").hasLineCount(1);
    assertThat(run.out()).contains("The model is in");
    data = write("unlabelled.json", Map.of("id", "6", "question", "the cat ?"));
    var nothing = tune(directory.resolve("none"), "--steps", 1);
    assertThat(nothing.code()).isEqualTo(1);
    assertThat(nothing.err()).contains("1 questions have no answers").contains("nothing to learn");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void refusesWrongOptions() {
    var out = directory.resolve("out");
    refused(tune(out, "--steps", 1, "--epochs", 1), "--steps and --epochs can't both be given");
    refused(tune(out, "--schedule", "cosine"), "--schedule is cosine, but must be linear or");
    refused(tune(out, "--targets", "queries"), "--targets has queries, but knows only query, key");
    refused(tune(out, "--clip", "-1"), "The clipping norm is -1.0, but must be above 0");
    refused(tune(out, "--dropout", 1), "must be at least 0 and below 1");
    refused(tune(out, "--warm-up", 3), "must be a share of all steps from 0 to 1");
    refused(tune(out, "--learning-rate", 0), "The learning rate is 0.0, but must be above 0");
    refused(tune(out, "--save-every", 0), "--save-every is 0, but must be at least 1");
    refused(tune(out, "--train", "some"), "--train");
    refused(tune(out, "--adapter", out), "merge --adapter first");
    assertThat(out).doesNotExist();
    var missing = tune(out, "--validation", directory.resolve("absent.json"));
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).contains("absent.json").hasLineCount(1);
  }

  private static void refused(CommandLineRun run, String message) {
    assertThat(run.err()).contains(message).hasLineCount(1);
    assertThat(run.code()).isEqualTo(2);
  }
}
