package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.TrainingRun;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;

/** The forward pass in training beside that in evaluation. */
@Tag("numeric")
class BertTrainingPassTests {
  private static final BertConfig CONFIG = BertTrainingTests.CONFIG;
  private static final int[] IDS = {2, 5, 6, 7, 3, 10, 11, 12, 3, 0};
  private static final int[] SEGMENTS = {0, 0, 0, 0, 0, 1, 1, 1, 1, 0};
  private static final Optional<int[]> MASK = Optional.of(new int[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 0});

  private static BertModel model(ElementType type) throws IOException {
    return TrainingRun.open("bert")
        .parameters("start", parameters -> BertModel.load(CONFIG, parameters, type));
  }

  private static double[] trained(BertTraining training, long seed) {
    try (var tape = new Tape();
        var ids = Tensor.of(IDS, 1, IDS.length);
        var segments = Tensor.of(SEGMENTS, 1, IDS.length)) {
      return training.encode(tape, ids, segments, MASK, seed).toDoubles();
    }
  }

  @Test
  void isTheEvaluationWhereNothingIsDropped() throws IOException {
    try (var model = model(ElementType.FLOAT32);
        var tape = new Tape();
        var ids = Tensor.of(IDS, 1, IDS.length);
        var segments = Tensor.of(SEGMENTS, 1, IDS.length)) {
      var expected = model.encode(tape, model.wordEmbeddings(tape, ids), segments, MASK);
      var plain = new BertTraining(model, Optional.empty(), DropoutRates.NONE);
      assertThat(trained(plain, 1)).isEqualTo(expected.toDoubles());
      var dropping = new BertTraining(model, Optional.empty(), DropoutRates.STANDARD);
      var answers = dropping.answers().of(tape, ids, segments, MASK);
      assertThat(answers.toDoubles()).isEqualTo(model.answerSpans(tape, expected).toDoubles());
    }
  }

  @Test
  void dropsBySeed() throws IOException {
    try (var model = model(ElementType.FLOAT32)) {
      for (var rates : List.of(new DropoutRates(0.3, 0), new DropoutRates(0, 0.3))) {
        var training = new BertTraining(model, Optional.empty(), rates);
        assertThat(trained(training, 4)).isEqualTo(trained(training, 4));
        assertThat(trained(training, 4)).isNotEqualTo(trained(training, 5));
      }
    }
  }

  @Test
  void beginsAnAdapterThatChangesNothing() throws IOException {
    var all = new LowRankMatrices.Settings(4, 8, Set.of(AdaptedProjection.values()));
    try (var model = model(ElementType.FLOAT64);
        var adapter = new LowRankMatrices(CONFIG, all, ElementType.FLOAT64, 3)) {
      assertThat(adapter.parameters()).hasSize(2 * 2 * 6);
      var plain = new BertTraining(model, Optional.empty(), DropoutRates.NONE);
      var adapted = new BertTraining(model, Optional.of(adapter), DropoutRates.NONE);
      assertThat(trained(adapted, 0)).containsExactly(trained(plain, 0), within(1e-12));
    }
  }

  /** Central differences in double precision, along one random direction in all matrices. */
  @Test
  void differentiatesByTheAdapter() throws IOException {
    var engine = Engine.portable();
    var all = new LowRankMatrices.Settings(2, 3, Set.of(AdaptedProjection.values()));
    try (var model = model(ElementType.FLOAT64);
        var adapter = new LowRankMatrices(CONFIG, all, ElementType.FLOAT64, 3)) {
      var random = new Random(5);
      var values = new LinkedHashMap<Tensor, double[]>();
      var directions = new LinkedHashMap<Tensor, double[]>();
      for (var tensor : adapter.parameters().values()) {
        values.put(tensor, random.doubles(tensor.elements(), -0.5, 0.5).toArray());
        directions.put(tensor, random.doubles(tensor.elements(), -1, 1).toArray());
        tensor.set(values.get(tensor));
      }
      var training = new BertTraining(model, Optional.of(adapter), new DropoutRates(0.2, 0.2));
      var slope = 0.0;
      try (var tape = new Tape(engine)) {
        values.keySet().forEach(tape::watch);
        var sum = sum(tape, training);
        var gradients = tape.gradient(sum, values.keySet().toArray(Tensor[]::new));
        for (var direction : directions.entrySet()) {
          var gradient = gradients.of(direction.getKey()).toDoubles();
          for (var i = 0; i < gradient.length; i++) {
            slope += gradient[i] * direction.getValue()[i];
          }
        }
      }
      var step = 1e-5;
      var sums = new double[2];
      for (var side = 0; side < 2; side++) {
        var move = side == 0 ? -step : step;
        values.forEach((tensor, at) -> tensor.set(moved(at, directions.get(tensor), move)));
        try (var tape = new Tape(engine)) {
          sums[side] = sum(tape, training).item();
        }
      }
      var expected = (sums[1] - sums[0]) / (2 * step);
      assertThat(slope).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
      assertThat(Math.abs(expected)).isGreaterThan(1e-2);
    }
  }

  private static double[] moved(double[] at, double[] direction, double step) {
    var moved = at.clone();
    for (var i = 0; i < moved.length; i++) {
      moved[i] += step * direction[i];
    }
    return moved;
  }

  /** Some function of the hidden states that layer normalisation doesn't make constant. */
  private static Tensor sum(Tape tape, BertTraining training) {
    var ids = tape.allocate(ElementType.INT32, 1, IDS.length);
    ids.set(IDS);
    var segments = tape.allocate(ElementType.INT32, 1, IDS.length);
    segments.set(SEGMENTS);
    var hidden = training.encode(tape, ids, segments, MASK, 9);
    return Sum.apply(tape, training.model().answerSpans(tape, hidden));
  }

  @Test
  void addsAHeadWhereThereIsNone() {
    try (var start = WeightFiles.open(TrainingRun.file("bert-start.safetensors"))) {
      var whole = new CheckpointParameters(start);
      assertThat(AnswerHeadSource.of(whole, 32, 0)).isSameAs(whole);
      var headless = new Without(whole);
      try (var first =
              BertModel.load(CONFIG, AnswerHeadSource.of(headless, 32, 1), ElementType.FLOAT32);
          var again =
              BertModel.load(CONFIG, AnswerHeadSource.of(headless, 32, 1), ElementType.FLOAT32);
          var other =
              BertModel.load(CONFIG, AnswerHeadSource.of(headless, 32, 2), ElementType.FLOAT32)) {
        assertThat(first.answersQuestions()).isTrue();
        var weights = head(first);
        assertThat(weights).isEqualTo(head(again)).isNotEqualTo(head(other));
        var square = 0.0;
        for (var weight : weights) {
          square += weight * weight;
        }
        // 64 draws: the deviation's own deviation is 0.02 / √128.
        assertThat(Math.sqrt(square / weights.length)).isCloseTo(0.02, within(4 * 0.00177));
      }
    }
  }

  private static double[] head(BertModel model) {
    return model.parameters().get("qa_outputs.weight").toDoubles();
  }

  private record Without(ParameterSource whole) implements ParameterSource {
    @Override
    public SequencedSet<String> names() {
      var names = new LinkedHashSet<>(whole.names());
      names.removeIf(name -> name.startsWith("qa_outputs"));
      return names;
    }

    @Override
    public long[] shape(String name) {
      return whole.shape(name);
    }

    @Override
    public float[] floats(String name) {
      return whole.floats(name);
    }

    @Override
    public String origin() {
      return whole.origin();
    }
  }

  @Test
  void readsDropoutRates(@TempDir Path directory) throws IOException {
    var file = directory.resolve("config.json");
    Files.writeString(file, "{\"hidden_dropout_prob\": 0.25}");
    assertThat(DropoutRates.read(file)).isEqualTo(new DropoutRates(0.25, 0.1));
    Files.writeString(file, "{\"hidden_dropout_prob\": \"much\"}");
    assertThatThrownBy(() -> DropoutRates.read(file)).isInstanceOf(ModelFileException.class);
    assertThatThrownBy(() -> new DropoutRates(0, 1))
        .hasMessage("The dropout of attention is 1.0, but must be at least 0 and below 1.");
  }

  @Test
  void refusesAdaptersOutOfRange() {
    assertThatThrownBy(() -> new LowRankMatrices.Settings(0, 1, Set.of(AdaptedProjection.KEY)))
        .hasMessage("The rank of an adapter is 0, but must be at least 1.");
    var large = new LowRankMatrices.Settings(33, 1, Set.of(AdaptedProjection.KEY));
    assertThatThrownBy(() -> new LowRankMatrices(CONFIG, large, ElementType.FLOAT32, 0))
        .hasMessageContaining("must not be larger than the model's hidden size 32");
    assertThat(AdaptedProjection.named("attention-output"))
        .contains(AdaptedProjection.ATTENTION_OUTPUT);
    assertThat(AdaptedProjection.OUTPUT.module(3)).isEqualTo("bert.encoder.layer.3.output.dense");
  }
}
