package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.attention.AttentionGradient;
import org.pellucid.explain.attention.HeadFigures;
import org.pellucid.explain.attention.TokenPair;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.Taps;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.MaskedTokenScores;
import org.pellucid.models.zoo.BertArtifacts;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.weights.numpy.Npz;

/** What is computed from attention, by a tiny BERT and by the homework's. */
@Tag("numeric")
class AttentionStudyTests {
  private static final String POLICE =
      "The police officer is popular with the residents because she is very generous and kind.";
  private static final int OFFICER = 3;
  private static final int SHE = 10;

  private final Engine engine = Engine.standard();

  @Test
  void answersTheHomeworksQuestionsOnItsModel() throws Exception {
    var golden = Goldens.file("goldens/bert/cased_police_gradients.npz");
    var name = KnownModel.BERT_BASE_CASED;
    assumeTrue(
        new BertArtifacts(_ -> {}).isLocal(name),
        "bert-base-cased is not in the local Maven repository");
    try (var loaded = BertModels.open(name.modelName(), _ -> {});
        var right = Npz.open(golden)) {
      var explanations = new TextExplanations(engine, loaded);
      var tokens = loaded.tokenizer().encode(POLICE);
      var scope = AttentionStudy.Scope.standard();
      var masked = explanations.study(tokens, scope, SHE);
      checkGradient(masked, right.array("grad_attentions").floats());
      var he = masked.attention().predictions().get(SHE).getFirst();
      assertThat(he.token()).isEqualTo("he");
      assertThat(he.probability()).isCloseTo(0.98761, within(1e-4));

      var plain = explanations.study(tokens, scope);
      assertThat(plain.gradients()).isEmpty();
      var linking = HeadFigures.linking(plain.maps(), List.of(new TokenPair(SHE, OFFICER)));
      var best =
          plain.figures().stream()
              .max(Comparator.comparingDouble(one -> linking[one.layer()][one.head()]))
              .orElseThrow();
      // Layer 5, head 10 where one counts from 1; its weight is .65397 in the golden file.
      assertThat(best.layer()).isEqualTo(4);
      assertThat(best.head()).isEqualTo(9);
      assertThat(linking[4][9]).isCloseTo(0.65397, within(2e-5));
      checkHeadTwelve(plain.figures());
    }
  }

  /** The file's description allows a relative L2 error of 1e-4. */
  private static void checkGradient(AttentionStudy study, float[] expected) {
    var gradient = study.gradients().getFirst();
    assertThat(gradient.token()).isEqualTo("he");
    assertThat(gradient.logit()).isCloseTo(17.6965, within(5e-4));
    var attention = study.maps().values();
    var product = gradient.product().values();
    var difference = 0.0;
    var size = 0.0;
    for (var i = 0; i < product.length; i++) {
      var right = (double) expected[i] * attention[i];
      difference += Math.pow(product[i] - right, 2);
      size += right * right;
    }
    assertThat(Math.sqrt(difference / size)).isLessThan(1e-4);
  }

  /** The five functions that question 21 asks for, in head 12 of several layers. */
  private static void checkHeadTwelve(List<HeadFigures> figures) {
    var twelfth = figures.stream().filter(one -> one.head() == 11).toList();
    assertThat(twelfth).anyMatch(one -> one.previous() > 0.9);
    assertThat(twelfth).anyMatch(one -> one.next() > 0.9);
    assertThat(twelfth).anyMatch(one -> one.same() > 0.4);
    assertThat(twelfth).anyMatch(one -> one.separator() > 0.7);
    assertThat(twelfth).anyMatch(one -> one.fullStop() > 0.2);
  }

  @Test
  void differentiatesByTheAttentionAsDifferencesDo() {
    var tokenizer = TinyBert.tokenizer();
    var tokens = tokenizer.encode("The cat saw a dog.").maskedAt(2);
    try (var model = TinyBert.model(ElementType.FLOAT64)) {
      var scores = new MaskedTokenScores(model, tokens, 2);
      var numbers = model.embeddings(engine, tokens.ids());
      var input = Values.of(numbers, tokens.size(), numbers.length / tokens.size());
      var layers = List.of(BertModel.probabilitiesLayer(0), BertModel.probabilitiesLayer(1));
      var found = AttentionGradient.of(engine, scores, input, 7, layers);
      var random = new Random(3);
      for (var layer = 0; layer < 2; layer++) {
        var direction = random.doubles(3 * 64, -1, 1).toArray();
        var along = 0.0;
        for (var i = 0; i < direction.length; i++) {
          along += direction[i] * found.gradient().values()[layer * direction.length + i];
        }
        var more = logit(scores, input, layers.get(layer), direction, 1e-5);
        var less = logit(scores, input, layers.get(layer), direction, -1e-5);
        // The gradient is handed over in single precision.
        assertThat(along).isCloseTo((more - less) / 2e-5, withinPercentage(1e-3));
      }
    }
  }

  /** The score when a layer's attention is changed along a direction. */
  private double logit(
      MaskedTokenScores scores, Values input, String layer, double[] direction, double step) {
    var changes = Arrays.stream(direction).map(each -> step * each).toArray();
    try (var tape = new Tape(engine);
        var x = Tensor.of(input.toDoubles(), 1, input.size(0), input.size(1))) {
      var taps =
          new Taps() {
            @Override
            public boolean wants(String name) {
              return name.startsWith("bert.encoder") && name.endsWith("probabilities");
            }

            @Override
            public Tensor tap(Tape own, String name, Tensor output) {
              if (!name.equals(layer)) {
                return output;
              }
              var added = own.allocate(output.type(), output.shape());
              added.set(changes);
              return Add.apply(own, output, added);
            }
          };
      return scores.forward(tape, x, taps).toDoubles()[7];
    }
  }

  @Test
  void takesWhatALengthAllowsAndWhatIsAskedFor() {
    var standard = AttentionStudy.Scope.standard();
    assertThat(standard.layers(12, 18, 768, 3)).hasSize(12);
    assertThat(standard.layers(12, 128, 768, 3)).containsExactly(3);
    assertThat(standard.layers(12, 512, 768, 3)).isEmpty();
    var asked = new AttentionStudy.Scope(Optional.empty(), List.of(5), true);
    assertThat(asked.layers(12, 512, 768, 3)).containsExactly(5);
    assertThat(asked.wantsFlow(100)).isTrue();
    assertThat(standard.wantsFlow(100)).isFalse();
  }

  @Test
  void refusesTargetsAndLayersThatDoNotExist() {
    try (var model = TinyBert.model()) {
      var tokenizer = TinyBert.tokenizer();
      var explanations = new TextExplanations(engine, model, tokenizer);
      var tokens = tokenizer.encode("the cat");
      var word = new AttentionStudy.Scope(Optional.of("zebra"), List.of(), false);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> explanations.study(tokens, word, 1))
          .withMessageContaining("no piece zebra");
      var layer = new AttentionStudy.Scope(Optional.empty(), List.of(2), false);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> explanations.study(tokens, layer))
          .withMessage("There is no attention layer 2; this model's are 0..1.");
    }
  }
}
