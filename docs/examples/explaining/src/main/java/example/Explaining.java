package example;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Explainer;
import org.pellucid.explain.Metrics;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.metrics.MetricContext;
import org.pellucid.explain.text.MaskedWord;
import org.pellucid.explain.view.Drawing;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.models.zoo.SampleImages;

/** Explains an image, a sentence if a model for it is named, and a network of one's own. */
public final class Explaining {
  private Explaining() {}

  public static void main(String[] arguments) throws Exception {
    image(Path.of(arguments[0]));
    ownNetwork();
    if (arguments.length > 1) {
      sentence(arguments[1]);
    }
  }

  private static void image(Path directory) {
    try (var classifier = ImageClassifier.open("food", Optional.empty())) {
      var image = SampleImages.open("3_5").image();
      var explainer = Explainer.of(classifier.network());
      var explanation = explainer.explain(image, IntegratedGradients.steps(50), Target.predicted());
      System.out.println("predicted " + classifier.className(explanation.predicted()));
      explanation.save(directory, "egg");
      Drawing.overlay(explanation, explainer.input(image), 0.6).write(directory.resolve("egg.png"));
      measure(explainer, explainer.input(image), new Occlusion(32));
    }
  }

  /** A method and a metric of one's own, beside those of the library. */
  private static void measure(Explainer explainer, Values input, Method method) {
    var explanation = explainer.explain(input, method, Target.predicted());
    var context = new MetricContext(method, explainer.evaluator(), input, RunOptions.standard());
    for (var metric : Metrics.named(List.of("deletion", "sparseness", "largest-share"))) {
      var figure = metric.quality(explanation, context);
      System.out.printf("%s of %s: %.3f%n", metric.name(), method.name(), figure.value());
    }
  }

  private static void ownNetwork() {
    var explanation =
        Explainer.of(new Sum())
            .explain(
                Values.of(new float[] {1, 2, 3}, 3),
                IntegratedGradients.steps(1),
                Target.output(0));
    System.out.println("own network " + Arrays.toString(explanation.values().toArray()));
  }

  private static void sentence(String model) throws Exception {
    try (var bert = BertModels.open(model, System.err::println)) {
      var word =
          MaskedWord.of(
              Engine.standard(),
              bert.model(),
              bert.tokenizer(),
              "The police officer said she is late.",
              "she");
      var method = IntegratedGradients.steps(20).withBaseline(word.padding());
      var explanation = word.explain(method, word.contrast("he", "she"));
      System.out.println(word.tokens().pieces());
      System.out.println(Arrays.toString(MaskedWord.byToken(explanation)));
    }
  }
}
