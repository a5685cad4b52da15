package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.explain.embedding.ProjectionMethod;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.weights.numpy.Npy;

/** Texts explained by a tiny BERT, and the files that hold the results. */
class TextExplanationsTests {
  private static final String TEXT = "The cat saw a dog.";

  private final Engine engine = Engine.standard();
  private final BertModel model = TinyBert.model();
  private final WordPieceTokenizer tokenizer = TinyBert.tokenizer();
  private final TextExplanations explanations = new TextExplanations(engine, model, tokenizer);

  @TempDir Path directory;

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void savesAttentionWithPredictionsOfTheMaskedTokens() throws Exception {
    var found = explanations.attention(tokenizer.encode(TEXT), 2, 5);
    found.save(directory);
    var attention = Npy.read(directory.resolve("attention.npy"));
    assertThat(attention.shape()).containsExactly(2, 3, 8, 8);
    var values = attention.floats();
    for (var row = 0; row < values.length; row += 8) {
      var sum = 0.0;
      for (var key = 0; key < 8; key++) {
        sum += values[row + key];
      }
      // Each of eight rounded probabilities errs by at most 2⁻²⁴.
      assertThat(sum).isCloseTo(1, within(1e-6));
    }
    assertThat(Npy.read(directory.resolve("hidden.npy")).shape()).containsExactly(3, 8, 12);
    var text = Files.readString(directory.resolve("predictions.json"));
    var json = new JsonMapper().readTree(text);
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly("tokens", "ids", "masked", "predictions");
    assertThat(json.at("/tokens/2").textValue()).isEqualTo("[MASK]");
    assertThat(json.at("/masked").toString()).isEqualTo("[2,5]");
    assertThat(json.at("/predictions")).hasSize(2);
    assertThat(json.at("/predictions/1/position").intValue()).isEqualTo(5);
    var top = json.at("/predictions/1/top");
    assertThat(top).hasSize(10);
    assertThat(top.get(0).fieldNames()).toIterable().containsExactly("token", "id", "probability");
    assertThat(top.get(0).get("probability").doubleValue())
        .isGreaterThanOrEqualTo(top.get(1).get("probability").doubleValue());
    assertThat(text).startsWith("{\n  \"tokens\" : [ \"[CLS]\", \"the\", \"[MASK]\"");
  }

  @Test
  void refusesToMaskATokenThatTheTextDoesNotHave() {
    var tokens = tokenizer.encode(TEXT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> explanations.attention(tokens, 8))
        .withMessageContaining("Position 8");
  }

  @Test
  void computesTheSameHiddenStatesWithoutReadingAttention() {
    var tokens = tokenizer.encode(TEXT);
    var all = TextInspection.of(engine, model, tokens, 0);
    var hidden = TextInspection.hiddenStates(engine, model, tokens);
    assertThat(hidden.attention()).isEmpty();
    assertThat(hidden.layers()).isEqualTo(2);
    assertThat(hidden.joinedHiddenStates()).containsExactly(all.joinedHiddenStates());
  }

  @Test
  void placesAQuestionWithItsContextInThePlane() throws Exception {
    var found = explanations.embedding("Who saw a dog?", TEXT, Optional.of("cat ."));
    assertThat(found.roles())
        .startsWith(TokenRole.SPECIAL, TokenRole.QUESTION)
        .endsWith(TokenRole.CONTEXT, TokenRole.SPECIAL);
    var answer = found.roles().indexOf(TokenRole.ANSWER);
    assertThat(found.tokens().pieces().get(answer)).isEqualTo("cat");
    assertThat(found.roles().lastIndexOf(TokenRole.ANSWER)).isEqualTo(answer);
    found.save(directory);
    var size = found.tokens().size();
    var saved = Npy.read(directory.resolve("pca.npy"));
    assertThat(saved.shape()).containsExactly(3, size, 2);
    var pca = found.projection(ProjectionMethod.PCA);
    assertThat(saved.floats()[2 * answer + 1]).isEqualTo((float) pca.places()[0][answer][1]);
    for (var shares : pca.explained()) {
      assertThat(shares[0]).isBetween(shares[1], 1.0);
    }
    assertThat(Npy.read(directory.resolve("pca-3d.npy")).shape()).containsExactly(3, size, 3);
    assertThat(Npy.read(directory.resolve("pca-shared.npy")).shape()).containsExactly(3, size, 3);
    assertThat(Npy.read(directory.resolve("tsne.npy")).shape()).containsExactly(3, size, 2);
    assertThat(Npy.read(directory.resolve("umap.npy")).shape()).containsExactly(3, size, 2);
    var drift = Npy.read(directory.resolve("drift.npy"));
    assertThat(drift.shape()).containsExactly(2, 3, size);
    assertThat(drift.floats()[3 * size + size]).isEqualTo((float) found.layers().toBefore()[1][0]);
    var neighbours = Npy.read(directory.resolve("neighbours-cosine.npy"));
    assertThat(neighbours.shape()).containsExactly(3, size, 10, 2);
    assertThat(neighbours.floats()[0]).isEqualTo(found.layers().cosine().get(0).indices()[0][0]);
    var json = new JsonMapper().readTree(Files.readString(directory.resolve("embedding.json")));
    assertThat(json.at("/explained")).hasSize(3);
    assertThat(json.at("/explained/0")).hasSize(2);
    assertThat(json.at("/measures/0/name").textValue()).isEqualTo("same-words");
  }

  @Test
  void writesVectorsForTheEmbeddingProjector() throws Exception {
    var found = explanations.embedding("Who saw a dog?", TEXT, Optional.of("cat"));
    ProjectorFiles.of(found).save(directory);
    var rows = Files.readAllLines(directory.resolve("layer-2.tsv"));
    assertThat(rows).hasSize(found.tokens().size());
    var numbers = rows.get(1).split("\t");
    assertThat(numbers).hasSize(12);
    assertThat(Float.parseFloat(numbers[3])).isEqualTo(found.inspection().vector(2, 1)[3]);
    assertThat(Files.readAllLines(directory.resolve("metadata.tsv")))
        .startsWith("token\trole\tposition", "[CLS]\tSPECIAL\t0", "who\tQUESTION\t1")
        .hasSize(rows.size() + 1);
  }

  @Test
  void marksEveryPlaceOfTheWholeAnswer() {
    var text = "The cats saw a cat. A cat saw the dog.";
    var found = explanations.embedding("Who saw?", text, Optional.of("a cat"));
    assertThat(answerOf(found)).containsExactly("a", "cat");
    var both = explanations.embedding("Who saw?", text, Optional.of("cat"));
    assertThat(answerOf(both)).containsExactly("cat", "cat");
    assertThat(answerOf(explanations.embedding("Who saw?", text, Optional.of("apple")))).isEmpty();
  }

  private static List<String> answerOf(TextEmbedding found) {
    return IntStream.range(0, found.tokens().size())
        .filter(i -> found.roles().get(i) == TokenRole.ANSWER)
        .mapToObj(found.tokens().pieces()::get)
        .toList();
  }

  @Test
  void givesTheSameEmbeddingsEachTime() {
    var first = explanations.embedding("Who saw a dog?", TEXT, Optional.empty());
    var second = explanations.embedding("Who saw a dog?", TEXT, Optional.empty());
    for (var method : ProjectionMethod.values()) {
      assertThat(first.projection(method).places())
          .isDeepEqualTo(second.projection(method).places());
    }
    var other = explanations.embedding("Who saw a dog?", TEXT, Optional.empty(), 7);
    assertThat(other.projection(ProjectionMethod.UMAP).places()[0][0])
        .isNotEqualTo(first.projection(ProjectionMethod.UMAP).places()[0][0]);
  }

  @Test
  void takesASingleWordAndRefusesNone() {
    var found = explanations.embedding("", "cat", Optional.of("cat"));
    assertThat(found.roles()).contains(TokenRole.ANSWER).doesNotContain(TokenRole.QUESTION);
    assertThat(found.measures()).isEmpty();
    for (var projection : found.layers().projections().values()) {
      for (var layer : projection.places()) {
        for (var place : layer) {
          assertThat(DoubleStream.of(place)).allMatch(Double::isFinite);
        }
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> explanations.embedding(" ", "", Optional.empty()))
        .withMessage("Question and context hold no token; give at least a word.");
  }

  @Test
  void findsTheModelsOwnAnswerInTheContext() {
    var found = explanations.embedding("Who saw a dog?", TEXT, Optional.empty());
    assertThat(found.answer()).isNotEmpty();
    assertThat(TEXT).contains(found.answer());
  }

  @Test
  void comparesAWordAcrossSentences() {
    var sentences = List.of("The cat eats.", "A cat saw the cat.", "The cat eats.");
    var found = explanations.distances("cat", sentences);
    assertThat(found.euclidean()).hasDimensions(3, 3);
    assertThat(found.euclidean()[2][0][2]).isZero();
    assertThat(found.euclidean()[2][0][1]).isPositive();
    var compared = WordComparison.of(found, Optional.empty(), 1);
    compared.save(directory, Metric.EUCLIDEAN);
    var distances = Npy.read(directory.resolve("distances.npy"));
    assertThat(distances.shape()).containsExactly(3, 3);
    assertThat(distances.floats()[1]).isEqualTo((float) found.euclidean()[1][0][1]);
    var all = Npy.read(directory.resolve("distances-layers.npy"));
    assertThat(all.shape()).containsExactly(3, 3, 3);
    assertThat(all.floats()[9 + 1]).isEqualTo(distances.floats()[1]);
    compared.save(directory, Metric.COSINE);
    assertThat(Npy.read(directory.resolve("distances.npy")).floats()[0]).isEqualTo(1);
  }

  @Test
  void refusesSentencesWithoutTheWordAndLayersThatDoNotExist() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> explanations.distances("dog", List.of("The cat eats.")))
        .withMessage(
            "No sentence can be compared; line 1: The sentence “The cat eats.” doesn't contain the"
                + " word dog.");
    explanations.checkLayer(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> explanations.checkLayer(3))
        .withMessage("The layer is 3, but this model's layers are 0..2.");
  }
}
