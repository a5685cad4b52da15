package org.pellucid.engine;

import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.kernels.vector.VectorKernels;
import org.pellucid.engine.tensor.MemoryPool;
import org.slf4j.LoggerFactory;

/**
 * What tapes compute with: a set of kernels and a pool of memory.
 *
 * <p>{@link #standard()} serves everybody who has no special wish. It takes the vector kernels when
 * ND4J computes on the CPU and the JVM was started with {@code --add-modules jdk.incubator.vector},
 * else the portable ones, and says so once in the log. The system property {@code
 * pellucid.kernels=portable} forces the latter. Safe to use from several threads.
 */
public final class Engine implements AutoCloseable {
  private final Kernels kernels;
  private final MemoryPool memory = new MemoryPool();

  /** An engine with kernels of the caller's choice and a pool of its own. */
  public Engine(Kernels kernels) {
    this.kernels = kernels;
  }

  /** An engine that computes with ND4J operations only, wherever ND4J runs. */
  public static Engine portable() {
    return new Engine(new PortableKernels());
  }

  /** The engine that all callers without one of their own share. */
  public static Engine standard() {
    return Standard.ENGINE;
  }

  /** The arithmetic. */
  public Kernels kernels() {
    return kernels;
  }

  /** The memory that tapes draw from. */
  public MemoryPool memory() {
    return memory;
  }

  /** Frees the memory that no tensor holds. */
  @Override
  public void close() {
    memory.close();
  }

  private static final class Standard {
    static final Engine ENGINE = new Engine(choose());

    private static Kernels choose() {
      var log = LoggerFactory.getLogger(Engine.class);
      if ("portable".equals(System.getProperty("pellucid.kernels"))) {
        return new PortableKernels();
      }
      if (Nd4j.getExecutioner().type() != ExecutionerType.NATIVE_CPU) {
        log.info("ND4J computes on a device other than the CPU: the portable kernels are used.");
        return new PortableKernels();
      }
      if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
        log.warn(
            "The portable kernels are used, which are several times slower: "
                + "start Java with --add-modules jdk.incubator.vector for the fast ones.");
        return new PortableKernels();
      }
      return new VectorKernels();
    }
  }
}
