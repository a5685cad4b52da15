package org.pellucid.explain.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.SmoothGrad;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.ResultFileException;
import org.pellucid.explain.metrics.Sparseness;
import org.pellucid.explain.perturbation.Lime;
import org.pellucid.explain.segmentation.Slic;
import org.pellucid.models.vision.ImageException;

/** Runs that are interrupted and resumed end with the files of a run that was not. */
class RunJournalTests {
  private static final int SIDE = 12;
  private static final Map<String, Object> ABOUT = Map.of("weights", "w.pth", "classes", 2);

  @TempDir Path directory;

  private final List<String> read = new ArrayList<>();
  private final Evaluator evaluator =
      new Evaluator(Engine.portable(), new QuadraticModel(new long[] {3, SIDE, SIDE}, 2));

  private final class Source implements InputSource {
    private final int number;

    Source(int number) {
      this.number = number;
    }

    @Override
    public String name() {
      return "image \"" + number + "\" é";
    }

    @Override
    public OptionalInt label() {
      return OptionalInt.of(Math.abs(number) % 2);
    }

    @Override
    public Values read() {
      read.add(name());
      if (number < 0) {
        throw new ImageException(name() + " is not an image");
      }
      var numbers = new float[3 * SIDE * SIDE];
      for (var i = 0; i < numbers.length; i++) {
        numbers[i] = (i * 31 + number * 17) % 23 / 23f;
      }
      return Values.of(numbers, 3, SIDE, SIDE);
    }
  }

  private List<Source> sources() {
    return List.of(new Source(1), new Source(2), new Source(-3), new Source(4), new Source(5));
  }

  private ExplanationRun run(int samples) {
    var lime = Lime.homework().withSamples(samples).with(new Slic(9, 1, 1, 1));
    var methods =
        List.<Method>of(lime, SmoothGrad.standard().withSamples(3), IntegratedGradients.steps(2));
    return new ExplanationRun(
        evaluator,
        methods,
        List.of(new Sparseness()),
        TargetChoice.parse("label"),
        RunOptions.standard());
  }

  /** Stops the run in the way a signal does, when the input is explained but not written. */
  private record Stop(String at) implements Sink {
    @Override
    public void accept(ExplainedInput input) {
      if (input.name().equals(at)) {
        throw new CancellationException("stopped");
      }
    }
  }

  private void explain(Path folder, RunJournal journal, Sink... more) {
    var run = run(20);
    var sinks = new ArrayList<Sink>(List.of(more));
    sinks.add(new ResultFiles(folder));
    sinks.add(new Manifest(folder, ABOUT));
    try (journal) {
      run.run(sources(), sinks, RunListener.NONE, journal);
    }
  }

  private void begin(Path folder, Sink... more) throws IOException {
    Files.createDirectories(folder);
    explain(folder, RunJournal.begin(folder, ABOUT, run(20)), more);
  }

  /** All files but for the seconds that they tell. */
  private static Map<String, Object> contents(Path folder) throws IOException {
    var contents = new TreeMap<String, Object>();
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var name = folder.relativize(file).toString();
        contents.put(
            name,
            name.endsWith(".json")
                ? withoutSeconds(new JsonMapper().readTree(file.toFile()))
                : new JsonMapper().valueToTree(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  private static JsonNode withoutSeconds(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.remove("seconds");
    }
    node.forEach(RunJournalTests::withoutSeconds);
    return node;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5})
  void endsWithTheFilesOfAnUndisturbedRun(int stopped) throws IOException {
    begin(directory.resolve("whole"));
    var folder = directory.resolve("stopped");
    assertThatThrownBy(() -> begin(folder, new Stop(new Source(stopped).name())))
        .isInstanceOf(CancellationException.class);
    assertThat(folder.resolve("manifest.json")).doesNotExist();
    var explained = new ArrayList<String>();
    Sink counting =
        new Sink() {
          @Override
          public void accept(ExplainedInput input) {
            explained.add(input.name());
          }

          @Override
          public void restore(ExplainedInput input) {}
        };
    explain(folder, RunJournal.resume(folder, ABOUT, run(20)), counting);
    assertThat(contents(folder)).isEqualTo(contents(directory.resolve("whole")));
    assertThat(explained)
        .isEqualTo(
            sources().stream()
                .filter(source -> source.number >= stopped)
                .map(Source::name)
                .toList());
  }

  @Test
  void explainsAgainWhatIsDamagedOrHalfNoted() throws IOException {
    begin(directory.resolve("whole"));
    var folder = directory.resolve("damaged");
    begin(folder);
    Files.delete(folder.resolve(new Source(1).name()).resolve("lime.npy"));
    var completed = folder.resolve("run.completed");
    var text = Files.readString(completed);
    Files.writeString(completed, text.substring(0, text.length() - 5));
    explain(folder, RunJournal.resume(folder, ABOUT, run(20)));
    assertThat(contents(folder)).isEqualTo(contents(directory.resolve("whole")));
  }

  @Test
  void takesNothingOverWithoutBeingAsked() throws IOException {
    begin(directory);
    read.clear();
    var again = new ArrayList<String>();
    begin(
        directory,
        new Sink() {
          @Override
          public void accept(ExplainedInput input) {
            again.add(input.name());
          }
        });
    assertThat(again).hasSize(4);
  }

  @Test
  void refusesAnotherRun() throws IOException {
    begin(directory);
    assertThatThrownBy(() -> RunJournal.resume(directory, ABOUT, run(21)))
        .isInstanceOf(ResultFileException.class)
        .hasMessageContaining("had another methods.lime.samples (20, now 21)");
    var other = Map.<String, Object>of("weights", "v.pth", "classes", 2);
    assertThatThrownBy(() -> RunJournal.resume(directory, other, run(20)))
        .hasMessageContaining("had another weights (w.pth, now v.pth)");
    assertThatThrownBy(() -> RunJournal.resume(directory.resolve("none"), ABOUT, run(20)))
        .hasMessageContaining("There is no run to resume");
    Files.writeString(directory.resolve("run.json"), "{", StandardOpenOption.TRUNCATE_EXISTING);
    assertThatThrownBy(() -> RunJournal.resume(directory, ABOUT, run(20)))
        .hasMessageContaining("not the description of a run");
  }
}
