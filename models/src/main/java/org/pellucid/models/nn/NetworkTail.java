package org.pellucid.models.nn;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * The layers of a network behind a cut.
 *
 * @param layer the number of the last one before it
 * @param place the shape of that one's output
 */
record NetworkTail(ConvolutionalNetwork network, int layer, Place place) implements Model {

  @Override
  public long[] inputShape() {
    return place.isImage()
        ? new long[] {place.channels(), place.height(), place.width()}
        : new long[] {place.channels()};
  }

  @Override
  public int outputs() {
    return network.outputs();
  }

  @Override
  public ElementType type() {
    return network.type();
  }

  @Override
  public List<String> layerNames() {
    var names = network.layerNames();
    return names.subList(layer + 1, names.size());
  }

  @Override
  public Optional<Model> after(String later) {
    Shapes.check(layerNames().contains(later), "The network has no layer %s here", later);
    return network.after(later);
  }

  @Override
  public Tensor forward(Tape tape, Tensor values, Taps taps) {
    var expected = inputShape();
    if (!place.isImage()) {
      Shapes.checkShape("A batch of features", values, values.size(0), expected[0]);
      return network.forwardAfter(tape, layer, tape.keep(values), taps);
    }
    Shapes.checkShape(
        "A batch of outputs", values, values.size(0), expected[0], expected[1], expected[2]);
    return network.forwardAfter(tape, layer, Transpose.apply(tape, values, 0, 2, 3, 1), taps);
  }
}
