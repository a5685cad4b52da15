package org.pellucid.explain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Which batches are tried, and which one is kept. */
class BatchTimesTests {
  private final BatchTimes times = new BatchTimes();

  /** The batches of a run in which an input takes a time that depends on the batch. */
  private List<Integer> run(int count, int most, IntToDoubleFunction time) {
    var batches = new ArrayList<Integer>();
    for (var left = count; left > 0; ) {
      var batch = times.next(left, most);
      assertThat(batch).isBetween(1, Math.min(left, most));
      times.took(batch, (long) (batch * time.applyAsDouble(batch)));
      batches.add(batch);
      left -= batch;
    }
    return batches;
  }

  private static IntToDoubleFunction times(Map<Integer, Integer> times) {
    return batch -> times.getOrDefault(batch, 1_000_000);
  }

  @Test
  void eightStayWhereNothingIsGained() {
    var batches = run(1004, 16, times(Map.of(4, 101, 8, 100, 16, 99)));
    assertThat(times.best()).isEqualTo(8);
    // What finding out costs: three batches of each neighbour.
    assertThat(batches).filteredOn(batch -> batch == 16).hasSize(3);
    assertThat(batches).filteredOn(batch -> batch == 4).hasSize(3);
    assertThat(batches).doesNotContain(1, 2);
  }

  @Test
  void findsTheSmallest() {
    run(1000, 16, times(Map.of(1, 60, 2, 70, 4, 80, 8, 100, 16, 120)));
    assertThat(times.best()).isEqualTo(1);
    assertThat(run(200, 16, times(Map.of(1, 60)))).containsOnly(1);
  }

  @Test
  void findsOneInBetween() {
    run(1000, 16, times(Map.of(1, 90, 2, 70, 4, 80, 8, 100, 16, 120)));
    assertThat(times.best()).isEqualTo(2);
  }

  @Test
  void findsTheLargest() {
    run(1000, 16, times(Map.of(4, 100, 8, 80, 16, 60)));
    assertThat(times.best()).isEqualTo(16);
  }

  @Test
  void triesNothingThatDoesntFit() {
    assertThat(run(1000, 8, times(Map.of(4, 101, 8, 100)))).doesNotContain(16);
    assertThat(times.best()).isEqualTo(8);
  }

  @Test
  void takesWhatFitsWhereEightDont() {
    assertThat(run(1000, 3, times(Map.of()))).containsOnly(3, 1);
  }

  @Test
  void shortRunsTryNothing() {
    for (var i = 0; i < 20; i++) {
      assertThat(run(100, 16, times(Map.of(4, 1, 8, 100)))).containsOnly(8, 4);
    }
    assertThat(times.best()).isEqualTo(8);
  }

  @Test
  void theFirstBatchesDontCount() {
    var calls = new int[1];
    run(1000, 16, batch -> calls[0]++ < 5 ? 1 : Map.of(4, 80, 8, 100).getOrDefault(batch, 200));
    assertThat(times.best()).isEqualTo(4);
  }
}
