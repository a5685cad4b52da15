package org.pellucid.models.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Concatenate;
import org.pellucid.engine.ops.Normalise;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Normalisation;

/**
 * How images in 0..1 become what a graph takes: its own order of colours, and normalised.
 *
 * @param order of the channels that the graph takes
 * @param mean {@code [channels]} in that order; empty where nothing is normalised
 * @param inverseDeviation {@code [channels]} in that order
 */
record GraphPreparation(
    ChannelOrder order, Optional<Tensor> mean, Optional<Tensor> inverseDeviation)
    implements AutoCloseable {
  private static final String LAYER = "normalise";

  /**
   * A preparation, which the caller closes.
   *
   * @param normalisation in the image's order of channels
   */
  static GraphPreparation of(ElementType type, Normalisation normalisation, ChannelOrder order) {
    if (normalisation.isIdentity()) {
      return new GraphPreparation(order, Optional.empty(), Optional.empty());
    }
    var inverse = normalisation.deviation().stream().map(d -> 1 / d).toList();
    return new GraphPreparation(
        order,
        Optional.of(row(type, normalisation.mean(), order)),
        Optional.of(row(type, inverse, order)));
  }

  private static Tensor row(ElementType type, List<Double> numbers, ChannelOrder order) {
    var ordered = order == ChannelOrder.BGR ? numbers.reversed() : numbers;
    var tensor = Tensor.uninitialised(type, ordered.size());
    tensor.set(ordered.stream().mapToDouble(Double::doubleValue).toArray());
    return tensor;
  }

  /** The same with tensors of its own. */
  GraphPreparation copy() {
    return new GraphPreparation(
        order, mean.map(GraphPreparation::copy), inverseDeviation.map(GraphPreparation::copy));
  }

  private static Tensor copy(Tensor tensor) {
    var copy = Tensor.uninitialised(tensor.type(), tensor.shape());
    copy.set(tensor.toDoubles());
    return copy;
  }

  /**
   * Images as the graph takes them.
   *
   * @param images {@code [batch, channels, height, width]}
   * @return {@code [batch, height, width, channels]}
   */
  Tensor apply(Tape tape, Tensor images) {
    tape.enterLayer(LAYER);
    var x = Transpose.apply(tape, images, 0, 2, 3, 1);
    if (order == ChannelOrder.BGR) {
      x = reversed(tape, x);
    }
    if (mean.isPresent()) {
      var normalised = Normalise.apply(tape, x, mean.get(), inverseDeviation.orElseThrow());
      tape.discard(x);
      x = normalised;
    }
    tape.enterLayer("");
    return x;
  }

  private static Tensor reversed(Tape tape, Tensor x) {
    var colours = new Tensor[Math.toIntExact(x.size(3))];
    Arrays.setAll(colours, i -> Slice.apply(tape, x, 3, colours.length - 1L - i, 1));
    tape.discard(x);
    var joined = Concatenate.apply(tape, 3, colours);
    Stream.of(colours).forEach(tape::discard);
    return joined;
  }

  @Override
  public void close() {
    mean.ifPresent(Tensor::close);
    inverseDeviation.ifPresent(Tensor::close);
  }
}
