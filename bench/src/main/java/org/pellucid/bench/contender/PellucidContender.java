package org.pellucid.bench.contender;

import java.util.Optional;
import org.pellucid.bench.work.AttentionWork;
import org.pellucid.bench.work.BertWork;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.ElementwiseWork;
import org.pellucid.bench.work.ExplanationWork;
import org.pellucid.bench.work.GraphWork;
import org.pellucid.bench.work.HomeworkWork;
import org.pellucid.bench.work.ProductWork;
import org.pellucid.bench.work.Workload;
import org.pellucid.engine.Engine;

/** This project on an engine with the kernels to be measured. */
final class PellucidContender implements Contender {
  private final String name;
  private final Engine engine;

  PellucidContender(String name, Engine engine) {
    this.name = name;
    this.engine = engine;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Task> prepare(Workload workload) {
    var kernels = engine.kernels();
    return Optional.of(
        switch (workload) {
          case ConvolutionWork work -> PellucidKernels.convolution(kernels, work);
          case ProductWork work -> PellucidKernels.product(kernels, work);
          case ElementwiseWork work -> PellucidKernels.elementwise(kernels, work);
          case AttentionWork work -> PellucidNetworks.attention(engine, work);
          case CnnWork work -> PellucidNetworks.cnn(engine, work);
          case BertWork work -> PellucidNetworks.bert(engine, work);
          case GraphWork work -> PellucidGraphs.prepare(engine, work);
          case ExplanationWork work -> PellucidExplanations.prepare(engine, work);
          case HomeworkWork work -> HomeworkTask.of(this, work).orElseThrow();
        });
  }

  @Override
  public void close() {
    engine.close();
  }
}
