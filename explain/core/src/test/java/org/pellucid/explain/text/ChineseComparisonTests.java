package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.models.zoo.BertArtifacts;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.weights.numpy.Npz;

/** The homework's sentences on apples and Apple, by the multilingual model where it is cached. */
@Tag("numeric")
class ChineseComparisonTests {
  private static final int LAYERS = 13;

  @Test
  void comparesACharacterAsTheReferenceDoes() throws Exception {
    var model = KnownModel.BERT_BASE_MULTILINGUAL_CASED;
    var about = Goldens.file("goldens/bert/multi_cased_apple.json");
    assumeTrue(new BertArtifacts(_ -> {}).isLocal(model), "the multilingual model isn't cached");
    var sentences = new ArrayList<String>();
    new JsonMapper()
        .readTree(about.toFile())
        .get("sentences")
        .forEach(node -> sentences.add(node.textValue()));
    try (var loaded = BertModels.open(model.modelName(), _ -> {});
        var golden = Npz.open(Goldens.file("goldens/bert/multi_cased_apple.npz"))) {
      var found = new TextExplanations(Engine.standard(), loaded).distances("\u679C", sentences);
      assertThat(found.failures()).isEmpty();
      checkTables(found, golden);
      checkHomework(found);
    }
  }

  private static void checkTables(WordDistances found, Npz golden) {
    var euclidean = golden.array("guo_euclidean").doubles();
    var cosine = golden.array("guo_cosine").doubles();
    for (var layer = 0; layer < LAYERS; layer++) {
      for (var i = 0; i < 100; i++) {
        // Single precision in PyTorch and here; the tolerances of the references' description.
        assertThat(found.euclidean()[layer][i / 10][i % 10])
            .isCloseTo(euclidean[layer * 100 + i], within(1e-3));
        assertThat(found.cosine()[layer][i / 10][i % 10])
            .isCloseTo(cosine[layer * 100 + i], within(1e-4));
      }
    }
  }

  /**
   * Questions 29 and 30: between two sentences it falls, then rises; at layer 0 position decides.
   */
  private static void checkHomework(WordDistances found) {
    var between = new double[LAYERS];
    for (var layer = 0; layer < LAYERS; layer++) {
      between[layer] = found.cosine()[layer][7][6];
    }
    var lowest = 1;
    for (var layer = 1; layer < LAYERS - 1; layer++) {
      lowest = between[layer] < between[lowest] ? layer : lowest;
    }
    assertThat(lowest).isBetween(2, 10);
    assertThat(between[lowest]).isLessThan(between[1] - 0.05).isLessThan(between[11] - 0.05);
    // Places of the character: sentences 0 and 7 at one, 2, 5, 6, 8 and 9 at another.
    assertThat(found.cosine()[0][0][7]).isCloseTo(1, within(1e-6));
    for (var other : List.of(5, 6, 8, 9)) {
      assertThat(found.cosine()[0][2][other]).isCloseTo(1, within(1e-6));
    }
    assertThat(found.cosine()[0][0][2]).isLessThan(0.99);
    var labels =
        List.of(
            "fruit", "fruit", "fruit", "fruit", "fruit", "phone", "phone", "phone", "phone",
            "phone");
    var means = WordComparison.of(found, Optional.of(labels), 12).means().get(Metric.COSINE);
    // Of the references' description: .726 within fruit, .784 within company, .720 between.
    assertThat(means.within()[0][12]).isCloseTo(0.726, within(6e-4));
    assertThat(means.within()[1][12]).isCloseTo(0.784, within(6e-4));
    assertThat(means.between()[12]).isCloseTo(0.720, within(6e-4));
  }
}
