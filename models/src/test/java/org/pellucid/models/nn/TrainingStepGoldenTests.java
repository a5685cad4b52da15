package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.optim.Adam;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Goldens;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.testing.SinglePrecision;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/**
 * The tiny network's parameter gradients and one training step: in double precision against
 * PyTorch's, with tolerances that allow for the goldens being read as floats; in single precision
 * against double precision with the same decisions, with the manifest's tolerances.
 */
@Tag("numeric")
class TrainingStepGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};

  private static final double LEARNING_RATE = 1e-3;

  /** A bias before a batch normalisation has a gradient of zero, in float up to rounding. */
  private static final String NO_INFLUENCE = "cnn\\.[037]\\.bias";

  /** Arrays of one kind as a network's parameters; statistics without any are zero. */
  private record Arrays(Checkpoint checkpoint, Npz npz, String kind) implements ParameterSource {
    @Override
    public SequencedSet<String> names() {
      return checkpoint.names();
    }

    @Override
    public long[] shape(String name) {
      return checkpoint.tensor(name).info().shape();
    }

    @Override
    public float[] floats(String name) {
      if (!npz.names().contains(kind + "/" + name)) {
        return new float[(int) checkpoint.tensor(name).info().elements()];
      }
      var wide = npz.array(kind + "/" + name).doubles();
      var values = new float[wide.length];
      for (var i = 0; i < wide.length; i++) {
        values[i] = (float) wide[i];
      }
      return values;
    }

    @Override
    public String origin() {
      return "the goldens";
    }
  }

  private static final String GOLDEN = "goldens/cnn/tiny_basic_f64.npz";

  /** The arrays of one kind, by parameter, in the engine's layout. */
  private static Map<String, double[]> expected(String kind) {
    var file = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth");
    try (var checkpoint = WeightFiles.open(file);
        var npz = Npz.open(Goldens.file(GOLDEN))) {
      var description = NetworkBuilder.describe(new CheckpointParameters(checkpoint));
      var values = new TreeMap<String, double[]>();
      try (var network =
          NetworkBuilder.build(
              description, new Arrays(checkpoint, npz, kind), ElementType.FLOAT64)) {
        NetworkTensors.of(network).forEach((name, t) -> values.put(name, t.toDoubles()));
      }
      values.keySet().removeIf(name -> !npz.names().contains(kind + "/" + name));
      assertThat(values).hasSizeGreaterThan(15);
      return values;
    }
  }

  private static double[] array(String name) {
    try (var npz = Npz.open(Goldens.file(GOLDEN))) {
      return npz.array(name).doubles();
    }
  }

  /** The tiny network; the golden step was taken without dropout. */
  private static ConvolutionalNetwork tiny(ElementType type) {
    var file = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth");
    try (var checkpoint = WeightFiles.open(file)) {
      var parameters = new CheckpointParameters(checkpoint);
      var network = NetworkBuilder.build(NetworkBuilder.describe(parameters), parameters, type);
      var layers = network.layers().stream().map(TrainingStepGoldenTests::withoutDropping).toList();
      return new ConvolutionalNetwork(layers, 3, 32, 32);
    }
  }

  private static NamedLayer withoutDropping(NamedLayer named) {
    return named.layer() instanceof Layer.Dropout
        ? new NamedLayer(named.name(), new Layer.Dropout(0))
        : named;
  }

  private static Tensor images(ElementType type) {
    try (var npz = Npz.open(Goldens.file("goldens/cnn/preprocess.npz"))) {
      var bytes = npz.array("x32_u8").doubles();
      var values = new float[bytes.length];
      for (var i = 0; i < values.length; i++) {
        var pixel = i / 3072 * 1024 + i % 1024;
        values[i] = (float) bytes[pixel * 3 + i / 1024 % 3] / 255f;
      }
      var tensor = Tensor.uninitialised(type, 10, 3, 32, 32);
      tensor.set(values);
      return tensor;
    }
  }

  /** Arrays by parameter. */
  private static Map<String, double[]> values(
      ConvolutionalNetwork network, Function<Tensor, Tensor> of) {
    var values = new TreeMap<String, double[]>();
    var parameters = network.parameters().toList();
    NetworkTensors.of(network)
        .forEach(
            (name, tensor) -> {
              if (parameters.contains(tensor)) {
                values.put(name, of.apply(tensor).toDoubles());
              }
            });
    return values;
  }

  private static Map<String, double[]> gradients(
      Tape tape, Tensor loss, ConvolutionalNetwork network) {
    var gradients = tape.gradient(loss, network.parameters().toArray(Tensor[]::new));
    return values(network, gradients::of);
  }

  private static Map<String, double[]> evaluationGradients(Engine engine, ElementType type) {
    try (var network = tiny(type);
        var x = images(type);
        var targets = Tensor.of(LABELS, 10);
        var tape = new Tape(engine)) {
      network.parameters().forEach(tape::watch);
      var logits = network.forward(tape, x);
      return gradients(tape, Mean.apply(tape, CrossEntropy.apply(tape, logits, targets)), network);
    }
  }

  /** One step of training; {@code after} holds the running statistics too. */
  private record Step(
      double[] logits,
      double[] loss,
      Map<String, double[]> before,
      Map<String, double[]> gradients,
      Map<String, double[]> after) {
    static Step take(Engine engine, ElementType type) {
      try (var network = tiny(type);
          var x = images(type);
          var targets = Tensor.of(LABELS, 10);
          var tape = new Tape(engine);
          var adam =
              new Adam(engine, AdamSettings.of(LEARNING_RATE), network.parameters().toList())) {
        network.parameters().forEach(tape::watch);
        var before = values(network, Function.identity());
        var logits = network.train(tape, x, 0);
        var loss = Mean.apply(tape, CrossEntropy.apply(tape, logits, targets));
        var parameters = network.parameters().toArray(Tensor[]::new);
        var gradients = tape.gradient(loss, parameters);
        adam.step(gradients);
        var after = new TreeMap<String, double[]>();
        NetworkTensors.of(network).forEach((name, tensor) -> after.put(name, tensor.toDoubles()));
        return new Step(
            logits.toDoubles(), loss.toDoubles(), before, values(network, gradients::of), after);
      }
    }
  }

  private static void checkGradients(
      Map<String, double[]> actual, Map<String, double[]> expected, double tolerance) {
    expected.forEach(
        (name, values) ->
            assertThat(Distance.relative(actual.get(name), values)).as(name).isLessThan(tolerance));
  }

  private static void checkTrainingGradients(
      Map<String, double[]> actual, Map<String, double[]> expected, double tolerance) {
    var influential = new TreeMap<>(expected);
    influential.keySet().removeIf(name -> name.matches(NO_INFLUENCE));
    checkGradients(actual, influential, tolerance);
    expected.forEach(
        (name, values) -> {
          if (name.matches(NO_INFLUENCE)) {
            assertThat(Distance.largest(actual.get(name), values)).as(name).isLessThan(1e-7);
          }
        });
  }

  @Test
  void computesTheGradientOfEveryParameterInEvaluation() {
    var gradients = evaluationGradients(DoublePrecision.engine(), ElementType.FLOAT64);
    checkGradients(gradients, expected("param_grad"), 1e-6);
  }

  @Test
  void computesThemInSinglePrecision() {
    var runs = SinglePrecision.run(TrainingStepGoldenTests::evaluationGradients, 1e-5);
    checkGradients(runs.single(), runs.exact(), 5e-4);
  }

  @Test
  void takesOneStepOfTraining() {
    var step = Step.take(DoublePrecision.engine(), ElementType.FLOAT64);
    assertThat(Distance.relative(step.logits(), array("train_logits"))).isLessThan(1e-9);
    assertThat(Distance.relative(step.loss(), array("train_loss"))).isLessThan(1e-9);
    checkTrainingGradients(step.gradients(), expected("train_grad"), 1e-6);
    expected("after_step")
        .forEach(
            (name, values) ->
                assertThat(Distance.relative(step.after().get(name), values))
                    .as(name)
                    .isLessThan(1e-6));
  }

  /**
   * Adam's first step has nearly the size of the learning rate whatever the gradient, and so
   * follows the sign of rounding where that is all there is: the step is therefore compared with
   * what the paper's formula makes of the same gradient.
   */
  @Test
  void takesItInSinglePrecision() {
    var runs = SinglePrecision.run(Step::take, 1e-5);
    var single = runs.single();
    var exact = runs.exact();
    assertThat(Distance.relative(single.logits(), exact.logits())).isLessThan(1e-5);
    assertThat(Distance.relative(single.loss(), exact.loss())).isLessThan(2e-4);
    checkTrainingGradients(single.gradients(), exact.gradients(), 5e-4);
    single
        .after()
        .forEach(
            (name, values) -> {
              var gradient = single.gradients().get(name);
              var expected = gradient == null ? exact.after().get(name) : single.before().get(name);
              for (var i = 0; gradient != null && i < expected.length; i++) {
                expected[i] -= LEARNING_RATE * gradient[i] / (Math.abs(gradient[i]) + 1e-8);
              }
              // Running statistics are sums over a batch; parameters are rounded once or twice.
              assertThat(Distance.relative(values, expected))
                  .as(name)
                  .isLessThan(gradient == null ? 1e-5 : 1e-6);
            });
  }
}
