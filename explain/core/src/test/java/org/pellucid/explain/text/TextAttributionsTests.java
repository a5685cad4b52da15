package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Methods;
import org.pellucid.explain.attribution.AttentionRelevance;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.HiddenWords;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.WordSwitches;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.models.bert.MaskedTokenScores;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.weights.numpy.Npy;

/** What the words of a text add to a number of a small BERT. */
@Tag("numeric")
class TextAttributionsTests {
  private static final TextQuestion.MaskedPlace CONTRAST = masked("the cats saw a dog.", 4);
  private static final List<String> SMALL =
      List.of(
          "integrated-gradients.steps=5",
          "layer-integrated-gradients.steps=5",
          "smoothgrad.samples=3",
          "gradient-shap.samples=3",
          "lime.samples=40",
          "kernel-shap.samples=40",
          "shapley-sampling.samples=3");

  @TempDir Path directory;

  private static TextQuestion.MaskedPlace masked(String text, int at) {
    return new TextQuestion.MaskedPlace(
        text,
        Optional.empty(),
        OptionalInt.of(at),
        Optional.empty(),
        Optional.of("saw"),
        Optional.of("eats"),
        false);
  }

  private static TextAttribution found(AttributionRequest request) {
    try (var model = TinyBert.model()) {
      return new TextAttributions(Engine.standard(), model, TinyBert.tokenizer())
          .of(request, Progress.NONE);
    }
  }

  private static void checkRefused(TextQuestion question, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> found(AttributionRequest.of(question)))
        .withMessageContaining(message);
  }

  static List<String> methods() {
    return Methods.ofTexts().stream().map(MethodDescriptor::name).toList();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void explainsByEveryMethodAndTheSameBitsAgain(String method) {
    var request = AttributionRequest.of(CONTRAST).withMethods(List.of(method)).withSettings(SMALL);
    var first = found(request);
    var result = first.results().getFirst();
    assertThat(result.byToken()).hasSize(first.tokens().size()).doesNotContain(Double.NaN);
    assertThat(Arrays.stream(result.byToken()).anyMatch(number -> number != 0)).isTrue();
    assertThat(Arrays.stream(result.byWord()).sum())
        .isCloseTo(Arrays.stream(result.byToken()).sum(), within(1e-9));
    assertThat(result.quality()).extracting("name").contains("comprehensiveness", "sufficiency");
    assertThat(found(request).results().getFirst().explanation()).isEqualTo(result.explanation());
  }

  @Test
  void mergesTokensToWordsAndSavesAllNumbers() throws Exception {
    var request =
        new AttributionRequest(
            CONTRAST, List.of("integrated-gradients", "occlusion"), List.of(), List.of(), true, 0);
    var found = found(request);
    assertThat(found.words())
        .extracting(TextAttribution.WordTokens::text)
        .containsExactly("[CLS]", "the", "cats", "[MASK]", "a", "dog", ".", "[SEP]");
    assertThat(found.words().get(2).tokens()).containsExactly(2, 3);
    found.save(directory);
    var values = Npy.read(directory.resolve("attributions.npy"));
    assertThat(values.shape()).containsExactly(9, 12);
    var json = new JsonMapper().readTree(Files.readString(directory.resolve("attributions.json")));
    var sum = 0.0;
    for (var i = 24; i < 36; i++) {
      sum += values.floats()[i];
    }
    assertThat(json.at("/attributions/2").doubleValue()).isCloseTo(sum, within(1e-5));
    assertThat(json.at("/delta").isNumber()).isTrue();
    assertThat(json.at("/methods/1/method").textValue()).isEqualTo("occlusion");
    assertThat(json.at("/words/2/word").textValue()).isEqualTo("cats");
    assertThat(Npy.read(directory.resolve("layers.npy")).shape()).containsExactly(3, 9);
    // After the last layer the number is read at the masked place alone.
    var last = found.layers().orElseThrow().byToken()[2];
    for (var token = 0; token < last.length; token++) {
      assertThat(last[token] == 0).as("token %d", token).isEqualTo(token != 4);
    }
  }

  /** Relevance is lost nowhere: what arrives and what constants keep is the score. */
  @Test
  void conservesRelevanceInDoublePrecision() {
    try (var model = TinyBert.model(ElementType.FLOAT64)) {
      var tokens = TinyBert.tokenizer().encode("the cats saw a dog.").maskedAt(4);
      var scores = new MaskedTokenScores(model, tokens, 4);
      var engine = DoublePrecision.engine();
      var input = AskedScore.embeddings(engine, scores);
      var found =
          new AttentionRelevance()
              .explain(
                  new Evaluator(engine, scores),
                  input,
                  new Target.Difference(6, 9),
                  RunOptions.standard());
      var score = found.quality("score").orElseThrow();
      // The map is rounded to single precision after the sum was taken.
      assertThat(found.quality("conservation").orElseThrow())
          .isCloseTo(0, within(1e-10 * Math.max(1, Math.abs(score))));
      assertThat(found.quality("absorbed").orElseThrow()).isNotZero();
    }
  }

  /** With at most 16 coalitions KernelSHAP is exact, and equals the definition by all subsets. */
  @Test
  void givesEachWordItsShapleyValue() {
    var question = masked("the cat saw.", 3);
    var request =
        AttributionRequest.of(question)
            .withMethods(List.of("kernel-shap"))
            .withSettings(List.of("kernel-shap.samples=100"));
    var found = found(request);
    try (var model = TinyBert.model()) {
      var tokens = TinyBert.tokenizer().encode("the cat saw.").maskedAt(3);
      var scores = new MaskedTokenScores(model, tokens, 3);
      var vocabulary = TinyBert.tokenizer().vocabulary();
      var target =
          new Target.Difference(vocabulary.id("saw").getAsInt(), vocabulary.id("eats").getAsInt());
      var units = TextWords.of(tokens).units(false);
      var switches =
          new WordSwitches(
              scores, AskedScore.embeddings(Engine.standard(), scores), units, HiddenWords.MASK);
      var worths = new double[1 << units.size()];
      new Evaluator(Engine.standard(), switches)
          .scores(
              worths.length,
              (number, into, offset) -> {
                for (var unit = 0; unit < units.size(); unit++) {
                  into[offset + unit] = number >> unit & 1;
                }
              },
              target,
              RunOptions.standard(),
              (number, score) -> worths[number] = score);
      for (var unit = 0; unit < units.size(); unit++) {
        assertThat(found.results().getFirst().byToken()[units.get(unit)[0]])
            .isCloseTo(shapley(worths, units.size(), unit), within(1e-4));
      }
    }
  }

  private static double shapley(double[] worths, int players, int player) {
    var value = 0.0;
    for (var coalition = 0; coalition < worths.length; coalition++) {
      if ((coalition >> player & 1) == 0) {
        var size = Integer.bitCount(coalition);
        value +=
            factorial(size)
                * factorial(players - size - 1)
                / factorial(players)
                * (worths[coalition | 1 << player] - worths[coalition]);
      }
    }
    return value;
  }

  private static double factorial(int n) {
    return n < 2 ? 1 : n * factorial(n - 1);
  }

  @Test
  void removesWordsSoThatNothingAttendsToThem() {
    var by = AttributionRequest.of(CONTRAST).withMethods(List.of("ablation"));
    var removed = found(by.withSettings(List.of("ablation.baseline=removed")));
    var padded = found(by.withSettings(List.of("ablation.baseline=pad")));
    assertThat(removed.results().getFirst().byWord())
        .isNotEqualTo(padded.results().getFirst().byWord());
    var single = found(by.withSettings(List.of("ablation.superpixels=tokens")));
    assertThat(single.results().getFirst().explanation().values().length()).isEqualTo(6);
    assertThat(padded.results().getFirst().explanation().values().length()).isEqualTo(5);
  }

  @Test
  void tellsThatARandomModelIsExplainedOtherwise() {
    var request =
        new AttributionRequest(
            CONTRAST,
            List.of("input-x-gradient"),
            List.of("cascading-randomisation.stages=2"),
            List.of("cascading-randomisation"),
            false,
            0);
    var figure = found(request).results().getFirst().quality().getLast();
    assertThat(figure.name()).isEqualTo("cascading-randomisation");
    assertThat(figure.value()).isBetween(-1.0, 0.999);
    assertThat(figure.curve().orElseThrow().positions()).containsExactly(2.0, 4.0);
  }

  @Test
  void explainsAnswersByTheirParts() {
    var question =
        new TextQuestion.Answer(
            "who saw a dog?", "the cat saw a dog.", TextQuestion.Part.SPAN, Optional.of("the cat"));
    var found = found(AttributionRequest.of(question).withMethods(List.of("input-x-gradient")));
    assertThat(found.marked()).containsExactly(7, 8);
    assertThat(found.target()).isEqualTo("sum:7:22");
    assertThat(found.title()).contains("the cat");
  }

  @Test
  void refusesWhatCantBeAsked() {
    checkRefused(masked("the cat.", 9), "There is no token 9 to mask");
    checkRefused(masked("the cat.", 0), "0 is [CLS]");
    var noMask =
        new TextQuestion.MaskedPlace(
            "the cat",
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.of("cats"),
            Optional.empty(),
            false);
    checkRefused(noMask, "no");
    var pieces =
        new TextQuestion.MaskedPlace(
            "the [MASK]",
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.of("cats"),
            Optional.empty(),
            false);
    checkRefused(pieces, "is not one piece of this vocabulary but cat ##s");
    checkRefused(
        new TextQuestion.ClassOf(
            "the cat", Optional.empty(), Optional.empty(), Optional.empty(), false),
        "no sequence-classification head");
    checkRefused(
        new TextQuestion.Answer("who?", "the cat.", TextQuestion.Part.START, Optional.of("horse")),
        "doesn't hold the answer");
    checkRefused(new TextQuestion.Likeness("the cat ".repeat(40), "a dog"), "82 tokens");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> found(AttributionRequest.of(CONTRAST).withMethods(List.of("gradcam"))))
        .withMessageContaining("The method gradcam explains images only");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                found(
                    AttributionRequest.of(CONTRAST)
                        .withMethods(List.of("lime"))
                        .withSettings(List.of("lime.hide-colour=blurred"))))
        .withMessageContaining("choose mask, pad, zero or removed");
  }
}
