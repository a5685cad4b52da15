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
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.Pass;

/** The food classifier: logits, input gradients, all gradients. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
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
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class CnnBenchmark {
  /** Forward, or that and gradients. */
  @Param({"FORWARD", "GRADIENT", "WEIGHTS"})
  public Pass pass;

  /** Images. */
  @Param({"1", "8"})
  public int batch;

  /** Who computes. */
  @Param({"pellucid-vector", "pellucid-portable"})
  public String contender;

  private Measured measured;

  /** Builds what is needed and checks the answer. */
  @Setup(Level.Trial)
  public void open() {
    measured = Measured.open(contender, new CnnWork(pass, batch));
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
