package org.pellucid.engine.tensor;

import java.util.Optional;
import org.nd4j.common.config.ND4JSystemProperties;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * ND4J with its native libraries, started once for the process.
 *
 * <p>ND4J logs ten lines at its start, which are left out unless the system property {@code
 * org.nd4j.log.initialization} is set to {@code true}.
 */
public final class Nd4jRuntime {
  private Nd4jRuntime() {}

  /** How the start ended: on which kind of device, or why not. */
  private record Start(boolean onHost, Optional<String> problem, Optional<Throwable> cause) {
    static final Start RESULT = run();

    private static Start run() {
      if (System.getProperty(ND4JSystemProperties.LOG_INITIALIZATION) == null) {
        System.setProperty(ND4JSystemProperties.LOG_INITIALIZATION, "false");
      }
      try {
        Nd4j.createBuffer(DataType.FLOAT, 1, false).close();
        var onHost = Nd4j.getExecutioner().type() == ExecutionerType.NATIVE_CPU;
        return new Start(onHost, Optional.empty(), Optional.empty());
      } catch (LinkageError | RuntimeException e) {
        return new Start(false, Optional.of(problem(e)), Optional.of(e));
      }
    }

    private static String problem(Throwable failure) {
      var root = failure;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return switch (root) {
        case IllegalCallerException _ ->
            "Java denies native access, which ND4J needs: start Java with"
                + " --enable-native-access=ALL-UNNAMED.";
        case UnsupportedOperationException _ ->
            "Java denies memory access by sun.misc.Unsafe, which ND4J's JavaCPP needs: start Java"
                + " with --sun-misc-unsafe-memory-access=allow.";
        default ->
            "ND4J can't be started (%s): check that the class path has nd4j-native, JavaCPP and"
                    .formatted(root)
                + " OpenBLAS with the classifier of this platform.";
      };
    }
  }

  /**
   * Begins to start ND4J on a thread of its own, for callers with something else to do before they
   * need it. Whoever needs it waits, and hears of a problem.
   */
  public static void begin() {
    Thread.ofPlatform().daemon().name("nd4j-start").start(() -> Start.RESULT.problem());
  }

  /**
   * Starts ND4J unless it was started before.
   *
   * @throws IllegalStateException if it can't be started, with what to do
   */
  public static void start() {
    if (Start.RESULT.problem().isPresent()) {
      throw new IllegalStateException(
          Start.RESULT.problem().get(), Start.RESULT.cause().orElseThrow());
    }
  }

  /**
   * Whether ND4J computes on the CPU, with arrays in the host's memory.
   *
   * @throws IllegalStateException if it can't be started, with what to do
   */
  public static boolean onHost() {
    start();
    return Start.RESULT.onHost();
  }
}
