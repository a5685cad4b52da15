package org.pellucid.engine;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.kernels.vector.VectorKernels;
import org.pellucid.engine.tensor.MemoryPool;
import org.pellucid.engine.tensor.Nd4jRuntime;
import org.slf4j.LoggerFactory;

/**
 * What tapes compute with: a set of kernels, a pool of memory and a number of threads.
 *
 * <p>{@link #standard()} is right for most programs; {@link #builder()} makes engines with other
 * choices. Both take the vector kernels when ND4J computes on the CPU and the JVM was started with
 * {@code --add-modules jdk.incubator.vector}, else the portable ones, and say so in the log. Safe
 * to use from several threads.
 */
public final class Engine implements AutoCloseable {
  private final Kernels kernels;
  private final Workers workers;
  private final OptionalLong memoryBudget;
  private final MemoryPool memory = new MemoryPool();

  private Engine(Kernels kernels, Workers workers, OptionalLong memoryBudget) {
    this.kernels = kernels;
    this.workers = workers;
    this.memoryBudget = memoryBudget;
  }

  /** An engine with kernels of the caller's choice and a pool of its own. */
  public Engine(Kernels kernels) {
    this(kernels, new Workers(Runtime.getRuntime().availableProcessors()), OptionalLong.empty());
  }

  /** An engine that computes with ND4J operations only, wherever ND4J runs. */
  public static Engine portable() {
    return new Engine(new PortableKernels());
  }

  /**
   * The engine that all callers share who don't build one. System properties choose: {@code
   * pellucid.kernels=portable} the portable kernels, {@code pellucid.threads} the number of
   * threads, default: all processors.
   *
   * @throws IllegalArgumentException if {@code pellucid.threads} is not a positive number
   * @throws IllegalStateException if the Java virtual machine doesn't allow what ND4J needs, with
   *     the flag to add
   */
  public static Engine standard() {
    // Whatever may fail does so here, where the caller sees the reason, not in the class below.
    Nd4jRuntime.start();
    Builder.standardThreads();
    return Standard.ENGINE;
  }

  private static final class Standard {
    static final Engine ENGINE = builder().build();
  }

  /** Begins a new engine; what isn't chosen is as in {@link #standard()}. */
  public static Builder builder() {
    return new Builder();
  }

  /** The arithmetic. */
  public Kernels kernels() {
    return kernels;
  }

  /** The memory that tapes draw from. */
  public MemoryPool memory() {
    return memory;
  }

  /** The number of threads that compute, callers included. */
  public int threads() {
    return workers.threads();
  }

  /**
   * Runs {@code piece} for each number from 0 to {@code pieces − 1} on this engine's threads, the
   * caller's among them, and returns when all are done. Pieces must not write to the same place.
   */
  public void parallel(int pieces, IntConsumer piece) {
    workers.run(pieces, piece);
  }

  /**
   * The bytes that callers should keep this engine's tensors within, such as by the choice of a
   * batch: the builder's choice, or half of the memory that is free at the time of asking, what the
   * pool holds counted as free.
   */
  public long memoryBudget() {
    return memoryBudget.orElseGet(() -> (FreeMemory.bytes() + memory.heldBytes()) / 2);
  }

  /** The bytes that tensors can still be given: what is free, and what the pool keeps for reuse. */
  public long freeMemory() {
    return FreeMemory.bytes() + memory.idleBytes();
  }

  /** Frees the memory that no tensor holds. */
  @Override
  public void close() {
    memory.close();
  }

  /** Choices for a new engine. */
  public static final class Builder {
    private OptionalInt threads = OptionalInt.empty();
    private OptionalLong memoryBudget = OptionalLong.empty();
    private boolean portable = "portable".equals(System.getProperty("pellucid.kernels"));

    private Builder() {}

    /**
     * The number of threads that compute. ND4J's and OpenBLAS's own threads belong to the whole
     * process; they follow the engine that was built last.
     *
     * @throws IllegalArgumentException if it isn't positive
     */
    public Builder threads(int count) {
      check(count > 0, "%d threads can't compute anything; ask for at least one", count);
      threads = OptionalInt.of(count);
      return this;
    }

    /**
     * See {@link Engine#memoryBudget()}.
     *
     * @throws IllegalArgumentException if it isn't positive
     */
    public Builder memoryBudget(long bytes) {
      check(bytes > 0, "%d bytes of memory can't hold anything", bytes);
      memoryBudget = OptionalLong.of(bytes);
      return this;
    }

    /** The kernels written with ND4J operations only. */
    public Builder portable() {
      portable = true;
      return this;
    }

    /** The engine. */
    public Engine build() {
      var count = threads.orElseGet(Builder::standardThreads);
      NativeThreads.limit(count);
      var workers = new Workers(count);
      return new Engine(
          portable || !vectorKernelsRun() ? new PortableKernels() : new VectorKernels(workers),
          workers,
          memoryBudget);
    }

    private static int standardThreads() {
      var chosen = System.getProperty("pellucid.threads");
      check(
          chosen == null || chosen.matches("[1-9]\\d{0,4}"),
          "The system property pellucid.threads is %s, but must be a positive number",
          chosen);
      return chosen == null ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(chosen);
    }

    private static boolean vectorKernelsRun() {
      var log = LoggerFactory.getLogger(Engine.class);
      if (!Nd4jRuntime.onHost()) {
        log.info("ND4J computes on a device other than the CPU: the portable kernels are used.");
        return false;
      }
      if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
        log.warn(
            "The portable kernels are used, which are several times slower: "
                + "start Java with --add-modules jdk.incubator.vector for the fast ones.");
        return false;
      }
      return true;
    }
  }
}
