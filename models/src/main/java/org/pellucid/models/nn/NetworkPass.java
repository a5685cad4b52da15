package org.pellucid.models.nn;

import java.util.List;
import java.util.SplittableRandom;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;

/**
 * Computes a network's layers: in evaluation several as one step where nothing needs what is
 * between them, in training one by one. It owns the steps' folded weights, the layers stay the
 * network's.
 */
final class NetworkPass implements AutoCloseable {
  private final List<NamedLayer> layers;
  private final Wiring wiring;
  private final List<FusedStep> steps;

  NetworkPass(List<NamedLayer> layers, Wiring wiring) {
    this.layers = layers;
    this.wiring = wiring;
    this.steps = FusedStep.of(layers, wiring);
  }

  List<FusedStep> steps() {
    return steps;
  }

  /**
   * Computes the outputs of images.
   *
   * @param images {@code [batch, channels, height, width]}
   */
  Tensor forward(Tape tape, Tensor images, Taps taps) {
    return forward(tape, values(tape, images), 0, taps);
  }

  /** Computes the outputs of what is behind a cut, from what the layer before it gave. */
  Tensor forwardAfter(Tape tape, int layer, Tensor output, Taps taps) {
    var values = new Tensor[layers.size() + 1];
    values[layer + 1] = output;
    return forward(tape, values, layer + 1, taps);
  }

  /** The values by position, of which there are the images alone, with their channels last. */
  private Tensor[] values(Tape tape, Tensor images) {
    var values = new Tensor[layers.size() + 1];
    values[0] = Transpose.apply(tape, images, 0, 2, 3, 1);
    return values;
  }

  /** Goes on from the value at a position, see {@link Wiring}. */
  private Tensor forward(Tape tape, Tensor[] values, int from, Taps taps) {
    for (var step : steps) {
      var size = step.layers().size();
      var done = Math.clamp(from - (step.output() - size), 0, size);
      if (done == size) {
        continue;
      }
      var pass =
          done == 0 && mayFuse(tape, step, taps)
              ? List.of(step.asOne())
              : step.layers().subList(done, size);
      var y =
          done == 0
              ? first(tape, step, pass.getFirst(), values, taps)
              : next(tape, pass.getFirst(), values[from], taps);
      for (var i = 1; i <= pass.size(); i++) {
        if (taps.stopsAt(pass.get(i - 1).name())) {
          tape.enterLayer("");
          return y;
        }
        if (i < pass.size()) {
          y = next(tape, pass.get(i), y, taps);
        }
      }
      values[step.output()] = y;
    }
    tape.enterLayer("");
    return rows(tape, values[layers.size()]);
  }

  private static boolean mayFuse(Tape tape, FusedStep step, Taps taps) {
    if (step.layers().size() == 1) {
      return true;
    }
    var between = step.layers().subList(0, step.layers().size() - 1);
    return between.stream().noneMatch(n -> taps.wants(n.name()) || taps.stopsAt(n.name()))
        && step.layers().stream().noneMatch(n -> hasRule(tape, n.name()))
        && step.layers().stream().flatMap(n -> n.layer().parameters()).noneMatch(tape::tracks);
  }

  private static boolean hasRule(Tape tape, String layer) {
    return tape.replacesBackward(layer, Convolution2d.class)
        || tape.replacesBackward(layer, BatchNorm.class)
        || tape.replacesBackward(layer, Relu.class);
  }

  private static Tensor first(
      Tape tape, FusedStep step, NamedLayer named, Tensor[] values, Taps taps) {
    tape.enterLayer(named.name());
    var inputs = step.inputs().stream().map(position -> values[position]).toList();
    var y = named.layer().forward(tape, inputs);
    step.released().forEach(position -> tape.discard(values[position]));
    return taps.offer(tape, named.name(), y);
  }

  private static Tensor next(Tape tape, NamedLayer named, Tensor x, Taps taps) {
    tape.enterLayer(named.name());
    var y = named.layer().forward(tape, List.of(x));
    tape.discard(x);
    return taps.offer(tape, named.name(), y);
  }

  /** Computes the outputs of images as {@link ConvolutionalNetwork#train} says. */
  Tensor train(Tape tape, Tensor images, long seed) {
    var values = values(tape, images);
    var seeds = new SplittableRandom(seed);
    for (var i = 0; i < layers.size(); i++) {
      var number = i;
      tape.enterLayer(layers.get(i).name());
      var inputs = wiring.inputs(i).stream().map(position -> values[position]).toList();
      values[i + 1] = layers.get(i).layer().train(tape, inputs, seeds.nextLong());
      wiring.inputs(i).stream()
          .filter(position -> wiring.lastUse(position) == number)
          .forEach(position -> tape.discard(values[position]));
    }
    tape.enterLayer("");
    return rows(tape, values[layers.size()]);
  }

  /** What a last layer gives as one pixel, as a row. */
  private static Tensor rows(Tape tape, Tensor x) {
    if (x.rank() == 2) {
      return x;
    }
    var y = Reshape.apply(tape, x, x.size(0), x.size(3));
    tape.discard(x);
    return y;
  }

  @Override
  public void close() {
    steps.forEach(FusedStep::close);
  }
}
