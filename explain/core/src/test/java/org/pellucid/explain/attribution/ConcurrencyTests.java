package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.Progress;
import org.pellucid.explain.attribution.Attribution.Run;
import org.pellucid.explain.features.FilterResponse;
import org.pellucid.models.zoo.FoodNetworks;

/** Explanations from several threads at once have the bits that they have one after the other. */
@Tag("numeric")
class ConcurrencyTests {

  private static List<Callable<float[]>> explanations(InputGradients gradients) {
    var image = new float[gradients.imageSize()];
    for (var i = 0; i < image.length; i++) {
      image[i] = i * 31 % 101 / 101f;
    }
    var smooth = new SmoothGrad(6, OptionalDouble.of(0.2), Objective.LOSS, true);
    var path = new IntegratedGradients(5, QuadratureRule.GAUSS_LEGENDRE, Baseline.MEAN, true);
    var run = new Run(4, 3, Progress.NONE);
    return List.of(
        () -> smooth.explain(gradients, image, 1, run).values(),
        () -> path.explain(gradients, image, 2, run).values(),
        () -> Saliency.homework(1).explain(gradients, image, 3, run).values(),
        () ->
            new FilterResponse("cnn.3", 1)
                .visualise(gradients, image, 3, 0.1, Progress.NONE)
                .image());
  }

  @ParameterizedTest
  @CsvSource({"vector, false", "vector, true", "portable, false"})
  void givesTheSameBitsAtTheSameTime(String kernels, boolean virtual) throws Exception {
    var checkpoint = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth").toString();
    var builder = Engine.builder();
    try (var network = FoodNetworks.open(checkpoint, Optional.empty());
        var engine = (kernels.equals("vector") ? builder : builder.portable()).build();
        var threads =
            virtual
                ? Executors.newVirtualThreadPerTaskExecutor()
                : Executors.newFixedThreadPool(4)) {
      var tasks = explanations(new InputGradients(engine, network, ElementType.FLOAT32));
      var alone = new ArrayList<float[]>();
      for (var task : tasks) {
        alone.add(task.call());
      }
      for (var round = 0; round < 3; round++) {
        var together = new ArrayList<Future<float[]>>();
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
    try (var network = FoodNetworks.open(checkpoint, Optional.empty());
        var usual = Engine.builder().build();
        var other = Engine.builder().threads(count).build()) {
      assumeTrue(
          usual.kernels().name().equals("vector"),
          "the portable kernels leave it to ND4J how sums are cut among threads");
      var expected = explanations(new InputGradients(usual, network, ElementType.FLOAT32));
      var actual = explanations(new InputGradients(other, network, ElementType.FLOAT32));
      for (var i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i).call()).isEqualTo(expected.get(i).call());
      }
    }
    Engine.builder().build().close();
  }
}
