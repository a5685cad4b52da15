package org.pellucid.bench.contender;

import java.util.List;
import java.util.function.Supplier;
import org.pellucid.engine.tensor.Tensor;

/**
 * A call of a kernel on tensors that were made beforehand.
 *
 * @param call writes the output
 * @param reader brings the output to PyTorch's layout
 * @param tensors what the task owns
 */
record KernelTask(Runnable call, Supplier<float[]> reader, List<Tensor> tensors) implements Task {

  @Override
  public void run() {
    call.run();
  }

  @Override
  public float[] answer() {
    call.run();
    return reader.get();
  }

  @Override
  public void close() {
    tensors.forEach(Tensor::close);
  }
}
