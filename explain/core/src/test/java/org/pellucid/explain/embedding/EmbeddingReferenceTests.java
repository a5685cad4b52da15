package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.explain.Goldens;
import org.pellucid.weights.numpy.Npz;

/** Components and distances of real hidden states against those of scikit-learn and NumPy. */
@Tag("numeric")
class EmbeddingReferenceTests {
  private static final int WIDTH = 768;
  private static final int LAYERS = 13;

  /** The reference is stored in single precision; scores reach 24. */
  private static final double SCORES = 5e-6;

  @ParameterizedTest
  @ValueSource(strings = {"pca_hw9", "pca_hw9_base"})
  void componentsOfEveryLayerEqualTheFullSolver(String file) {
    try (var golden = open(file)) {
      var hidden = golden.array("q3_hidden_states").floats();
      int size = hidden.length / LAYERS;
      for (int layer = 0; layer < LAYERS; layer++) {
        var states = Arrays.copyOfRange(hidden, layer * size, (layer + 1) * size);
        check(states, golden, "q3", layer);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pca_hw9", "pca_hw9_base"})
  void componentsOfTheLastLayerEqualTheFullSolver(String file) {
    try (var golden = open(file)) {
      for (String pair : new String[] {"q1", "q2"}) {
        var states = golden.array(pair + "_hidden_state_12").floats();
        check(states, golden, pair, LAYERS - 1);
      }
    }
  }

  private static void check(float[] states, Npz golden, String pair, int layer) {
    int count = states.length / WIDTH;
    var found = PrincipalComponents.of(states, count, 2);
    var scores = golden.array(pair + "_pca_full").doubles();
    var ratios = golden.array(pair + "_explained_variance_ratio_full").doubles();
    for (int k = 0; k < 2; k++) {
      for (int i = 0; i < count; i++) {
        assertThat(found.scores()[i][k])
            .as("%s, layer %d, token %d", pair, layer, i)
            .isEqualTo(scores[(layer * count + i) * 2 + k], within(SCORES));
      }
      assertThat(found.explainedVarianceRatio()[k]).isEqualTo(ratios[layer * 2 + k], within(1e-6));
    }
  }

  @Test
  void distancesOfChineseWordsEqualTheReference() {
    try (var golden = open("multi_cased_apple")) {
      for (String word : new String[] {"ping", "guo"}) {
        var hidden = golden.array(word + "_hidden").floats();
        var euclidean = golden.array(word + "_euclidean").doubles();
        var cosine = golden.array(word + "_cosine").doubles();
        for (int layer = 0; layer < LAYERS; layer++) {
          var states = new float[10 * WIDTH];
          for (int sentence = 0; sentence < 10; sentence++) {
            int from = (sentence * LAYERS + layer) * WIDTH;
            System.arraycopy(hidden, from, states, sentence * WIDTH, WIDTH);
          }
          // The reference is stored in single precision; distances reach 30.
          compare(Distances.euclidean(states, 10), euclidean, layer, 5e-6);
          compare(Distances.cosineSimilarity(states, 10), cosine, layer, 2e-7);
        }
      }
    }
  }

  private static void compare(double[][] table, double[] golden, int layer, double tolerance) {
    for (int i = 0; i < 100; i++) {
      assertThat(table[i / 10][i % 10])
          .as("layer %d, entry %d", layer, i)
          .isEqualTo(golden[layer * 100 + i], within(tolerance));
    }
  }

  private static Npz open(String name) {
    return Npz.open(Goldens.file("goldens/bert/" + name + ".npz"));
  }
}
