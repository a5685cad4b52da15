package org.pellucid.bench.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.util.Set;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.ContenderProvider;
import org.pellucid.bench.contender.Contenders;

/** Starts DJL with PyTorch from the native library on the class path, without any download. */
public final class DjlProvider implements ContenderProvider {

  @Override
  public Set<String> names() {
    return Set.of(Contenders.DJL, Contenders.DJL_LEAN, Contenders.DJL_FOLDED);
  }

  @Override
  public Contender open(String name, int threads) {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    // It warns that the machine has no graphics processor, which isn't needed.
    System.setProperty("org.slf4j.simpleLogger.log.ai.djl", "error");
    // PyTorch reads both once a process, when its library is loaded.
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    var contender = new DjlContender(name);
    if (JniUtils.getNumThreads() != threads) {
      contender.close();
      throw new IllegalStateException(
          "PyTorch was started with %d threads and can't change to %d; use another process."
              .formatted(JniUtils.getNumThreads(), threads));
    }
    return contender;
  }
}
