package org.pellucid.models.bert.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.TrainingRun;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.answer.WindowSettings;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.convert.LowRankAdapter;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** A training in a directory, from the first line of its log to the result. */
@Tag("numeric")
@Tag("many-steps")
class TuningSessionTests {
  @TempDir private Path directory;

  /** Hears all, and interrupts the training after a step as a signal does. */
  private static final class Ear implements TuningSession.Listener {
    private final List<Double> f1 = new ArrayList<>();
    private final long last;

    Ear(long last) {
      this.last = last;
    }

    @Override
    public void stepped(TuningStep step, double seconds) {
      if (step.number() == last) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void evaluated(TuningEvaluation.Result result) {
      f1.add(result.figures().f1());
    }
  }

  private static void write(TuningRun run, Path directory) throws IOException {
    if (run.training().adapter().isPresent()) {
      AdapterFiles.write(run, "small", directory);
    } else {
      SafetensorsWriter.write(
          directory.resolve("model.safetensors"),
          TunedWeights.of(run.training().model()),
          Map.of());
    }
  }

  private static void train(Path out, TuningSettings settings, Ear ear) throws IOException {
    var evaluation =
        new TuningEvaluation(SmallTask.tokenizer(), SmallTask.questions(), WindowSettings.squad());
    var engine = Engine.standard();
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var run = new TuningRun(engine, model, 0, SmallTask.examples(), settings)) {
      var identity = new TuningSession.Identity("small", "questions.json", Optional.empty());
      new TuningSession(engine, run, identity, out, Optional.of(evaluation), 2)
          .train(TuningSessionTests::write, ear);
    }
  }

  private static List<String> withoutSeconds(Path log) throws IOException {
    return Files.readAllLines(log).stream().map(l -> l.replaceFirst(",[^,]*$", "")).toList();
  }

  /** Ten steps with a checkpoint every second one, ended after the fifth. */
  @ParameterizedTest
  @EnumSource(names = {"ADAPTERS", "ALL"})
  void endsWithTheSameFilesAfterAnInterruption(TrainedPart part) throws IOException {
    var settings = SmallTask.withDropout(part);
    var undisturbed = directory.resolve("undisturbed");
    train(undisturbed, settings, new Ear(0));
    var ended = directory.resolve("ended");
    assertThatThrownBy(() -> train(ended, settings, new Ear(5)))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(TuningSession.isUnfinished(ended)).isTrue();
    assertThat(TuningSession.isFinished(ended)).isFalse();
    assertThat(Files.readAllLines(ended.resolve("log.csv"))).hasSize(1 + 5);
    train(ended, settings, new Ear(0));
    assertThat(TuningSession.isFinished(ended)).isTrue();
    assertThat(Files.readAllLines(ended.resolve("log.csv"))).hasSize(1 + 10);
    assertThat(Files.readAllLines(ended.resolve("evaluations.csv"))).hasSize(1 + 1 + 5);
    try (var files = Files.list(undisturbed)) {
      for (var file : files.toList()) {
        var other = ended.resolve(file.getFileName());
        if (file.endsWith("log.csv")) {
          assertThat(withoutSeconds(other)).isEqualTo(withoutSeconds(file));
        } else {
          assertThat(other).hasSameBinaryContentAs(file);
        }
      }
    }
  }

  /** Merged into the weights or beside them, an adapter is the same but for rounding. */
  @Test
  void writesAnAdapterThatIsReadAgain() throws IOException {
    var ear = new Ear(0);
    var engine = Engine.standard();
    var settings = SmallTask.settings(TrainedPart.ADAPTERS);
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var run = new TuningRun(engine, model, 0, SmallTask.examples(), settings)) {
      var evaluation =
          new TuningEvaluation(
              SmallTask.tokenizer(), SmallTask.questions(), WindowSettings.squad());
      var identity = new TuningSession.Identity("small", "questions.json", Optional.empty());
      new TuningSession(engine, run, identity, directory, Optional.of(evaluation), 50)
          .train(TuningSessionTests::write, ear);
      assertThat(ear.f1.getLast()).isGreaterThan(ear.f1.getFirst() + 30);
      var ids = new int[] {2, 5, 6, 7, 8, 9, 3, 7, 10, 11, 6, 3};
      var segments = new int[] {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
      try (var base = WeightFiles.open(TrainingRun.file("bert-start.safetensors"));
          var adapter = WeightFiles.open(directory.resolve("adapter_model.safetensors"));
          var merged =
              BertModel.load(
                  SmallTask.CONFIG,
                  new CheckpointParameters(LowRankAdapter.merge(base, adapter)),
                  ElementType.FLOAT32);
          var tape = new Tape(engine);
          var idTensor = Tensor.of(ids, 1, ids.length);
          var segmentTensor = Tensor.of(segments, 1, ids.length)) {
        var hidden =
            merged.encode(
                tape, merged.wordEmbeddings(tape, idTensor), segmentTensor, Optional.empty());
        var expected = merged.answerSpans(tape, hidden).toDoubles();
        var actual = run.training().answers().of(tape, idTensor, segmentTensor, Optional.empty());
        assertThat(actual.toDoubles()).containsExactly(expected, within(1e-4));
      }
    }
    var config = Files.readString(directory.resolve("adapter_config.json"));
    assertThat(config).contains("\"peft_type\" : \"LORA\"", "\"r\" : 4", "\"lora_alpha\" : 8.0");
    // An ending "output.dense" alone would mean the attention's output, too.
    assertThat(config).contains("\"layer.0.output.dense\"").doesNotContain("\"output.dense\"");
  }
}
