package org.pellucid.explain.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures of heads whose attention was made for the purpose. */
class HeadFiguresTests {
  private static final List<String> PIECES = List.of("[CLS]", "a", "b", "a", ".", "[SEP]");

  // Sums of six floats, divided by at most four rows.
  private static final double EXACT = 1e-6;

  private interface Weights {
    double of(int query, int key);
  }

  /** Maps of one layer with a head for each way to attend. */
  private static AttentionMaps maps(int tokens, Weights... heads) {
    var values = new float[heads.length * tokens * tokens];
    for (var i = 0; i < values.length; i++) {
      var entry = i % (tokens * tokens);
      values[i] = (float) heads[i / (tokens * tokens)].of(entry / tokens, entry % tokens);
    }
    return new AttentionMaps(1, heads.length, tokens, values);
  }

  @Test
  void tellsAHeadsFunction() {
    var figures =
        HeadFigures.of(
            maps(
                6,
                (q, k) -> k == Math.max(0, q - 1) ? 1 : 0,
                (q, k) -> k == Math.min(5, q + 1) ? 1 : 0,
                (q, k) -> k == q ? 1 : 0,
                (_, k) -> k == 5 ? 1 : 0,
                (_, k) -> k == 4 ? 0.75 : k == 0 ? 0.25 : 0,
                (_, _) -> 1.0 / 6),
            PIECES);
    assertThat(figures).extracting(HeadFigures::head).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(figures.get(0).previous()).isCloseTo(1, within(EXACT));
    assertThat(figures.get(0).distance()).isCloseTo(1, within(EXACT));
    assertThat(figures.get(0).entropy()).isZero();
    // [CLS] is the token before the first of four words.
    assertThat(figures.get(0).classification()).isCloseTo(0.25, within(EXACT));
    assertThat(figures.get(1).next()).isCloseTo(1, within(EXACT));
    assertThat(figures.get(2).same()).isCloseTo(1, within(EXACT));
    assertThat(figures.get(2).distance()).isZero();
    assertThat(figures.get(3).separator()).isCloseTo(1, within(EXACT));
    assertThat(figures.get(4).fullStop()).isCloseTo(0.75, within(EXACT));
    assertThat(figures.get(4).classification()).isCloseTo(0.25, within(EXACT));
    var even = figures.get(5);
    assertThat(even.entropy()).isCloseTo(Math.log(6), within(1e-6));
    // Two of four words stand twice: (1 + 1 + 2 + 2) / 4 of 6.
    assertThat(even.same()).isCloseTo(6.0 / 4 / 6, within(EXACT));
    assertThat(HeadFigures.clearest(figures).head()).isIn(0, 1);
  }

  @Test
  void takesAllRowsOfATextWithoutWords() {
    var figures = HeadFigures.of(maps(1, (_, _) -> 1), List.of("[CLS]")).getFirst();
    assertThat(figures.classification()).isEqualTo(1);
    assertThat(figures.previous()).isZero();
  }

  @Test
  void findsTheHeadThatLinksTwoTokens() {
    var maps = maps(6, (_, _) -> 1.0 / 6, (q, k) -> q == 3 ? (k == 1 ? 0.9 : 0.02) : 1.0 / 6);
    var linking = HeadFigures.linking(maps, List.of(new TokenPair(3, 1), new TokenPair(4, 1)));
    assertThat(linking[0][0]).isCloseTo(1.0 / 6, within(EXACT));
    assertThat(linking[0][1]).isCloseTo((0.9 + 1.0 / 6) / 2, within(EXACT));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HeadFigures.linking(maps, List.of(new TokenPair(6, 0))))
        .withMessage("The link from 6 to 0 lies outside the text's tokens 0..5.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HeadFigures.linking(maps, List.of()))
        .withMessageContaining("no link");
  }

  @Test
  void measuresHowMuchAHeadChanges() {
    Weights own = (q, k) -> k == q ? 1 : 0;
    var difference = maps(3, own, own).minus(maps(3, own, (q, k) -> k == (q == 0 ? 1 : q) ? 1 : 0));
    // One of three rows lies elsewhere altogether.
    assertThat(HeadFigures.change(difference)[0][0]).isZero();
    assertThat(HeadFigures.change(difference)[0][1]).isCloseTo(1.0 / 3, within(EXACT));
  }

  @Test
  void subtractsALayerFromEveryOther() {
    var maps = new AttentionMaps(2, 1, 1, new float[] {1, 0.25f});
    assertThat(maps.minusLayer(1).values()).containsExactly(0.75f, 0);
    assertThat(maps.times(maps).values()).containsExactly(1, 0.0625f);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> maps.minusLayer(2))
        .withMessage("There is no layer 2; layers are 0..1.");
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AttentionMaps(1, 1, 2, new float[3]))
        .withMessage("Attention [1, 1, 2, 2] can't have 3 values.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AttentionMaps(1, 1, 1, new float[] {Float.NaN}))
        .withMessageContaining("NaN");
    var one = maps(1, (_, _) -> 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HeadFigures.of(one, PIECES))
        .withMessage("There are 6 tokens, but the attention is of 1.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.minus(maps(2, (_, _) -> 0.5)))
        .withMessageContaining("can't be compared");
  }
}
