package org.pellucid.bench.onnxruntime;

import java.util.Set;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.ContenderProvider;
import org.pellucid.bench.contender.Contenders;

/** Starts ONNX Runtime from the native library on the class path. */
public final class OnnxRuntimeProvider implements ContenderProvider {

  @Override
  public Set<String> names() {
    return Set.of(Contenders.ONNX_RUNTIME);
  }

  @Override
  public Contender open(String name, int threads) {
    return new OnnxRuntimeContender(threads);
  }
}
