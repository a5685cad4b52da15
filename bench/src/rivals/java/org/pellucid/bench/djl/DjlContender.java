package org.pellucid.bench.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.Optional;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.Contenders;
import org.pellucid.bench.contender.HomeworkTask;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.AttentionWork;
import org.pellucid.bench.work.BertWork;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.ElementwiseWork;
import org.pellucid.bench.work.ExplanationWork;
import org.pellucid.bench.work.FoodParameters;
import org.pellucid.bench.work.GraphWork;
import org.pellucid.bench.work.HomeworkWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.ProductWork;
import org.pellucid.bench.work.Workload;

/** DJL on PyTorch's native library for the CPU. */
final class DjlContender implements Contender {
  private final String name;
  private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());

  DjlContender(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * Folded, the network has other parameters and no outputs of convolutions alone, so neither the
   * parameters' gradients nor filters can be compared.
   */
  @Override
  public Optional<Task> prepare(Workload workload) {
    if (workload instanceof HomeworkWork work) {
      return HomeworkTask.of(this, work);
    }
    if (folded()
        && (workload instanceof CnnWork cnn && cnn.pass() == Pass.WEIGHTS
            || workload instanceof ExplanationWork work
                && work.method() == ExplanationWork.Method.FILTERS)) {
      return Optional.empty();
    }
    if (workload instanceof GraphWork) {
      return Optional.empty();
    }
    var owner = manager.newSubManager();
    return Optional.of(
        switch (workload) {
          case ConvolutionWork work -> DjlKernels.convolution(owner, work);
          case ProductWork work -> DjlKernels.product(owner, work);
          case ElementwiseWork work -> DjlKernels.elementwise(owner, work);
          case AttentionWork work -> DjlAttention.task(owner, work);
          case CnnWork work -> DjlFoodNetwork.task(network(owner), owner, work);
          case BertWork work -> DjlBert.task(owner, work);
          case ExplanationWork work ->
              DjlExplanations.prepare(
                  network(owner), owner, work, name.equals(Contenders.DJL_LEAN));
          case GraphWork _ -> throw new IllegalStateException("PyTorch runs no graphs.");
          case HomeworkWork _ -> throw new IllegalStateException("Done by its parts.");
        });
  }

  private boolean folded() {
    return name.equals(Contenders.DJL_FOLDED);
  }

  private DjlFoodNetwork network(NDManager owner) {
    return folded()
        ? new DjlFoodNetwork(owner, FoodParameters.folded(), true)
        : new DjlFoodNetwork(owner, FoodParameters.read(), false);
  }

  @Override
  public void close() {
    manager.close();
  }
}
