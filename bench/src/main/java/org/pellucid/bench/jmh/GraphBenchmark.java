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
import org.pellucid.bench.work.GraphWork;
import org.pellucid.bench.work.GraphWork.Network;
import org.pellucid.bench.work.Pass;

/** Networks out of ONNX graphs: outputs, and gradients of the images or the embeddings. */
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
public class GraphBenchmark {
  /** Forward, or that and gradients. */
  @Param({"FORWARD", "GRADIENT"})
  public Pass pass;

  /** The network. */
  @Param({"FOOD", "RESNET18", "MOBILENET2", "BERT", "BERT384"})
  public Network network;

  /** Images or texts. */
  @Param({"1", "8"})
  public int batch;

  /** The length of texts. */
  @Param("128")
  public int tokens;

  /** Who computes. */
  @Param({"pellucid-vector", "pellucid-portable"})
  public String contender;

  private Measured measured;

  /** Builds what is needed and checks the answer. */
  @Setup(Level.Trial)
  public void open() {
    measured =
        Measured.open(
            contender,
            new GraphWork(pass, network, batch, network.bert().isPresent() ? tokens : 0));
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
