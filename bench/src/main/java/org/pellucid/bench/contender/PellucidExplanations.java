package org.pellucid.bench.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pellucid.bench.work.ExplanationWork;
import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FilterVisualisation;
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
    var network =
        (ConvolutionalNetwork)
            ImageClassifier.open(ImageClassifier.BUILT_IN, Optional.empty()).network();
    var evaluator = new Evaluator(engine, network);
    var images = work.inputs();
    return new ExplanationTask(
        switch (work.method()) {
          case LIME -> () -> work.lime(images.getFirst(), (many, _) -> rows(evaluator, many));
          case FILTERS -> () -> filters(work, evaluator, images);
          case SMOOTHGRAD, INTEGRATED_GRADIENTS, SALIENCY ->
              () -> attributions(work, evaluator, images);
        },
        network);
  }

  private static float[] attributions(
      ExplanationWork work, Evaluator evaluator, List<float[]> images) {
    var labels = work.labels();
    var maps = new ArrayList<float[]>();
    for (var i = 0; i < labels.length; i++) {
      var input = Values.of(images.get(i), evaluator.model().inputShape());
      var target = Target.output(labels[i]);
      var explanation = work.attribution().explain(evaluator, input, target, RunOptions.standard());
      maps.add(explanation.values().toArray());
    }
    return Joined.of(maps);
  }

  /** The sums over all images, layer by layer. */
  private static float[] filters(ExplanationWork work, Evaluator evaluator, List<float[]> images) {
    var target = Target.output(ExplanationWork.TARGET);
    var sums = new ArrayList<float[]>();
    for (var layer : ExplanationWork.FILTER_LAYERS) {
      var method =
          new FilterVisualisation(
              "cnn." + layer,
              0,
              work.samples(),
              ExplanationWork.LEARNING_RATE,
              FilterVisualisation.Start.PICTURE);
      var sum = new float[work.samples() + 1];
      for (var image : images) {
        var input = Values.of(image, evaluator.model().inputShape());
        var objectives =
            method
                .explain(evaluator, input, target, RunOptions.standard())
                .details()
                .get("objectives");
        for (var i = 0; i < sum.length; i++) {
          sum[i] += (float) objectives.get(i);
        }
      }
      sums.add(sum);
    }
    return Joined.of(sums);
  }

  private static double[][] rows(Evaluator evaluator, float[] images) {
    return ExplanationWork.rows(evaluator.outputs(images), evaluator.model().outputs());
  }
}
