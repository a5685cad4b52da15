package org.pellucid.models.bert.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.TrainingRun;
import org.pellucid.models.bert.BertModel;
import org.pellucid.weights.files.WeightFiles;

/** A small BERT is tuned as in PyTorch, and goes on after an interruption as if there was none. */
@Tag("numeric")
@Tag("many-steps")
class TuningRunTests {
  private static final String MODEL = "small";

  @TempDir private Path directory;

  private static TuningRun run(Engine engine, BertModel model, TuningSettings settings)
      throws IOException {
    return new TuningRun(engine, model, 0, SmallTask.examples(), settings);
  }

  private static void begin(TuningRun run) {
    try (var start = WeightFiles.open(TrainingRun.file("bert-adapter-start.safetensors"))) {
      start
          .tensors()
          .forEach(
              (name, tensor) -> {
                var parameter = run.parameters().byName().get(name);
                assertThat(parameter).as(name).isNotNull();
                TensorWeights.copy(tensor, parameter);
              });
    }
  }

  private static List<Double> numbers(JsonNode list) {
    var numbers = new ArrayList<Double>();
    list.forEach(number -> numbers.add(number.doubleValue()));
    return numbers;
  }

  /**
   * PyTorch's own run in single precision keeps the losses to 1.2e-6, relatively; twenty times that
   * is allowed for another order of sums, and for the gradient's norm, which PyTorch computes from
   * the sums of many more numbers, twenty times more.
   */
  @ParameterizedTest
  @EnumSource(names = {"ALL", "ADAPTERS"})
  void learnsAsInPyTorch(TrainedPart part) throws IOException {
    var oracle = new JsonMapper().readTree(TrainingRun.file("bert-tuning.json").toFile());
    var expected = oracle.get(part == TrainedPart.ALL ? "all" : "adapters");
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var run = run(Engine.standard(), model, SmallTask.settings(part))) {
      if (part == TrainedPart.ADAPTERS) {
        begin(run);
      }
      var start = SmallTask.values(run);
      for (var i = 0; i < 20; i++) {
        var step = run.advance();
        var loss = numbers(expected.get("losses")).get(i);
        var norm = numbers(expected.get("norms")).get(i);
        assertThat(step.number()).isEqualTo(i + 1);
        assertThat(step.loss()).as("loss of step %d", i).isCloseTo(loss, within(2e-5 * loss));
        assertThat(step.gradientNorm()).isCloseTo(norm, within(4e-4 * norm));
        assertThat(step.learningRate())
            .isCloseTo(numbers(expected.get("rates")).get(i), within(1e-15));
      }
      assertThat(run.isFinished()).isTrue();
      if (part == TrainedPart.ADAPTERS) {
        checkEnd(run, start);
      }
    }
    assertThat(Engine.standard().memory().usedBytes()).isZero();
  }

  /** The head's shifts have no influence on the loss, so their gradient is rounding alone. */
  private static void checkEnd(TuningRun run, Map<String, double[]> start) {
    var actual = SmallTask.values(run);
    try (var end = WeightFiles.open(TrainingRun.file("bert-adapter-end.safetensors"))) {
      assertThat(end.names()).containsExactlyInAnyOrderElementsOf(actual.keySet());
      end.tensors()
          .forEach(
              (name, tensor) -> {
                if (!name.equals("qa_outputs.bias")) {
                  TrainingRun.checkMove(
                      name,
                      start.get(name),
                      actual.get(name),
                      tensor.toDoubles(),
                      ElementType.FLOAT32);
                }
              });
    }
  }

  private Map<String, double[]> throughout(TuningSettings settings, List<TuningStep> steps)
      throws IOException {
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var run = run(Engine.standard(), model, settings)) {
      while (!run.isFinished()) {
        steps.add(run.advance());
      }
      return SmallTask.values(run);
    }
  }

  private static void checkSame(Map<String, double[]> actual, Map<String, double[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
  }

  @ParameterizedTest
  @EnumSource
  void goesOnBitForBit(TrainedPart part) throws IOException {
    var settings = SmallTask.withDropout(part);
    var steps = new ArrayList<TuningStep>();
    var expected = throughout(settings, steps);
    assertThat(steps).hasSize(10);
    var checkpoint = directory.resolve("checkpoint.safetensors");
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var run = run(Engine.standard(), model, settings)) {
      for (var i = 0; i < 3; i++) {
        run.advance();
      }
      run.save(checkpoint, MODEL);
      run.advance();
    }
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var run = run(Engine.standard(), model, settings)) {
      run.resume(checkpoint, MODEL);
      assertThat(run.stepsTaken()).isEqualTo(3);
      for (var i = 3; i < 10; i++) {
        assertThat(run.advance()).isEqualTo(steps.get(i));
      }
      checkSame(SmallTask.values(run), expected);
    }
  }

  @Test
  void computesTheSameOnOneThread() throws IOException {
    var settings = SmallTask.withDropout(TrainedPart.ADAPTERS);
    var expected = throughout(settings, new ArrayList<>());
    try (var engine = Engine.builder().threads(1).build();
        var model = SmallTask.model(ElementType.FLOAT32);
        var run = run(engine, model, settings)) {
      while (!run.isFinished()) {
        run.advance();
      }
      checkSame(SmallTask.values(run), expected);
    } finally {
      // Native threads belong to the process and follow the engine that was built last.
      Engine.builder().build().close();
    }
  }

  /**
   * Examples of one length, so that no padding tells the batches apart. Sums in another order
   * differ by single precision's rounding, which five steps of Adam magnify.
   */
  @Test
  void accumulatesBatchesToOneStep() throws IOException {
    var length = 12;
    var examples =
        SmallTask.examples().stream()
            .map(
                e ->
                    new TuningExample(
                        Arrays.copyOf(e.ids(), length), Arrays.copyOf(e.segments(), length), 7, 9))
            .toList();
    var whole = SmallTask.settings(TrainedPart.ALL);
    var parts =
        new TuningSettings(
            whole.part(),
            whole.lowRank(),
            whole.dropout(),
            whole.schedule(),
            whole.weightDecay(),
            whole.largestNorm(),
            3,
            3,
            whole.duration(),
            0);
    var losses = new LinkedHashMap<TuningSettings, List<Double>>();
    for (var settings : List.of(whole, parts)) {
      try (var model = SmallTask.model(ElementType.FLOAT32);
          var run = new TuningRun(Engine.standard(), model, 0, examples, settings)) {
        losses.put(settings, new ArrayList<>());
        for (var i = 0; i < 5; i++) {
          losses.get(settings).add(run.advance().loss());
        }
      }
    }
    for (var i = 0; i < 5; i++) {
      assertThat(losses.get(parts).get(i)).isCloseTo(losses.get(whole).get(i), within(1e-5));
    }
  }

  @Test
  void leavesAllButTheHeadAsItIs() throws IOException {
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var untouched = SmallTask.model(ElementType.FLOAT32);
        var run = run(Engine.standard(), model, SmallTask.withDropout(TrainedPart.HEAD))) {
      run.advance();
      run.advance();
      model
          .parameters()
          .forEach(
              (name, tensor) -> {
                var before = untouched.parameters().get(name).toFloats();
                if (name.startsWith("qa_outputs")) {
                  assertThat(tensor.toFloats()).as(name).isNotEqualTo(before);
                } else {
                  assertThat(tensor.toFloats()).as(name).isEqualTo(before);
                }
              });
    }
  }

  @Test
  void refusesAnothersCheckpoint() throws IOException {
    var checkpoint = directory.resolve("checkpoint.safetensors");
    var settings = SmallTask.settings(TrainedPart.ADAPTERS);
    try (var model = SmallTask.model(ElementType.FLOAT32)) {
      try (var run = run(Engine.standard(), model, settings)) {
        run.save(checkpoint, MODEL);
      }
      try (var run = run(Engine.standard(), model, settings)) {
        assertThatThrownBy(() -> run.resume(checkpoint, "large"))
            .isInstanceOf(ModelFileException.class)
            .hasMessageContaining("was made with model small, not large");
      }
      try (var run = run(Engine.standard(), model, SmallTask.withDropout(TrainedPart.ADAPTERS))) {
        assertThatThrownBy(() -> run.resume(checkpoint, MODEL))
            .hasMessageContaining("was made with dropout 0.0, not 0.1");
      }
      var fewer = SmallTask.examples().subList(0, 7);
      try (var run = new TuningRun(Engine.standard(), model, 0, fewer, settings)) {
        assertThatThrownBy(() -> run.resume(checkpoint, MODEL))
            .hasMessageContaining("other training data");
      }
    }
  }

  @Test
  void stopsWhenItIsInterrupted() throws IOException {
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var run = run(Engine.standard(), model, SmallTask.settings(TrainedPart.ALL))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(run::advance).isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(run.stepsTaken()).isZero();
    }
    assertThat(Engine.standard().memory().usedBytes()).isZero();
  }

  @Test
  void saysThatItDiverged() throws IOException {
    try (var model = SmallTask.model(ElementType.FLOAT32);
        var run = run(Engine.standard(), model, SmallTask.settings(TrainedPart.ALL))) {
      var weight = model.parameters().get("qa_outputs.weight");
      var values = weight.toFloats();
      values[0] = Float.NaN;
      weight.set(values);
      weight.changed();
      assertThatThrownBy(run::advance)
          .isInstanceOf(DivergedException.class)
          .hasMessageStartingWith("The loss of step 1 is infinite or not a number");
    }
  }
}
