package example;

import java.nio.file.Path;
import java.util.List;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.optim.Adam;
import org.pellucid.engine.tensor.Tensor;

/** Trains a network, saves it, reads it again and asks why a point is in its class. */
public final class Training {
  private static final int STEPS = 200;

  private Training() {}

  public static void main(String[] arguments) {
    var file = Path.of(arguments[0]);
    try (var network = RingNetwork.initial(1)) {
      train(network, Rings.draw(256, 2));
      network.save(file);
    }
    try (var network = RingNetwork.open(file)) {
      System.out.printf("accuracy %.3f%n", accuracy(network, Rings.draw(1000, 3)));
      var gradient = gradient(network, 0, 1.5f);
      System.out.printf("gradient at (0, 1.5): (%.3f, %.3f)%n", gradient[0], gradient[1]);
    }
  }

  private static void train(RingNetwork network, Rings data) {
    var engine = Engine.standard();
    var parameters = network.parameters();
    try (var points = Tensor.of(data.points(), data.count(), 2);
        var classes = Tensor.of(data.classes(), data.count());
        var adam = new Adam(engine, AdamSettings.of(0.05), parameters)) {
      for (var step = 0; step < STEPS; step++) {
        try (var tape = new Tape(engine)) {
          parameters.forEach(tape::watch);
          var loss =
              Mean.apply(tape, CrossEntropy.apply(tape, network.forward(tape, points), classes));
          adam.step(tape.gradient(loss, parameters.toArray(Tensor[]::new)));
        }
      }
    }
  }

  private static double accuracy(RingNetwork network, Rings data) {
    try (var tape = new Tape();
        var points = Tensor.of(data.points(), data.count(), 2)) {
      var scores = network.forward(tape, points).toFloats();
      var right = 0;
      for (var i = 0; i < data.count(); i++) {
        var predicted = scores[2 * i] > scores[2 * i + 1] ? 0 : 1;
        right += predicted == data.classes()[i] ? 1 : 0;
      }
      return (double) right / data.count();
    }
  }

  /** How the score of the ring grows with both coordinates of a point. */
  private static float[] gradient(RingNetwork network, float x, float y) {
    try (var tape = new Tape();
        var point = Tensor.of(new float[] {x, y}, 1, 2);
        var ring = Tensor.of(new float[] {0, 1}, 1, 2)) {
      var scores = network.forward(tape, tape.watch(point));
      return tape.gradient(scores, ring, List.of(point)).of(point).toFloats();
    }
  }
}
