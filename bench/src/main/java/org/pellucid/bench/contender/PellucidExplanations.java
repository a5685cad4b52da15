package org.pellucid.bench.contender;

import java.util.Optional;
import java.util.function.Supplier;
import org.pellucid.bench.work.ExplanationWork;
import org.pellucid.bench.work.ExplanationWork.Method;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.Attribution;
import org.pellucid.explain.attribution.InputGradients;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.zoo.ImageClassifier;

/** Whole explanations by this project's own methods, in batches as the command line runs them. */
final class PellucidExplanations {
  private PellucidExplanations() {}

  /** An explanation and the network behind it. */
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
    var gradients = new InputGradients(engine, network, ElementType.FLOAT32);
    var image = work.image();
    return new ExplanationTask(
        work.method() == Method.LIME
            ? () -> work.lime(image, (images, _) -> rows(gradients, images))
            : () -> attribute(work.attribution(image), gradients, image),
        network);
  }

  private static float[] attribute(
      Attribution attribution, InputGradients gradients, float[] image) {
    var run = Attribution.Run.standard();
    return attribution.explain(gradients, image, ExplanationWork.TARGET, run).values();
  }

  private static double[][] rows(InputGradients gradients, float[] images) {
    return ExplanationWork.rows(gradients.logits(images), gradients.model().outputs());
  }
}
