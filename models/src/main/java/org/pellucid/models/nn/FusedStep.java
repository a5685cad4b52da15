package org.pellucid.models.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;

/**
 * Some layers in a row that can run as one: a convolution with the batch normalisation and the
 * rectifier after it, where no other layer takes what is in between, or a single layer of any kind.
 *
 * <p>The normalisation is folded into the convolution's weights at first use, and anew after one of
 * the tensors that it was computed from has changed. Safe to use from several threads as long as
 * none of them trains.
 */
final class FusedStep implements AutoCloseable {
  private final List<NamedLayer> layers;
  private final List<Integer> inputs;
  private final List<Integer> released;
  private final int output;
  private Optional<Folded> folded = Optional.empty();

  /** The folded convolution and the versions of the tensors that it was computed from. */
  private record Folded(Layer.Convolution2d convolution, List<Long> versions) {}

  private FusedStep(List<NamedLayer> layers, int first, Wiring wiring) {
    this.layers = List.copyOf(layers);
    inputs = wiring.inputs(first);
    released = inputs.stream().distinct().filter(input -> wiring.lastUse(input) == first).toList();
    output = first + layers.size();
  }

  /** Cuts a network's layers into steps. */
  static List<FusedStep> of(List<NamedLayer> layers, Wiring wiring) {
    var steps = new ArrayList<FusedStep>();
    for (var i = 0; i < layers.size(); ) {
      var first = i;
      var group = new ArrayList<>(List.of(layers.get(i++)));
      if (group.getFirst().layer() instanceof Layer.Convolution2d convolution
          && !convolution.rectifier().isPresent()) {
        if (follows(layers, i, wiring) && layers.get(i).layer() instanceof Layer.BatchNorm) {
          group.add(layers.get(i++));
        }
        if (follows(layers, i, wiring) && rectifier(layers.get(i).layer()).isPresent()) {
          group.add(layers.get(i++));
        }
      }
      steps.add(new FusedStep(group, first, wiring));
    }
    return List.copyOf(steps);
  }

  private static boolean follows(List<NamedLayer> layers, int next, Wiring wiring) {
    return next < layers.size() && wiring.isChain(next - 1, next);
  }

  private static Rectifier rectifier(Layer layer) {
    return switch (layer) {
      case Layer.Relu _ -> Rectifier.RELU;
      case Layer.Activation(var function) when function == ActivationFunction.Plain.RELU6 ->
          Rectifier.RELU6;
      default -> Rectifier.NONE;
    };
  }

  /** The positions of what the first layer takes, see {@link Wiring}. */
  List<Integer> inputs() {
    return inputs;
  }

  /** The positions of what no step after this one takes. */
  List<Integer> released() {
    return released;
  }

  /** The position of the last layer's output. */
  int output() {
    return output;
  }

  List<NamedLayer> layers() {
    return layers;
  }

  /** One layer that computes in evaluation mode what all of them do. */
  Layer together() {
    if (layers.size() == 1) {
      return layers.getFirst().layer();
    }
    var convolution = (Layer.Convolution2d) layers.getFirst().layer();
    var weights =
        layers.get(1).layer() instanceof Layer.BatchNorm norm
            ? folded(convolution, norm)
            : convolution;
    return new Layer.Convolution2d(
        weights.weight(),
        weights.bias(),
        weights.window(),
        weights.groups(),
        true,
        rectifier(layers.getLast().layer()));
  }

  /** All of them as one layer with the name of the last. */
  NamedLayer asOne() {
    return layers.size() == 1
        ? layers.getFirst()
        : new NamedLayer(layers.getLast().name(), together());
  }

  private synchronized Layer.Convolution2d folded(
      Layer.Convolution2d convolution, Layer.BatchNorm norm) {
    var versions =
        layers.stream().flatMap(named -> named.layer().tensors()).map(Tensor::version).toList();
    if (folded.filter(present -> present.versions().equals(versions)).isEmpty()) {
      close();
      folded = Optional.of(new Folded(Folding.fold(convolution, norm), versions));
    }
    return folded.get().convolution();
  }

  /** Gives the folded copy back, if there is one. */
  @Override
  public synchronized void close() {
    folded.stream().flatMap(present -> present.convolution().tensors()).forEach(Tensor::close);
    folded = Optional.empty();
  }
}
