package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
import org.pellucid.models.Taps;
import org.pellucid.models.TrainingRun;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;
import org.pellucid.models.vision.Resize;
import org.pellucid.models.zoo.SampleImages;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.testing.SinglePrecision;

/** A small network learns the built-in images as it does in PyTorch. */
@Tag("numeric")
@Tag("many-steps")
class NetworkTrainingTests {

  private static ConvolutionalNetwork network(TrainingRun run, String moment, ElementType type) {
    var description = NetworkDescription.read(TrainingRun.file("cnn-layers.json"));
    return run.parameters(
        moment, parameters -> NetworkBuilder.build(description, parameters, type));
  }

  private static Tensor images(ElementType type) {
    var samples = SampleImages.names().stream().map(SampleImages::open).toList();
    var values = new float[samples.size() * 3 * 32 * 32];
    for (var i = 0; i < samples.size(); i++) {
      var image = Resize.bilinear(samples.get(i).image(), 32, 32).toFloats();
      System.arraycopy(image, 0, values, i * image.length, image.length);
    }
    var tensor = Tensor.uninitialised(type, samples.size(), 3, 32, 32);
    tensor.set(values);
    return tensor;
  }

  private static Tensor labels() {
    var names = SampleImages.names().stream();
    var labels = names.mapToInt(name -> SampleImages.open(name).label()).toArray();
    return Tensor.of(labels, labels.length);
  }

  private static Map<String, double[]> values(ConvolutionalNetwork network) {
    var values = new TreeMap<String, double[]>();
    NetworkTensors.of(network).forEach((name, tensor) -> values.put(name, tensor.toDoubles()));
    return values;
  }

  private static double evaluationLoss(
      Engine engine, ConvolutionalNetwork network, Tensor x, Tensor labels) {
    try (var tape = new Tape(engine)) {
      return Mean.apply(tape, CrossEntropy.apply(tape, network.forward(tape, x), labels)).item();
    }
  }

  private static List<Double> train(
      Engine engine, ConvolutionalNetwork network, Tensor x, Tensor labels, int steps) {
    var losses = new ArrayList<Double>();
    var parameters = network.parameters().toList();
    try (var adam = new Adam(engine, AdamSettings.of(TrainingRun.LEARNING_RATE), parameters)) {
      for (var step = 0; step < steps; step++) {
        try (var tape = new Tape(engine)) {
          parameters.forEach(tape::watch);
          var logits = network.train(tape, x, step);
          var loss = Mean.apply(tape, CrossEntropy.apply(tape, logits, labels));
          losses.add(loss.item());
          adam.step(tape.gradient(loss, parameters.toArray(Tensor[]::new)));
        }
      }
    }
    return losses;
  }

  /** The loss of given parameters in double precision. */
  private static double evaluationLoss(TrainingRun run, Map<String, double[]> parameters) {
    try (var network = network(run, "start", ElementType.FLOAT64);
        var x = images(ElementType.FLOAT64);
        var labels = labels()) {
      NetworkTensors.of(network).forEach((name, tensor) -> tensor.set(parameters.get(name)));
      return evaluationLoss(Engine.portable(), network, x, labels);
    }
  }

  /**
   * What a network learned in the steps of the run. Evaluation takes no decisions that matter: it
   * computes no gradients.
   */
  private record Learned(
      double lossBefore,
      List<Double> losses,
      double lossAfter,
      Map<String, double[]> start,
      Map<String, double[]> end) {
    static Learned by(TrainingRun run, Engine engine, ElementType type) {
      var usual = type == ElementType.FLOAT64 ? Engine.portable() : Engine.standard();
      try (var network = network(run, "start", type);
          var x = images(type);
          var labels = labels()) {
        var start = values(network);
        // Evaluation folds the batch normalisations now, which training must undo.
        var before = evaluationLoss(usual, network, x, labels);
        var losses = train(engine, network, x, labels, run.losses().size());
        var after = evaluationLoss(usual, network, x, labels);
        var learned = new Learned(before, losses, after, start, values(network));
        assertThat(engine.memory().usedBytes()).isZero();
        return learned;
      }
    }
  }

  @Test
  void learnsAsInPyTorch() throws IOException {
    var run = TrainingRun.open("cnn");
    var learned = Learned.by(run, DoublePrecision.engine(), ElementType.FLOAT64);
    assertThat(learned.lossBefore()).isGreaterThan(2);
    run.checkLosses(learned.losses(), ElementType.FLOAT64);
    try (var expected = network(run, "end", ElementType.FLOAT64)) {
      values(expected)
          .forEach(
              (name, values) ->
                  TrainingRun.checkMove(
                      name,
                      learned.start().get(name),
                      learned.end().get(name),
                      values,
                      ElementType.FLOAT64));
    }
    assertThat(learned.lossAfter())
        .isCloseTo(run.description().get("evaluationLoss").doubleValue(), within(1e-6));
  }

  /**
   * Parameters drift apart by rounding from step to step, up to the thousandth of their moves that
   * {@link TrainingRun#checkMove} allows, and so do the candidates of decisions.
   */
  @Test
  void learnsInSinglePrecision() throws IOException {
    var run = TrainingRun.open("cnn");
    var runs = SinglePrecision.run((engine, type) -> Learned.by(run, engine, type), 1e-3);
    var single = runs.single();
    var exact = runs.exact();
    TrainingRun.checkLosses(single.losses(), exact.losses(), ElementType.FLOAT32);
    exact
        .end()
        .forEach(
            (name, values) -> {
              var undetermined = name.matches("cnn.[04].bias|cnn.[15].running_mean");
              if (!undetermined) {
                TrainingRun.checkMove(
                    name,
                    exact.start().get(name),
                    single.end().get(name),
                    values,
                    ElementType.FLOAT32);
              }
            });
    // The running means follow biases that move by rounding alone, and so the loss of another order
    // of sums is another; what these parameters give is certain.
    var lossAfter = evaluationLoss(run, single.end());
    assertThat(single.lossAfter()).isCloseTo(lossAfter, within(2e-5 * lossAfter));
  }

  @Test
  void foldsAnewAfterEachStep() throws IOException {
    var engine = Engine.portable();
    Taps all = layer -> true;
    try (var network = network(TrainingRun.open("cnn"), "start", ElementType.FLOAT64);
        var x = images(ElementType.FLOAT64);
        var labels = labels()) {
      for (var step = 0; step < 3; step++) {
        try (var tape = new Tape(engine)) {
          var folded = network.forward(tape, x).toDoubles();
          var separate = network.forward(tape, x, all).toDoubles();
          assertThat(Distance.largest(folded, separate)).isLessThan(1e-12);
        }
        train(engine, network, x, labels, 1);
      }
    }
  }

  @Test
  void dropsTheSameFeaturesForTheSameSeed() {
    var random = new Random(1);
    var weight = Tensor.of(random.doubles(12 * 5).toArray(), 5, 12);
    var bias = Tensor.of(new double[5], 5);
    var layers =
        List.of(
            new NamedLayer("flatten", new Layer.Flatten()),
            new NamedLayer("drop.1", new Layer.Dropout(0.5)),
            new NamedLayer("drop.2", new Layer.Dropout(0.5)),
            new NamedLayer("fc", new Layer.Linear(weight, bias)));
    try (var network = new ConvolutionalNetwork(layers, 3, 2, 2);
        var x = Tensor.of(random.doubles(12).toArray(), 1, 3, 2, 2);
        var tape = new Tape(Engine.portable())) {
      var first = network.train(tape, x, 3).toDoubles();
      assertThat(network.train(tape, x, 3).toDoubles()).isEqualTo(first);
      assertThat(network.train(tape, x, 4).toDoubles()).isNotEqualTo(first);
      assertThat(network.forward(tape, x).toDoubles()).isNotEqualTo(first);
    }
  }
}
