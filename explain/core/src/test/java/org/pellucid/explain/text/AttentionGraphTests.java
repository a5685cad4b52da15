package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Methods;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.text.BertLanguageModel;
import org.pellucid.models.text.LanguageModel;
import org.pellucid.models.text.OnnxTextModel;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.weights.OpenOptions;

/** A BERT's graph and the BERT with the same weights: one set of rules explains both. */
@Tag("numeric")
class AttentionGraphTests {
  private static final String QUESTION = "who eats the apple?";
  private static final String CONTEXT = "the cats saw a dog.";
  private static final RunOptions RUN = RunOptions.standard();

  /** The logit of the answer's start at a token of the context. */
  private static final Target START = Target.output(9);

  @TempDir Path directory;

  private OnnxTextModel graph() throws IOException {
    return OnnxTextModel.open(
        TinyBertGraph.write(directory), ElementType.FLOAT64, OpenOptions.standard());
  }

  private static LanguageModel bert() {
    return new BertLanguageModel(TinyBert.model(ElementType.FLOAT64), TinyBert.tokenizer());
  }

  private static Tokens tokens() {
    return TinyBert.tokenizer().encode(QUESTION, CONTEXT);
  }

  private static Explanation explained(String method, TextFunction scores) {
    var engine = DoublePrecision.engine();
    return MethodSelection.of(Methods.ofTexts(), List.of(method), List.of(), Preset.TEXTS, 1)
        .create(scores)
        .getFirst()
        .explain(new Evaluator(engine, scores), AskedScore.embeddings(engine, scores), START, RUN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"attn-lrp", "lrp", "deeplift", "input-x-gradient"})
  void explainsAGraphAsTheBertWithItsWeights(String method) throws IOException {
    try (var graph = graph();
        var bert = bert()) {
      var expected = explained(method, bert.answer(tokens())).values().toDoubles();
      var found = explained(method, graph.answer(tokens())).values().toDoubles();
      var largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      assertThat(largest).isPositive();
      // Results are rounded to single precision; ε² = 1e-24 more or less is far below that.
      assertThat(found).containsExactly(expected, within(1e-6 * largest));
    }
  }

  @Test
  void addsUpToTheScoreAndToItsDifference() throws IOException {
    try (var graph = graph()) {
      var relevance = explained("attn-lrp", graph.answer(tokens()));
      var score = Math.max(1, Math.abs(relevance.quality("score").orElseThrow()));
      assertThat(relevance.quality("conservation").orElseThrow())
          .isCloseTo(0, within(1e-12 * score));
      assertThat(relevance.quality("absorbed").orElseThrow()).isNotZero();
      var byLayers = explained("lrp", graph.answer(tokens()));
      // Epsilon beside divisors: measured 4e-5 of what is absorbed.
      assertThat(byLayers.quality("conservation").orElseThrow())
          .isCloseTo(-relevance.quality("absorbed").orElseThrow(), within(1e-3 * score));
      var difference = explained("deeplift", graph.answer(tokens()));
      assertThat(difference.quality("scoreDifference").orElseThrow()).isNotCloseTo(0, within(0.01));
      assertThat(difference.quality("convergenceDelta").orElseThrow())
          .isCloseTo(0, within(1e-12 * score));
    }
  }

  /** Random layers change what is explained, and the rules apply to them as well. */
  @ParameterizedTest
  @ValueSource(strings = {"attn-lrp", "lrp", "deeplift"})
  void comparesWithModelsWhoseLayersAreRandom(String method) throws IOException {
    try (var graph = graph()) {
      var scores = graph.answer(tokens());
      assertThat(scores.layersWithParameters()).hasSizeGreaterThan(10);
      var expected = explained(method, scores).values();
      try (var random = scores.randomised(Set.copyOf(scores.layersWithParameters()), 1)) {
        var found = explained(method, random);
        assertThat(found.values().allFinite()).isTrue();
        assertThat(found.values()).isNotEqualTo(expected);
      }
      var request =
          new AttributionRequest(
              new TextQuestion.Answer(QUESTION, CONTEXT, TextQuestion.Part.START, Optional.empty()),
              List.of(method),
              List.of("cascading-randomisation.stages=2"),
              List.of("cascading-randomisation"),
              false,
              3);
      var figure =
          new TextAttributions(Engine.standard(), graph)
              .of(request, Progress.NONE)
              .results()
              .getFirst()
              .quality()
              .getLast();
      assertThat(figure.name()).isEqualTo("cascading-randomisation");
      assertThat(figure.curve().orElseThrow().values()).allMatch(value -> value < 0.999);
    }
  }
}
