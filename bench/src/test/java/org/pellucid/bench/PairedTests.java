package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.Contenders;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.paired.Comparison;
import org.pellucid.bench.paired.Comparison.Times;
import org.pellucid.bench.paired.MemoryRun;
import org.pellucid.bench.paired.PairedRun;
import org.pellucid.bench.paired.PairedSuite;
import org.pellucid.bench.paired.Report;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.Workload;

/** The command {@code pellucid bench}: what it measures, prints and writes. */
class PairedTests {
  private static final Workload SMALL = new ConvolutionWork(Pass.FORWARD, 2, 3, 4, 1);

  @TempDir private Path directory;

  @Test
  void theNamesAreTheContracts() {
    var names = PairedSuite.workloads(1).stream().map(Workload::name).toList();
    assertThat(names)
        .containsExactly(
            "cnn-forward-b1",
            "cnn-forward-b8",
            "cnn-gradient-b1",
            "cnn-gradient-b8",
            "conv-forward-3-128-128",
            "conv-forward-128-128-128",
            "conv-forward-128-128-64",
            "conv-forward-128-256-32",
            "conv-forward-256-256-32",
            "conv-forward-256-512-16",
            "conv-forward-512-512-8",
            "conv-gradient-3-128-128",
            "conv-gradient-128-128-128",
            "conv-gradient-128-128-64",
            "conv-gradient-128-256-32",
            "conv-gradient-256-256-32",
            "conv-gradient-256-512-16",
            "conv-gradient-512-512-8",
            "bert-forward-b1-s128",
            "bert-forward-b1-s384",
            "bert-gradient-b1-s128",
            "bert-gradient-b1-s384",
            "attention-forward-s384",
            "attention-backward-s384",
            "smoothgrad-50",
            "lime-1000",
            "integrated-gradients-10",
            "saliency-1-b10",
            "filters-5-b10",
            "homework-5",
            "homework-25");
  }

  @Tag("numeric")
  @Test
  void measuresBothSidesInTurn() {
    try (var ours = Contenders.open(Contenders.PORTABLE, 1);
        var rival = Contenders.open(Contenders.ND4J, 1)) {
      var comparison = new PairedRun(ours, Optional.of(rival), 0.01).measure(SMALL, true);
      assertThat(comparison.name()).isEqualTo(SMALL.name());
      assertThat(comparison.ours().fastest()).isPositive();
      assertThat(comparison.rival().orElseThrow().name()).isEqualTo(Contenders.ND4J);
      assertThat(comparison.ratio().orElseThrow())
          .isEqualTo(
              comparison.rival().orElseThrow().times().median() / comparison.ours().median());
      assertThat(comparison.error().orElseThrow()).isBetween(1e-9, 1e-6);
    }
  }

  @Test
  void graphsAndTheNetworksBesideThemHaveNames() {
    var names = PairedSuite.inference().stream().map(Workload::name).toList();
    assertThat(names)
        .doesNotHaveDuplicates()
        .contains(
            "cnn-forward-b8",
            "bert-forward-b1-s32",
            "bert384-forward-b8-s128",
            "onnx-food-forward-b1",
            "onnx-resnet18-forward-b1",
            "onnx-mobilenet2-forward-b1",
            "onnx-bert-forward-b1-s384",
            "onnx-bert384-forward-b1-s128");
    assertThat(PairedSuite.passes()).extracting(Workload::name).doesNotHaveDuplicates();
  }

  @Test
  void countsPagesAndHeap() {
    try (var ours = Contenders.open(Contenders.PORTABLE, 1)) {
      var row = new MemoryRun(ours, 0.01).measure(SMALL);
      assertThat(row).matches("\\| conv-forward-2-3-4 +\\| +\\d* \\| +\\d+\\.\\d \\|");
      assertThat(MemoryRun.head("ours", 1).lines().skip(2).map(String::length))
          .containsOnly(row.length());
    }
  }

  @Test
  void refusesToTimeAnotherAnswer() {
    try (var ours = Contenders.open(Contenders.PORTABLE, 1)) {
      var run = new PairedRun(ours, Optional.of(new Liar()), 0.01);
      assertThatThrownBy(() -> run.measure(SMALL, true))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("liar")
          .hasMessageContaining(SMALL.name());
    }
  }

  private record Liar() implements Contender, Task {
    @Override
    public String name() {
      return "liar";
    }

    @Override
    public Optional<Task> prepare(Workload workload) {
      return Optional.of(this);
    }

    @Override
    public void run() {
      throw new AssertionError("A wrong answer was timed.");
    }

    @Override
    public float[] answer() {
      return new float[3 * 4 * 4];
    }

    @Override
    public void close() {}
  }

  @Test
  void writesTheListThatChecksRead() throws IOException {
    var file = directory.resolve("new/bench.json");
    var rival = Optional.of(new Comparison.Rival("djl-pytorch", new Times(30, 28)));
    Report.write(
        List.of(
            new Comparison("conv", new Times(12, 11), rival, OptionalDouble.of(1e-6)),
            new Comparison("lime", new Times(4, 4), Optional.empty(), OptionalDouble.empty())),
        file);
    assertThat(new JsonMapper().readTree(file.toFile()))
        .isEqualTo(
            new JsonMapper()
                .readTree(
                    """
                    [{"name": "conv", "rival": "djl-pytorch", "ours_ms": 12.0, "rival_ms": 30.0,
                      "ratio": 2.5},
                     {"name": "lime", "rival": null, "ours_ms": 4.0, "rival_ms": null,
                      "ratio": null}]
                    """));
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aRowFitsTheHead() {
    var rival = Optional.of(new Comparison.Rival("djl-pytorch", new Times(2305.5, 2200)));
    var row =
        Report.row(
            new Comparison("conv", new Times(345.678, 340), rival, OptionalDouble.of(1.5e-6)));
    assertThat(row).contains("345.68", "2305.50", "6.67", "1.5e-06");
    assertThat(Report.head("ours", "theirs", 2).lines().skip(2).map(String::length))
        .containsOnly(row.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--seconds=0",
        "--threads=0",
        "--convolution-batch=0",
        "--only=no-such-benchmark",
        "--only=(",
        "--unknown"
      })
  void wrongUsageIsTwo(String option) {
    assertThat(Main.run(option)).isEqualTo(2);
  }

  @Test
  void anUnknownRivalIsOneFailure() {
    assertThat(Main.run("--against", "tensorflow")).isEqualTo(1);
  }
}
