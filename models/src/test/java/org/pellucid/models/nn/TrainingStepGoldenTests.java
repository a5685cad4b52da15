package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.models.Goldens.largestDifference;
import static org.pellucid.models.Goldens.relativeDistance;

import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Gradients;
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
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/**
 * The tiny network's parameter gradients and one training step against PyTorch's. Tolerances are
 * the manifest's in single precision; in double they allow for the goldens being read as floats.
 */
class TrainingStepGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};

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

  private static String golden(ElementType type) {
    return "goldens/cnn/tiny_basic" + (type == ElementType.FLOAT64 ? "_f64.npz" : ".npz");
  }

  private static Engine engine(ElementType type) {
    return type == ElementType.FLOAT64 ? Engine.portable() : Engine.standard();
  }

  /** The arrays of one kind, by parameter, in the engine's layout. */
  private static Map<String, double[]> expected(ElementType type, String kind) {
    var file = Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth");
    try (var checkpoint = WeightFiles.open(file);
        var npz = Npz.open(Goldens.file(golden(type)))) {
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

  private static double[] array(ElementType type, String name) {
    try (var npz = Npz.open(Goldens.file(golden(type)))) {
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

  private static Gradients gradients(Tape tape, Tensor loss, ConvolutionalNetwork network) {
    return tape.gradient(loss, network.parameters().toArray(Tensor[]::new));
  }

  private static void checkGradients(
      ElementType type, String kind, ConvolutionalNetwork network, Gradients gradients) {
    var tensors = NetworkTensors.of(network);
    expected(type, kind)
        .forEach(
            (name, values) -> {
              var actual = gradients.of(tensors.get(name)).toDoubles();
              if (kind.equals("train_grad") && name.matches(NO_INFLUENCE)) {
                assertThat(largestDifference(actual, values)).as(name).isLessThan(1e-7);
              } else {
                assertThat(relativeDistance(actual, values))
                    .as(name)
                    .isLessThan(type == ElementType.FLOAT64 ? 1e-6 : 5e-4);
              }
            });
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void computesTheGradientOfEveryParameterInEvaluation(ElementType type) {
    try (var network = tiny(type);
        var x = images(type);
        var targets = Tensor.of(LABELS, 10);
        var tape = new Tape(engine(type))) {
      network.parameters().forEach(tape::watch);
      var loss = Mean.apply(tape, CrossEntropy.apply(tape, network.forward(tape, x), targets));
      checkGradients(type, "param_grad", network, gradients(tape, loss, network));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void takesOneStepOfTraining(ElementType type) {
    var exact = type == ElementType.FLOAT64;
    try (var network = tiny(type);
        var x = images(type);
        var targets = Tensor.of(LABELS, 10);
        var tape = new Tape(engine(type));
        var adam = new Adam(engine(type), AdamSettings.of(1e-3), network.parameters().toList())) {
      network.parameters().forEach(tape::watch);
      var logits = network.train(tape, x, 0);
      assertThat(relativeDistance(logits.toDoubles(), array(type, "train_logits")))
          .isLessThan(exact ? 1e-9 : 1e-5);
      var loss = Mean.apply(tape, CrossEntropy.apply(tape, logits, targets));
      assertThat(relativeDistance(loss.toDoubles(), array(type, "train_loss")))
          .isLessThan(exact ? 1e-9 : 2e-4);
      var gradients = gradients(tape, loss, network);
      checkGradients(type, "train_grad", network, gradients);
      adam.step(gradients);
      var tensors = NetworkTensors.of(network);
      expected(type, "after_step")
          .forEach(
              (name, values) -> {
                // Adam's first step has nearly the size of the learning rate whatever the gradient,
                // and so in float follows the sign of rounding where that is all there is.
                var sign =
                    name.matches(NO_INFLUENCE) ? 0.05 : name.equals("fc.0.weight") ? 2e-4 : 1e-5;
                assertThat(relativeDistance(tensors.get(name).toDoubles(), values))
                    .as(name)
                    .isLessThan(exact ? 1e-6 : sign);
              });
    }
  }
}
