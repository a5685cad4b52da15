package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.RandomisableModel;
import org.pellucid.models.Taps;

/**
 * One output of a graph as a function of one input or inner value, with all other inputs fixed to
 * those of an example: what explanation methods explain.
 *
 * <p>Its layers are the values that the graph's nodes give, under their names in the file. Taps
 * receive those of four axes with their channels last. The graph stays the caller's to close, but
 * for {@link #randomised} copies, which close theirs.
 */
public final class OnnxFunction implements RandomisableModel {
  private final OnnxModel model;
  private final String input;
  private final long[] inputShape;
  private final Map<String, NumericArray> others;
  private final String output;
  private final int outputs;
  private final boolean owned;

  /**
   * A function of a graph.
   *
   * @param engine that runs the graph once for the example, to find out sizes
   * @param input the name of a graph's input or of an inner value with fractions, such as the word
   *     embeddings of token ids
   * @param output the name of the value that is explained, whose first axis is the batch
   * @param example all of the graph's inputs for one example, with a batch axis of 1
   * @throws IllegalArgumentException if there are no such values or the example doesn't fit
   */
  public OnnxFunction(
      OnnxModel model,
      Engine engine,
      String input,
      String output,
      Map<String, NumericArray> example) {
    this.model = model;
    this.input = input;
    this.output = output;
    this.others = new HashMap<>(example);
    var isInput = others.remove(input) != null;
    var sizes = model.values(engine, example, isInput ? List.of(output) : List.of(output, input));
    var from = isInput ? example.get(input) : sizes.get(input);
    check(
        from.type().isFloatingPoint(),
        "%s holds whole numbers, which have no gradients; explain a value that is made of them",
        input);
    check(from.shape().length >= 1, "%s has no axis of examples", input);
    this.inputShape = withoutBatch(from.shape());
    this.outputs = Math.toIntExact(Shapes.elements(withoutBatch(sizes.get(output).shape())));
    this.owned = false;
  }

  /** The same function of a graph with other parameters, which it owns. */
  private OnnxFunction(OnnxFunction other, OnnxModel model) {
    this.model = model;
    this.input = other.input;
    this.inputShape = other.inputShape;
    this.others = other.others;
    this.output = other.output;
    this.outputs = other.outputs;
    this.owned = true;
  }

  private static long[] withoutBatch(long[] shape) {
    check(shape.length >= 1, "A value has no axis of examples");
    var rest = new long[shape.length - 1];
    System.arraycopy(shape, 1, rest, 0, rest.length);
    return rest;
  }

  /** The graph. */
  public OnnxModel model() {
    return model;
  }

  @Override
  public long[] inputShape() {
    return inputShape.clone();
  }

  @Override
  public int outputs() {
    return outputs;
  }

  @Override
  public ElementType type() {
    return model.type();
  }

  @Override
  public List<String> layerNames() {
    return model.realValues();
  }

  /** See {@link GraphParameters}. */
  @Override
  public List<String> layersWithParameters() {
    return parameters().layers();
  }

  @Override
  public OnnxFunction randomised(Set<String> layers, long seed) {
    return new OnnxFunction(this, parameters().randomised(layers, Initialisation.PYTORCH, seed));
  }

  private GraphParameters parameters() {
    return GraphParameters.between(model, input, Set.of(output));
  }

  @Override
  public void close() {
    if (owned) {
      model.close();
    }
  }

  /** A graph exported for one example at a time runs once for each. */
  @Override
  public int largestBatch() {
    return model.largestBatch();
  }

  @Override
  public Tensor forward(Tape tape, Tensor inputs, Taps taps) {
    return ExampleByExample.run(
        model, tape, inputs, taps, (examples, _) -> pass(tape, examples, taps));
  }

  private Tensor pass(Tape tape, Tensor inputs, Taps taps) {
    var fixed = new HashMap<String, NumericArray>();
    others.forEach((name, array) -> fixed.put(name, repeated(array, inputs.size(0))));
    var pass = model.forward(tape, fixed, Map.of(input, inputs), List.of(output), taps);
    var tensor = pass.values().getFirst();
    return pass.stopped() ? tensor : Reshape.apply(tape, tensor, inputs.size(0), outputs);
  }

  /** The example's input for each example of a batch. */
  private static NumericArray repeated(NumericArray one, long batch) {
    var shape = one.shape();
    if (batch == 1 || shape.length == 0 || shape[0] != 1) {
      return one;
    }
    shape[0] = batch;
    return HostMath.broadcast(one, shape);
  }
}
