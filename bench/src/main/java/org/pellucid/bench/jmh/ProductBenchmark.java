package org.pellucid.bench.jmh;

import java.util.Arrays;
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
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.ProductWork;

/** BERT's matrix products. */
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
public class ProductBenchmark {
  /** Forward, or the gradient of the input. */
  @Param({"FORWARD", "GRADIENT"})
  public Pass pass;

  /** Tokens. */
  @Param({"128", "384"})
  public int rows;

  /** Inputs and outputs of the layer. */
  @Param({"768-768", "768-3072", "3072-768"})
  public String layer;

  /** Who computes. */
  @Param({"pellucid-vector", "pellucid-portable"})
  public String contender;

  private Measured measured;

  /** Builds what is needed and checks the answer. */
  @Setup(Level.Trial)
  public void open() {
    measured = Measured.open(contender, workload());
  }

  private ProductWork workload() {
    var sizes = Arrays.stream(layer.split("-")).mapToInt(Integer::parseInt).toArray();
    return new ProductWork(pass, rows, sizes[0], sizes[1]);
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
