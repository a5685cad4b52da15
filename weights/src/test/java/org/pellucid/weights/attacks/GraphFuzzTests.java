package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Graphs changed at random; {@code -Djvm.extra=-Dpellucid.fuzz=10000000} asks for more of them. */
class GraphFuzzTests {
  private static final int EXECUTIONS = Integer.getInteger("pellucid.fuzz", 50_000);

  @Test
  void readsOrRefusesEveryGraph() {
    var fuzzer = new GraphFuzzer(EXECUTIONS, GraphFuzzer.honestModels());
    var findings = new ArrayList<GraphFuzzer.Finding>();
    for (var i = 0; i < EXECUTIONS && findings.size() < 10; i++) {
      fuzzer.execute().ifPresent(findings::add);
    }
    assertThat(findings).isEmpty();
    assertThat(fuzzer.accepted()).as("accepted").isGreaterThan(EXECUTIONS / 100);
    assertThat(fuzzer.refused()).as("refused").isGreaterThan(EXECUTIONS / 10);
  }
}
