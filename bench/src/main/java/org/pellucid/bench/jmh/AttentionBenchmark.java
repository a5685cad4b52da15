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
import org.pellucid.bench.work.AttentionWork;
import org.pellucid.bench.work.Pass;

/** Attention of twelve heads, 64 wide, over one text. */
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
public class AttentionBenchmark {
  /** Forward, or that and all gradients. */
  @Param({"FORWARD", "GRADIENT"})
  public Pass pass;

  /** The text's length. */
  @Param({"128", "384"})
  public int tokens;

  /** Who computes. */
  @Param({"pellucid-vector", "pellucid-portable"})
  public String contender;

  private Measured measured;

  /** Builds what is needed and checks the answer. */
  @Setup(Level.Trial)
  public void open() {
    measured = Measured.open(contender, new AttentionWork(pass, 1, 12, tokens, 64));
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
