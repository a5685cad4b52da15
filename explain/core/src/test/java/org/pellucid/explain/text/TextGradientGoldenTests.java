package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.attribution.AttentionRelevance;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.QuadratureRule;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.bert.MaskedTokenScores;
import org.pellucid.models.zoo.BertArtifacts;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.testing.Distance;
import org.pellucid.weights.numpy.Npz;

/** Attributions on bert-base-cased; tolerances are those of the goldens' description. */
@Tag("numeric")
class TextGradientGoldenTests {
  private static final String SENTENCE =
      "The police officer is popular with the residents because she is very generous and kind.";
  private static final int HE = 1119;
  private static final int SHE = 1131;

  /** The delta is the rule's own error, which double precision has too. */
  @Test
  void integratesTheGradientAndConservesRelevance() throws Exception {
    var file = Goldens.file("goldens/bert/cased_police_gradients.npz");
    assumeTrue(
        new BertArtifacts(_ -> {}).isLocal(KnownModel.BERT_BASE_CASED),
        "bert-base-cased is not in the local Maven repository");
    try (var npz = Npz.open(file);
        var loaded = BertModels.open("bert-base-cased", _ -> {})) {
      var tokens = loaded.tokenizer().encode(SENTENCE).maskedAt(10);
      var scores = new MaskedTokenScores(loaded.model(), tokens, 10);
      var evaluator = new Evaluator(Engine.standard(), scores);
      var input = AskedScore.embeddings(Engine.standard(), scores);
      var padding = Baseline.PAD.resolved(scores);
      var allPadding = new Baseline.Given(allPadding(loaded, tokens.size()));
      for (var golden :
          List.of(
              new Integral("keep_special_gausslegendre", QuadratureRule.GAUSS_LEGENDRE, padding)
                  .expected(1e-4, -0.06746),
              new Integral("keep_special_riemann_left", QuadratureRule.LEFT, padding)
                  .expected(1e-4, -0.08312),
              // The first node lies where the layer normalisation of equal embeddings is stiff.
              new Integral("all_pad_gausslegendre", QuadratureRule.GAUSS_LEGENDRE, allPadding)
                  .expected(1e-3, 0.04755),
              new Integral("all_pad_riemann_left", QuadratureRule.LEFT, allPadding)
                  .expected(1e-4, -0.97765))) {
        golden.check(evaluator, input, npz);
      }

      var contrast = new Target.Difference(HE, SHE);
      var relevance =
          new AttentionRelevance().explain(evaluator, input, contrast, RunOptions.standard());
      assertThat(relevance.quality("conservation").orElseThrow()).isCloseTo(0, within(1e-3));
      var words = TextWords.of(tokens);
      var numbers = words.sums(OverTokens.sums(relevance.values()).toDoubles());
      var ranked = Arrays.stream(numbers).map(Math::abs).sorted().toArray();
      assertThat(words.all().get(3).text()).isEqualTo("officer");
      assertThat(Math.abs(numbers[3])).isGreaterThanOrEqualTo(ranked[ranked.length - 3]);
    }
  }

  private static Values allPadding(BertModels.Loaded loaded, int tokens) {
    var ids = new int[tokens];
    Arrays.fill(ids, loaded.tokenizer().vocabulary().padId());
    var numbers = loaded.model().embeddings(Engine.standard(), ids);
    return Values.of(numbers, tokens, numbers.length / tokens);
  }

  /** An array of the goldens, how near it is to be, and the error of its rule. */
  private record Integral(
      String name, QuadratureRule rule, Baseline baseline, double tolerance, double delta) {

    Integral(String name, QuadratureRule rule, Baseline baseline) {
      this(name, rule, baseline, 0, 0);
    }

    Integral expected(double relative, double error) {
      return new Integral(name, rule, baseline, relative, error);
    }

    void check(Evaluator evaluator, Values input, Npz npz) {
      var found =
          new IntegratedGradients(50, rule, baseline, true)
              .explain(evaluator, input, Target.output(HE), RunOptions.standard());
      var golden = npz.array("ig_" + name).doubles();
      assertThat(Distance.relative(found.values().toDoubles(), golden))
          .as(name)
          .isLessThan(tolerance);
      assertThat(found.quality("convergenceDelta").orElseThrow())
          .as("the delta of " + name)
          .isCloseTo(delta, within(5e-3));
    }
  }
}
