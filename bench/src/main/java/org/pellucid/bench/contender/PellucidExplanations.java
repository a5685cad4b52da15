package org.pellucid.bench.contender;

import java.util.Optional;
import java.util.function.Supplier;
import org.pellucid.bench.work.ExplanationWork;
import org.pellucid.bench.work.ExplanationWork.Method;
import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.zoo.ImageClassifier;

/** Whole explanations by this project's own methods, in batches as the command line runs them. */
final class PellucidExplanations {
  private PellucidExplanations() {}

  /** An explanation method and its network. */
  private record ExplanationTask(Supplier<float[]> explanation, ConvolutionalNetwork network)
      implements Task {
    @Override
    public void run() {
      explanation.get();
    }

    @Override
    public float[] answer() {
      return explanation.get();
    }

    @Override
    public void close() {
      network.close();
    }
  }

  static Task prepare(Engine engine, ExplanationWork work) {
    var network = ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty()).network();
    var evaluator = new Evaluator(engine, network);
    var image = work.image();
    return new ExplanationTask(
        work.method() == Method.LIME
            ? () -> work.lime(image, (images, _) -> rows(evaluator, images))
            : () -> attribute(work, evaluator, image),
        network);
  }

  private static float[] attribute(ExplanationWork work, Evaluator evaluator, float[] image) {
    var input = Values.of(image, evaluator.model().inputShape());
    var target = Target.output(ExplanationWork.TARGET);
    return work.attribution()
        .explain(evaluator, input, target, RunOptions.standard())
        .values()
        .toArray();
  }

  private static double[][] rows(Evaluator evaluator, float[] images) {
    return ExplanationWork.rows(evaluator.outputs(images), evaluator.model().outputs());
  }
}
