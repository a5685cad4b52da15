package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Methods;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.models.text.OnnxTextModel;
import org.pellucid.models.zoo.BertArtifacts;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.models.zoo.TextModels;
import org.pellucid.testing.TinyGraph;
import org.pellucid.testing.TinyGraph.Head;
import org.pellucid.weights.OpenOptions;

/** What the words of a text add to a number of a language model in an ONNX graph. */
@Tag("numeric")
class GraphAttributionsTests {
  private static final TextQuestion LIKENESS =
      new TextQuestion.Likeness("the cats saw a dog.", "who eats the apple?");
  private static final List<String> SMALL =
      List.of(
          "integrated-gradients.steps=5",
          "layer-integrated-gradients.steps=5",
          "layer-integrated-gradients.layer=mixed",
          "smoothgrad.samples=3",
          "gradient-shap.samples=3",
          "lime.samples=40",
          "kernel-shap.samples=40",
          "shapley-sampling.samples=3");

  @TempDir Path directory;

  private TextAttribution found(Head head, AttributionRequest request) throws IOException {
    try (var model = OnnxTextModel.open(TinyGraph.write(directory, head))) {
      return new TextAttributions(Engine.standard(), model).of(request, Progress.NONE);
    }
  }

  private void checkRefused(Head head, AttributionRequest request, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> found(head, request))
        .withMessageContaining(message);
  }

  static List<String> methods() {
    return Methods.ofTexts().stream().map(MethodDescriptor::name).toList();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void explainsALikenessByEachMethodThatApplies(String method) throws IOException {
    var request = AttributionRequest.of(LIKENESS).withMethods(List.of(method)).withSettings(SMALL);
    var first = found(Head.HIDDEN, request);
    assertThat(first.score()).isBetween(-1.0, 1.0);
    var result = first.results().getFirst();
    assertThat(result.byToken()).hasSize(first.tokens().size()).doesNotContain(Double.NaN);
    assertThat(Arrays.stream(result.byToken()).anyMatch(number -> number != 0)).isTrue();
    assertThat(result.quality()).extracting("name").contains("comprehensiveness", "sufficiency");
    assertThat(found(Head.HIDDEN, request).results().getFirst().explanation())
        .isEqualTo(result.explanation());
  }

  @Test
  void sharesTheDifferenceOfTwoLikenesses() throws IOException {
    var request =
        AttributionRequest.of(LIKENESS)
            .withMethods(List.of("integrated-gradients"))
            .withSettings(List.of("integrated-gradients.steps=200"));
    var found = found(Head.HIDDEN, request);
    assertThat(found.title()).isEqualTo("the cosine similarity to “who eats the apple?”");
    assertThat(found.words())
        .extracting(TextAttribution.WordTokens::text)
        .containsExactly("[CLS]", "the", "cats", "saw", "a", "dog", ".", "[SEP]");
    var result = found.results().getFirst();
    var difference = result.explanation().quality("scoreDifference").orElseThrow();
    assertThat(difference).isNotCloseTo(0, within(1e-3));
    assertThat(Arrays.stream(result.byWord()).sum()).isCloseTo(difference, within(1e-4));
    assertThat(result.delta().orElseThrow().value()).isCloseTo(0, within(1e-4));
  }

  @Test
  void beginsWithTheMethodsThatExplainABert() throws IOException {
    assertThat(found(Head.HIDDEN, AttributionRequest.of(LIKENESS)).results())
        .extracting(TextAttribution.Result::method)
        .containsExactly("integrated-gradients", "attn-lrp", "input-x-gradient", "occlusion");
  }

  @Test
  void explainsAMaskedWordAClassAndAnAnswer() throws IOException {
    var masked =
        new TextQuestion.MaskedPlace(
            "the cat saw a dog.",
            Optional.empty(),
            OptionalInt.of(3),
            Optional.empty(),
            Optional.of("saw"),
            Optional.of("eats"),
            false);
    var word = found(Head.VOCABULARY, AttributionRequest.of(masked));
    assertThat(word.title()).isEqualTo("the logit of “saw” minus that of “eats” at position 3");
    assertThat(word.tokens().masks()).containsExactly(3);

    Files.writeString(
        directory.resolve("config.json"),
        "{\"id2label\": {\"0\": \"bad\", \"1\": \"fair\", \"2\": \"good\"}}");
    var classes =
        new TextQuestion.ClassOf(
            "the cat", Optional.empty(), Optional.of("GOOD"), Optional.empty(), true);
    var found = found(Head.CLASSES, AttributionRequest.of(classes));
    assertThat(found.title()).isEqualTo("the probability of the class good");
    assertThat(found.score()).isBetween(0.0, 1.0);
    var unknown =
        new TextQuestion.ClassOf(
            "the cat", Optional.empty(), Optional.of("best"), Optional.empty(), true);
    checkRefused(Head.CLASSES, AttributionRequest.of(unknown), "its classes are bad, fair, good");

    var answer =
        new TextQuestion.Answer(
            "who eats?", "the cat saw a dog", TextQuestion.Part.SPAN, Optional.empty());
    var span = found(Head.ANSWER, AttributionRequest.of(answer));
    assertThat(span.title()).startsWith("the score of the answer");
    var given =
        new TextQuestion.Answer(
            "who eats?", "the cat saw a dog", TextQuestion.Part.END, Optional.of("a dog"));
    assertThat(found(Head.ANSWER, AttributionRequest.of(given)).marked()).containsExactly(8, 9);
  }

  /** By the embeddings' gradients and by hiding words, whose models are of different kinds. */
  @ParameterizedTest
  @ValueSource(strings = {"input-x-gradient", "occlusion", "attn-lrp", "deeplift"})
  void comparesWithModelsWhoseLayersAreRandom(String method) throws IOException {
    var request =
        new AttributionRequest(
            new TextQuestion.ClassOf(
                "the cat saw a dog", Optional.empty(), Optional.of("1"), Optional.empty(), false),
            List.of(method),
            List.of("cascading-randomisation.stages=0"),
            List.of("cascading-randomisation"),
            false,
            3);
    var figure = found(Head.CLASSES, request).results().getFirst().quality().getLast();
    assertThat(figure.name()).isEqualTo("cascading-randomisation");
    assertThat(figure.curve().orElseThrow().positions()).containsExactly(1.0, 2.0);
    assertThat(figure.curve().orElseThrow().values()).allMatch(value -> value < 0.999);
    assertThat(found(Head.CLASSES, request).results().getFirst().quality().getLast())
        .isEqualTo(figure);
  }

  @Test
  void refusesWhatNeedsABert() {
    var request = AttributionRequest.of(LIKENESS);
    checkRefused(
        Head.HIDDEN,
        new AttributionRequest(LIKENESS, List.of(), List.of(), List.of(), true, 0),
        "leave out the layers");
    checkRefused(
        Head.HIDDEN,
        AttributionRequest.of(new TextQuestion.Likeness("the cat", " ")),
        "A text is empty");
    checkRefused(Head.CLASSES, request, "gives no vector of a text, but classes (logits)");
  }

  /** What the words of a sentence add to its likeness to another, by a trained encoder. */
  @Test
  void sharesALikenessOfTwoSentences() throws Exception {
    var known = KnownModel.ALL_MINILM_L6_V2;
    assumeTrue(
        new BertArtifacts(_ -> {}).isLocal(known),
        known.modelName() + " is not in the local Maven repository");
    var question = new TextQuestion.Likeness("a fine film", "A good movie.");
    var request =
        new AttributionRequest(
            question, List.of("integrated-gradients"), List.of(), List.of(), false, 0);
    try (var loaded =
        TextModels.open(known.modelName(), Optional.empty(), OpenOptions.standard(), _ -> {})) {
      var found = new TextAttributions(Engine.standard(), loaded).of(request, Progress.NONE);
      // By ONNX Runtime: 0.58600.
      assertThat(found.score()).isCloseTo(0.58600, within(1e-4));
      assertThat(found.words().get(found.strongest(found.results().getFirst()).getFirst()).text())
          .isEqualTo("film");
      var result = found.results().getFirst();
      assertThat(result.explanation().quality("scoreDifference").orElseThrow())
          .isCloseTo(Arrays.stream(result.byWord()).sum(), within(1e-3));
      assertThat(result.delta().orElseThrow().value()).isCloseTo(0, within(1e-3));
    }
  }
}
