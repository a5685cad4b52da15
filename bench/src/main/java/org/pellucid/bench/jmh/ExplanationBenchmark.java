package org.pellucid.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.pellucid.bench.work.ExplanationWork;

/** Whole explanations of one image: SmoothGrad 50, Integrated Gradients 10, LIME 1000. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 2,
    jvmArgs = {
      Flags.VECTOR,
      Flags.NATIVE,
      Flags.UNSAFE,
      Flags.LEAST_HEAP,
      Flags.MOST_HEAP,
      Flags.TOUCH,
      Flags.OFF_HEAP,
      Flags.PHYSICAL,
      Flags.LOG
    })
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class ExplanationBenchmark {
  /** Answers are checked on a tenth of the samples; the portable kernels would take minutes. */
  private static final int CHECKED_PART = 10;

  /** Method and number of samples. */
  @Param({"SMOOTHGRAD-50", "INTEGRATED_GRADIENTS-10", "LIME-1000"})
  public String explanation;

  /** Who computes. */
  @Param({"pellucid-vector", "pellucid-portable"})
  public String contender;

  private Measured measured;

  /** Builds what is needed and checks the answer. */
  @Setup(Level.Trial)
  public void open() {
    measured = Measured.open(contender, workload(1), workload(CHECKED_PART));
  }

  private ExplanationWork workload(int divisor) {
    var parts = explanation.split("-");
    var method = ExplanationWork.Method.valueOf(parts[0]);
    return new ExplanationWork(method, Integer.parseInt(parts[1]) / divisor);
  }

  /** What an invocation needs before it. */
  @Setup(Level.Invocation)
  public void before() {
    measured.before();
  }

  /** The work. */
  @Benchmark
  public void run() {
    measured.run();
  }

  /** Gives everything back. */
  @TearDown(Level.Trial)
  public void close() {
    measured.close();
  }
}
