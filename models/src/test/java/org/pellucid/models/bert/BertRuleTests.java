package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.Taps;
import org.pellucid.models.TrainingRun;

/** Backward rules meet BERT's operations by layer and inside its fused steps. */
class BertRuleTests {
  private final List<String> seen = new ArrayList<>();
  @AutoClose private final Tape tape = new Tape(Engine.portable());
  @AutoClose private BertModel model;
  @AutoClose private final Tensor ids = Tensor.of(new int[] {2, 5, 6, 3}, 1, 4);
  @AutoClose private final Tensor segments = Tensor.of(new int[4], 1, 4);

  @BeforeEach
  void load() throws IOException {
    model =
        TrainingRun.open("bert")
            .parameters(
                "start",
                parameters ->
                    BertModel.load(BertTrainingTests.CONFIG, parameters, ElementType.FLOAT64));
  }

  private double[] gradient(Taps taps) {
    var embeddings = tape.watch(model.wordEmbeddings(tape, ids));
    var mask = Optional.of(new int[] {1, 1, 1, 0});
    var last = model.encode(tape, embeddings, segments, mask, taps);
    var spans = model.answerSpans(tape, last);
    assertThat(tape.layer()).isEmpty();
    return tape.gradient(spans, embeddings).of(embeddings).toDoubles();
  }

  private <O extends Operation> void note(Class<O> kind) {
    tape.replaceBackward(
        layer -> layer.matches("bert.encoder.layer.1|bert.embeddings|qa_outputs"),
        kind,
        (operation, backward) -> {
          seen.add(backward.layer() + " " + operation.name());
          operation.backward(backward);
        });
  }

  @Test
  void namesTheLayersOfTheEncoderAndTheHead() {
    note(LayerNorm.class);
    gradient(Taps.NONE);
    assertThat(seen)
        .containsExactly(
            "bert.encoder.layer.1 LayerNorm",
            "bert.encoder.layer.1 LayerNorm",
            "bert.embeddings LayerNorm");
    seen.clear();
    note(Linear.class);
    gradient(Taps.NONE);
    assertThat(seen).startsWith("qa_outputs Linear").hasSize(10);
  }

  @Test
  void opensTheFusedStepsThatARuleConcerns() {
    var expected = gradient(Taps.NONE);
    note(Softmax.class);
    note(Gelu.class);
    // The fused steps and the same in parts differ by rounding alone.
    assertThat(gradient(Taps.NONE)).containsExactly(expected, within(1e-12));
    assertThat(seen).containsExactly("bert.encoder.layer.1 Gelu", "bert.encoder.layer.1 Softmax");
  }

  @Test
  void refusesARuleOnAttentionWhoseProbabilitiesAreWanted() {
    note(Attention.class);
    gradient(Taps.NONE);
    assertThat(seen).containsExactly("bert.encoder.layer.1 Attention");
    assertThatThrownBy(() -> gradient(LayerOutputs.of(layer -> true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("A backward rule for Attention can't be followed");
  }
}
