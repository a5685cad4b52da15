package org.pellucid.explain.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.metrics.Deletion;
import org.pellucid.explain.metrics.MetricContext;

class MetricImagesTests {
  private static final int SIDE = 6;

  @Test
  void findsTheImagesBehindACurveByItsMetric() {
    var evaluator =
        new Evaluator(Engine.portable(), new QuadraticModel(new long[] {3, SIDE, SIDE}, 2));
    var method = Saliency.standard();
    var metric = Deletion.standard();
    var run =
        new ExplanationRun(
            evaluator,
            List.of(method),
            List.of(metric),
            TargetChoice.parse("predicted"),
            RunOptions.standard());
    var numbers = new float[3 * SIDE * SIDE];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = i * 31 % 23 / 23f;
    }
    var input = Values.of(numbers, 3, SIDE, SIDE);
    var explanation = method.explain(evaluator, input, Target.output(1), RunOptions.standard());
    var context = new MetricContext(method, evaluator, input, RunOptions.standard());
    var quality = metric.quality(explanation, context);
    var images = new MetricImages(run);
    var last = quality.curve().orElseThrow().positions().size() - 1;
    assertThat(images.at(input, explanation, quality, 0)).contains(input);
    assertThat(images.at(input, explanation, quality, last))
        .contains(metric.image(explanation, context, last));
    assertThat(images.at(input, explanation, new Quality("other", 0, ""), 0)).isEmpty();
  }
}
