package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.attribution.LayerwiseRelevance.Start;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.Layer;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.testing.SinglePrecision;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/** Methods with backward rules against zennit and Captum. */
@Tag("numeric")
class RuleGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};
  private static final int SIZE = 3 * 32 * 32;

  /** The distance in double precision, where nothing but the order of sums differs. */
  private static final double EXACT = 1e-7;

  private static double[] array(String file, String name) {
    try (var npz = Npz.open(Goldens.file("goldens/cnn/" + file))) {
      return npz.array(name).doubles();
    }
  }

  private static ConvolutionalNetwork tiny(ElementType type) {
    try (var checkpoint = WeightFiles.open(Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth"))) {
      var parameters = new CheckpointParameters(checkpoint);
      return NetworkBuilder.build(NetworkBuilder.describe(parameters), parameters, type);
    }
  }

  /**
   * The network that zennit explains: having folded a normalisation it leaves one without effect
   * but for its {@code ε}, which divides what the convolution gives by {@code √(1 + 10⁻⁵)}.
   */
  private static ConvolutionalNetwork asZennitHasIt(ElementType type) {
    var network = tiny(type);
    for (var named : network.layers()) {
      if (named.layer() instanceof Layer.BatchNorm norm) {
        divide(norm.gamma());
        divide(norm.beta());
      }
    }
    return network;
  }

  private static void divide(Tensor tensor) {
    tensor.set(Arrays.stream(tensor.toDoubles()).map(v -> v / Math.sqrt(1 + 1e-5)).toArray());
    tensor.changed();
  }

  private static Engine engine(ElementType type) {
    return type == ElementType.FLOAT64 ? Engine.portable() : Engine.standard();
  }

  private static Values image(int index) {
    var bytes = array("preprocess.npz", "x32_u8");
    var values = new float[SIZE];
    for (var i = 0; i < SIZE; i++) {
      values[i] = (float) bytes[(index * 1024 + i % 1024) * 3 + i / 1024] / 255f;
    }
    return Values.of(values, 3, 32, 32);
  }

  /** The maps of the first images in double precision, each for its label. */
  private static double[] maps(
      Function<Values, GradientMethod> method, ConvolutionalNetwork network, int count) {
    return maps(method, network, count, engine(network.type()));
  }

  private static double[] maps(
      Function<Values, GradientMethod> method,
      ConvolutionalNetwork network,
      int count,
      Engine engine) {
    var evaluator = new Evaluator(engine, network);
    var maps = new double[count * SIZE];
    for (var index = 0; index < count; index++) {
      var image = image(index);
      var start = index * SIZE;
      method
          .apply(image)
          .maps(
              evaluator,
              1,
              (number, into, offset) -> image.copyTo(into, offset),
              Target.output(LABELS[index]),
              RunOptions.standard(),
              (number, map, offset) -> System.arraycopy(map, offset, maps, start, SIZE));
    }
    return maps;
  }

  private static double distance(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    var difference = 0.0;
    var norm = 0.0;
    for (var i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  /**
   * The manifest allows 10⁻⁵ in single precision, which is compared with double precision that
   * takes the same decisions: max-pool winners that are equal but for rounding change with the
   * processor.
   */
  @ParameterizedTest
  @CsvSource({
    "EPSILON_PLUS, zennit_epsilon_plus",
    "EPSILON_PLUS_FLAT, zennit_epsilon_plus_flat",
    "EPSILON_ALPHA2_BETA1, zennit_epsilon_alpha2_beta1",
    "EPSILON_GAMMA_BOX, zennit_epsilon_gamma_box"
  })
  void sharesRelevanceAsZennitDoes(Composite composite, String name) {
    var method = LayerwiseRelevance.composite(composite).withStart(Start.ONE);
    try (var network = asZennitHasIt(ElementType.FLOAT64)) {
      assertThat(distance(maps(_ -> method, network, 3), array("tiny_zennit_f64.npz", name)))
          .isLessThan(EXACT);
    }
    SinglePrecision.check(
        (engine, type) -> {
          try (var network = asZennitHasIt(type)) {
            return maps(_ -> method, network, 10, engine);
          }
        },
        1e-5);
  }

  /** The manifest allows 2 · 10⁻⁵ in single precision. */
  @ParameterizedTest
  @CsvSource({"black", "white", "mean"})
  void distributesDifferencesAsCaptumDoes(String name) {
    var method = new DeepLift(Baseline.TYPE.reader().apply(name).orElseThrow());
    SinglePrecision.check(
        (engine, type) -> {
          try (var network = tiny(type)) {
            return maps(_ -> method, network, 10, engine);
          }
        },
        2e-5);
  }

  @ParameterizedTest
  @CsvSource({"black", "white"})
  void distributesDifferencesExactlyInDoublePrecision(String name) {
    var method = new DeepLift(Baseline.TYPE.reader().apply(name).orElseThrow());
    try (var network = tiny(ElementType.FLOAT64)) {
      var golden = array("tiny_captum_f64.npz", "deeplift_rescale/" + name);
      assertThat(distance(maps(_ -> method, network, 3), golden)).isLessThan(EXACT);
    }
  }

  /**
   * Baselines are of single precision, so a mean lies up to half a unit in its last place from
   * Captum's. The maps may differ by no more than a whole unit moves them.
   */
  @Test
  void distributesDifferencesToAMeanUpToTheMeansRounding() {
    try (var network = tiny(ElementType.FLOAT64)) {
      var golden = array("tiny_captum_f64.npz", "deeplift_rescale/mean");
      var found = maps(_ -> new DeepLift(Baseline.MEAN), network, 3);
      var above = maps(image -> new DeepLift(meanMoved(image, Math::nextUp)), network, 3);
      var below = maps(image -> new DeepLift(meanMoved(image, Math::nextDown)), network, 3);
      assertThat(distance(found, golden))
          .isLessThan(Math.min(distance(above, found), distance(below, found)))
          .isLessThan(1e-6);
    }
  }

  private static Baseline meanMoved(Values image, UnaryOperator<Float> move) {
    var mean = Baseline.MEAN.of(image, 0).toArray();
    for (var i = 0; i < mean.length; i++) {
      mean[i] = move.apply(mean[i]);
    }
    return new Baseline.Given(Values.of(mean, image.shape()));
  }
}
