package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.pellucid.bench.jmh.ElementwiseBenchmark;
import org.pellucid.bench.work.ElementwiseWork;

/** The benchmarks that JMH finds in the jar. */
class JmhTests {

  @Test
  void allAreListed() throws IOException {
    try (var list = JmhTests.class.getResourceAsStream("/META-INF/BenchmarkList")) {
      assertThat(new String(list.readAllBytes(), StandardCharsets.UTF_8))
          .contains(
              "ConvolutionBenchmark",
              "AttentionBenchmark",
              "ProductBenchmark",
              "ElementwiseBenchmark",
              "CnnBenchmark",
              "BertBenchmark",
              "GraphBenchmark",
              "ExplanationBenchmark");
    }
  }

  @Test
  void oneRuns() {
    var benchmark = new ElementwiseBenchmark();
    benchmark.kind = ElementwiseWork.Kind.GELU;
    benchmark.rows = 3;
    benchmark.columns = 5;
    benchmark.contender = "pellucid-portable";
    benchmark.open();
    benchmark.before();
    benchmark.run();
    benchmark.close();
  }
}
