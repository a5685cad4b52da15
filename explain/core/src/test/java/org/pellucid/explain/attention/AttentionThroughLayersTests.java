package org.pellucid.explain.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rollout and flow against plain references that enumerate paths and cuts. */
class AttentionThroughLayersTests {
  // Results are floats; what they are computed from, doubles.
  private static final double EXACT = 1e-6;

  private static AttentionMaps random(int layers, int heads, int tokens, long seed) {
    var random = new Random(seed);
    var values = new float[layers * heads * tokens * tokens];
    for (var row = 0; row < values.length; row += tokens) {
      var sum = 0.0;
      for (var k = 0; k < tokens; k++) {
        values[row + k] = (float) Math.exp(3 * random.nextGaussian());
        sum += values[row + k];
      }
      for (var k = 0; k < tokens; k++) {
        values[row + k] /= (float) sum;
      }
    }
    return new AttentionMaps(layers, heads, tokens, values);
  }

  /** One link's share between two layers, residual included. */
  private static double link(AttentionMaps maps, int layer, int q, int k) {
    var sum = 0.0;
    for (var head = 0; head < maps.heads(); head++) {
      sum += maps.at(layer, head, q, k);
    }
    return (sum / maps.heads() + (q == k ? 1 : 0)) / 2;
  }

  /**
   * The sum over all paths from a token after a layer to an input token of the product of links.
   */
  private static double paths(AttentionMaps maps, int layer, int token, int input) {
    if (layer < 0) {
      return token == input ? 1 : 0;
    }
    var sum = 0.0;
    for (var next = 0; next < maps.tokens(); next++) {
      sum += link(maps, layer, token, next) * paths(maps, layer - 1, next, input);
    }
    return sum;
  }

  @Test
  void rollsOutTheSumOfAllPaths() {
    var maps = random(4, 2, 5, 1);
    var rollout = AttentionRollout.of(maps);
    for (var i = 0; i < rollout.length; i++) {
      assertThat((double) rollout[i])
          .isCloseTo(paths(maps, i / 25, i / 5 % 5, i % 5), within(EXACT));
    }
    for (var row = 0; row < rollout.length; row += 5) {
      var sum = 0.0;
      for (var k = 0; k < 5; k++) {
        sum += rollout[row + k];
      }
      assertThat(sum).isCloseTo(1, within(EXACT));
    }
  }

  /** The smallest cut over all divisions of the nodes, which the maximum flow equals. */
  private static double smallestCut(AttentionMaps maps, int from, int to) {
    var tokens = maps.tokens();
    var nodes = (maps.layers() + 1) * tokens;
    var source = maps.layers() * tokens + from;
    var smallest = Double.MAX_VALUE;
    for (var side = 0; side < 1 << nodes; side++) {
      if ((side >> source & 1) == 1 && (side >> to & 1) == 0) {
        var cut = 0.0;
        for (var layer = 0; layer < maps.layers(); layer++) {
          for (var q = 0; q < tokens; q++) {
            for (var k = 0; k < tokens; k++) {
              var crosses =
                  (side >> (layer + 1) * tokens + q & 1) == 1
                      && (side >> layer * tokens + k & 1) == 0;
              cut += crosses ? link(maps, layer, q, k) : 0;
            }
          }
        }
        smallest = Math.min(smallest, cut);
      }
    }
    return smallest;
  }

  @ParameterizedTest
  @CsvSource({"3, 3, 2", "2, 4, 3", "1, 3, 4", "5, 2, 5", "2, 1, 6"})
  void flowsAsMuchAsTheSmallestCutLetsThrough(int layers, int tokens, long seed) {
    var maps = random(layers, 2, tokens, seed);
    var flow = AttentionFlow.of(maps);
    for (var i = 0; i < flow.length; i++) {
      assertThat((double) flow[i])
          .isCloseTo(smallestCut(maps, i / tokens, i % tokens), within(EXACT));
    }
  }

  @Test
  void flowsBackWhereAnEarlierWayWasWrong() {
    // The first way found, from 0 through 0 to 0, takes what both ways need; Dinic's must undo it.
    var network = new LayeredNetwork(new double[][] {{1, 0, 1, 0}, {1, 1, 0, 0}}, 2);
    assertThat(network.maximumFlow(0, 0)).isEqualTo(2);
    assertThat(network.maximumFlow(1, 0)).isZero();
    assertThat(network.maximumFlow(0, 0)).isEqualTo(2);
  }

  @Test
  void refusesTextsThatTakeTooLongAndStopsWhenInterrupted() {
    var tokens = AttentionFlow.MOST_TOKENS + 1;
    var even = new float[tokens * tokens];
    Arrays.fill(even, 1f / tokens);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AttentionFlow.of(new AttentionMaps(1, 1, tokens, even)))
        .withMessageContaining("takes too long for 129 tokens");
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> AttentionFlow.of(random(1, 1, 2, 7)));
    assertThat(Thread.interrupted()).isTrue();
  }
}
