package org.pellucid.explain.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeptPositionsTests {
  private static List<String> words(String text) {
    return Arrays.asList(("[CLS] " + text + " [SEP]").split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "the officer is kind  | the officer is kind       | 0 1 2 3 4 5",
        "the officer is kind  | now the officer is kind   | 0 2 3 4 5 6",
        "the officer is kind  | the officer was very kind | 0 1 2 - 5 6",
        "the officer is kind  | an officer was kind       | 0 - 2 - 4 5",
        "the officer is kind  | kind                      | 0 - - - 1 2",
        "the officer is kind  | wolves howl               | 0 - - - - 3",
        // The one that stays is the one at its end of the text.
        "the cat saw the dog  | the cat saw a dog         | 0 1 2 3 - 5 6",
        "the cat saw the dog  | a cat saw the dog         | 0 - 2 3 4 5 6",
        // A mask that was written, and a piece that is only a part of a word.
        "the [MASK] is kind   | the nurse is kind         | 0 1 - 3 4 5",
        "wolf ##s howl [SEP] b | wolf howl [SEP] c b       | 0 1 - 2 3 5 6",
      })
  void keepsTheTokensThatStillStand(String earlier, String now, String expected) {
    var kept = KeptPositions.between(words(earlier), words(now));
    assertThat(
            IntStream.range(0, words(earlier).size())
                .mapToObj(i -> kept.now(i).isPresent() ? "" + kept.now(i).getAsInt() : "-"))
        .containsExactly(expected.split(" "));
  }

  @Test
  void refusesAPositionThatTheEarlierTextDoesNotHave() {
    var kept = KeptPositions.between(words("a"), words("a b"));
    assertThatThrownBy(() -> kept.now(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("position is 3")
        .hasMessageContaining("0..2");
  }

  /** What would take gigabytes to compare is kept at its ends only. */
  @Test
  void comparesLongTextsAtTheirEnds() {
    var earlier = Collections.nCopies(30_000, "a");
    var now = List.of("b", "a", "c");
    assertThat(KeptPositions.between(earlier, now).now(1)).isEmpty();
    var longer = IntStream.range(0, 30_000).mapToObj(i -> i == 5 ? "b" : "a").toList();
    var kept = KeptPositions.between(earlier, longer);
    assertThat(kept.now(4)).hasValue(4);
    assertThat(kept.now(5)).isEmpty();
    assertThat(kept.now(6)).hasValue(6);
  }
}
