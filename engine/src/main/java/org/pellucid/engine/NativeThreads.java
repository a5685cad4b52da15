package org.pellucid.engine;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.tensor.Nd4jRuntime;

/**
 * The threads that the native libraries bring along: ND4J's for its operations, OpenBLAS's for
 * matrix products. They ask the machine how many processors it has and don't see that a container
 * may use fewer, so they are told.
 */
final class NativeThreads {
  private NativeThreads() {}

  /** Sets both for the whole process. */
  static void limit(int threads) {
    var onHost = Nd4jRuntime.onHost();
    var nd4j = Nd4j.getEnvironment();
    // The number of master threads decides, and may not be above the other.
    nd4j.setMaxThreads(Math.max(threads, nd4j.maxThreads()));
    nd4j.setMaxMasterThreads(threads);
    if (onHost) {
      openblas_nolapack.blas_set_num_threads(threads);
    }
  }
}
