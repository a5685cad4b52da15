package org.pellucid.models.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;

/**
 * Some layers in a row that can run as one: a convolution with the batch normalisation and the
 * rectifier behind it, or a single layer of any kind.
 *
 * <p>The normalisation is folded into the convolution's weights at first use. The folded copy hangs
 * on each tensor that it was computed from, as {@linkplain Tensor#derived derived} from it, and so
 * falls when one of them says that its values were changed. Safe to use from several threads as
 * long as none of them trains.
 */
final class FusedStep implements AutoCloseable {
  private final List<NamedLayer> layers;
  private Optional<Layer.Convolution> folded = Optional.empty();

  private FusedStep(List<NamedLayer> layers) {
    this.layers = List.copyOf(layers);
  }

  /** Cuts a network's layers into steps. */
  static List<FusedStep> of(List<NamedLayer> layers) {
    var steps = new ArrayList<FusedStep>();
    for (var i = 0; i < layers.size(); ) {
      var group = new ArrayList<>(List.of(layers.get(i++)));
      if (group.getFirst().layer() instanceof Layer.Convolution) {
        if (i < layers.size() && layers.get(i).layer() instanceof Layer.BatchNormalisation) {
          group.add(layers.get(i++));
        }
        if (i < layers.size() && layers.get(i).layer() instanceof Layer.Rectifier) {
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

  /** One layer that does in evaluation what all of them do. */
  synchronized Layer together() {
    if (layers.size() == 1) {
      return layers.getFirst().layer();
    }
    var convolution = (Layer.Convolution) layers.getFirst().layer();
    var relu = layers.getLast().layer() instanceof Layer.Rectifier;
    var weights = convolution;
    if (layers.get(1).layer() instanceof Layer.BatchNormalisation norm) {
      if (folded.isEmpty()) {
        folded = Optional.of(Folding.fold(convolution, norm));
        layers.stream().flatMap(named -> named.layer().tensors()).forEach(this::dropWhenChanged);
      }
      weights = folded.get();
    }
    return new Layer.Convolution(weights.weight(), weights.bias(), weights.window(), relu);
  }

  /** What a tensor closes when its values change. */
  private record Drop(FusedStep step) implements AutoCloseable {
    @Override
    public void close() {
      step.close();
    }
  }

  private void dropWhenChanged(Tensor tensor) {
    tensor.derived(Drop.class, this, () -> new Drop(this));
  }

  /** Gives the folded copy back, if there is one. */
  @Override
  public synchronized void close() {
    folded.stream().flatMap(Layer.Convolution::tensors).forEach(Tensor::close);
    folded = Optional.empty();
  }
}
