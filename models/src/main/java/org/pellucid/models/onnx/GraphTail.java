package org.pellucid.models.onnx;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * What follows a layer of a graph, as a model of that layer's output.
 *
 * @param layer the last one before it, through which everything goes
 * @param later the values that are computed after it
 */
record GraphTail(OnnxImageModel whole, String layer, Set<String> later) implements Model {

  @Override
  public long[] inputShape() {
    return whole.layerShape(layer);
  }

  @Override
  public int outputs() {
    return whole.outputs();
  }

  @Override
  public ElementType type() {
    return whole.type();
  }

  @Override
  public List<String> layerNames() {
    return whole.layerNames().stream().filter(later::contains).toList();
  }

  @Override
  public int largestBatch() {
    return whole.largestBatch();
  }

  @Override
  public Optional<Model> after(String another) {
    Shapes.check(layerNames().contains(another), "The graph has no layer %s here", another);
    return whole.after(another);
  }

  @Override
  public Tensor forward(Tape tape, Tensor values, Taps taps) {
    return whole.forwardAfter(tape, layer, values, taps, layerNames()::contains);
  }
}
