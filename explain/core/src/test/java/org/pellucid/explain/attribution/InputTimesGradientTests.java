package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.zoo.ImageClassifier;

/** Input × gradient from its definition. */
@Tag("numeric")
class InputTimesGradientTests {
  @Test
  void multipliesTheImageByTheSignedGradient() {
    var checkpoint = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth").toString();
    try (var classifier = ImageClassifier.open(checkpoint, Optional.empty())) {
      var evaluator = new Evaluator(Engine.standard(), classifier.network());
      var numbers = new float[evaluator.inputSize()];
      for (var i = 0; i < numbers.length; i++) {
        numbers[i] = i * 37 % 101 / 101f;
      }
      var image = Values.of(numbers, classifier.network().inputShape());
      var target = Target.output(4);
      var options = RunOptions.standard();
      var gradient =
          new Saliency(Objective.SCORE, false, false, 1)
              .explain(evaluator, image, target, options)
              .values();
      var product = new InputTimesGradient().explain(evaluator, image, target, options).values();
      for (var i = 0; i < numbers.length; i++) {
        // One rounding of the product on either side.
        assertThat(product.get(i))
            .isCloseTo(numbers[i] * gradient.get(i), within(2 * Math.ulp(product.get(i))));
      }
      assertThat(product.min()).isNegative();
    }
  }
}
