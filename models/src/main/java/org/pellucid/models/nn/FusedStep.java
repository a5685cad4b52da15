package org.pellucid.models.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;

/**
 * Some layers in a row that can run as one: a convolution with the batch normalisation and the
 * rectifier after it, or a single layer of any kind.
 *
 * <p>The normalisation is folded into the convolution's weights at first use, and anew after one of
 * the tensors that it was computed from has changed. Safe to use from several threads as long as
 * none of them trains.
 */
final class FusedStep implements AutoCloseable {
  private final List<NamedLayer> layers;
  private Optional<Folded> folded = Optional.empty();

  /** The folded convolution and the versions of the tensors that it was computed from. */
  private record Folded(Layer.Convolution2d convolution, List<Long> versions) {}

  private FusedStep(List<NamedLayer> layers) {
    this.layers = List.copyOf(layers);
  }

  /** Cuts a network's layers into steps. */
  static List<FusedStep> of(List<NamedLayer> layers) {
    var steps = new ArrayList<FusedStep>();
    for (var i = 0; i < layers.size(); ) {
      var group = new ArrayList<>(List.of(layers.get(i++)));
      if (group.getFirst().layer() instanceof Layer.Convolution2d) {
        if (i < layers.size() && layers.get(i).layer() instanceof Layer.BatchNorm) {
          group.add(layers.get(i++));
        }
        if (i < layers.size() && layers.get(i).layer() instanceof Layer.Relu) {
          group.add(layers.get(i++));
        }
      }
      steps.add(new FusedStep(group));
    }
    return List.copyOf(steps);
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
    var relu = layers.getLast().layer() instanceof Layer.Relu;
    var weights =
        layers.get(1).layer() instanceof Layer.BatchNorm norm
            ? folded(convolution, norm)
            : convolution;
    return new Layer.Convolution2d(weights.weight(), weights.bias(), weights.window(), relu);
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
