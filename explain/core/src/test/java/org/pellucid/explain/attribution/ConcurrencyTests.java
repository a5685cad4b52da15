package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.FilterVisualisation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.perturbation.Ablation;
import org.pellucid.explain.perturbation.HideColour;
import org.pellucid.explain.perturbation.KernelShap;
import org.pellucid.explain.perturbation.Lime;
import org.pellucid.explain.perturbation.Occlusion;
import org.pellucid.explain.perturbation.Rise;
import org.pellucid.explain.perturbation.ShapleySampling;
import org.pellucid.explain.perturbation.Sides;
import org.pellucid.explain.segmentation.Grid;
import org.pellucid.models.zoo.ImageClassifier;

/** Explanations from several threads at once have the bits that they have one after the other. */
@Tag("numeric")
class ConcurrencyTests {

  private static List<Callable<Values>> explanations(Evaluator evaluator) {
    var numbers = new float[evaluator.inputSize()];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = i * 31 % 101 / 101f;
    }
    var image = Values.of(numbers, evaluator.model().inputShape());
    var loss = new Saliency(Objective.LOSS, true, false, 1);
    List<Method> methods =
        List.of(
            SmoothGrad.around(loss, 6, new NoiseLevel.Absolute(0.2)),
            IntegratedGradients.steps(5).withBaseline(Baseline.MEAN),
            Saliency.homework(1),
            DeepLift.standard(),
            LayerwiseRelevance.standard(),
            new FilterVisualisation("cnn.3", 1, 3, 0.1, FilterVisualisation.Start.PICTURE),
            Lime.standard().withSamples(20),
            new KernelShap(40, true, new Grid(16), HideColour.MEAN),
            new ShapleySampling(2, false, new Grid(16), HideColour.blurred()),
            new Ablation(new Grid(16), HideColour.SUPERPIXEL),
            new Occlusion(Sides.square(12), Sides.square(10), false, HideColour.BLACK),
            Rise.standard().withSamples(20),
            new Xrai(3, Xrai.Growth.FULL, true, 5, 50));
    var options = RunOptions.standard().withBatchSize(4).withSeed(3);
    return methods.stream()
        .<Callable<Values>>map(
            method -> () -> method.explain(evaluator, image, Target.output(2), options).values())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"vector, false", "vector, true", "portable, false"})
  void givesTheSameBitsAtTheSameTime(String kernels, boolean virtual) throws Exception {
    var checkpoint = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth").toString();
    var builder = Engine.builder();
    try (var network = ImageClassifier.open(checkpoint, Optional.empty()).network();
        var engine = (kernels.equals("vector") ? builder : builder.portable()).build();
        var threads =
            virtual
                ? Executors.newVirtualThreadPerTaskExecutor()
                : Executors.newFixedThreadPool(4)) {
      var tasks = explanations(new Evaluator(engine, network));
      var alone = new ArrayList<Values>();
      for (var task : tasks) {
        alone.add(task.call());
      }
      for (var round = 0; round < 3; round++) {
        var together = new ArrayList<Future<Values>>();
        for (var task : tasks) {
          together.add(threads.submit(task));
        }
        for (var i = 0; i < tasks.size(); i++) {
          assertThat(together.get(i).get()).isEqualTo(alone.get(i));
        }
      }
      assertThat(engine.memory().usedBytes()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "3"})
  void givesTheSameBitsWithAnyNumberOfThreads(int count) throws Exception {
    var checkpoint = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth").toString();
    try (var network = ImageClassifier.open(checkpoint, Optional.empty()).network();
        var usual = Engine.builder().build();
        var other = Engine.builder().threads(count).build()) {
      assumeTrue(
          usual.kernels().name().equals("vector"),
          "the portable kernels leave it to ND4J how sums are cut among threads");
      var expected = explanations(new Evaluator(usual, network));
      var actual = explanations(new Evaluator(other, network));
      for (var i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i).call()).isEqualTo(expected.get(i).call());
      }
    }
    Engine.builder().build().close();
  }
}
