package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;
import org.pellucid.weights.onnx.Attribute;

/** One run of one node: its inputs in the forms that operators want, and its attributes. */
final class NodeCall {
  /** Bytes below which the system isn't asked how much memory is free. */
  private static final double LARGE = 1 << 26;

  private final Step step;
  private final int opset;
  private final Tape tape;
  private final Constants constants;
  private final List<Optional<Value>> inputs;
  private final List<Tensor> temporary = new ArrayList<>();

  NodeCall(Step step, int opset, Tape tape, Constants constants, List<Optional<Value>> inputs) {
    this.step = step;
    this.opset = opset;
    this.tape = tape;
    this.constants = constants;
    this.inputs = inputs;
  }

  Tape tape() {
    return tape;
  }

  int opset() {
    return opset;
  }

  ElementType type() {
    return constants.type();
  }

  int inputs() {
    return inputs.size();
  }

  boolean has(int position) {
    return position < inputs.size() && inputs.get(position).isPresent();
  }

  Value input(int position) {
    check(has(position), "The input %d of %s is missing", position, step.node());
    return inputs.get(position).orElseThrow();
  }

  /** All inputs that are there. */
  List<Value> all() {
    return inputs.stream().flatMap(Optional::stream).toList();
  }

  boolean allKnown() {
    return all().stream().allMatch(Known.class::isInstance);
  }

  /** Whether an output is taken by another node or is one of the graph's. */
  boolean wants(int output) {
    return output < step.wanted().size() && step.wanted().get(output);
  }

  /** The number of outputs that the node names. */
  int outputs() {
    return step.node().outputs().size();
  }

  /**
   * The input's numbers on the heap. Numbers that are on the engine are read back, and no gradient
   * flows through what is made of them.
   */
  NumericArray known(int position) {
    return known(input(position));
  }

  NumericArray known(Value value) {
    return switch (value) {
      case Known k -> k.array();
      case Real r -> {
        ShapeOperators.checkElements(r.shape());
        var tensor = tensor(r);
        var type = tensor.type() == ElementType.FLOAT64 ? DType.F64 : DType.F32;
        yield new NumericArray(type, tensor.shape(), tensor.toDoubles());
      }
    };
  }

  /** The input as a tensor in the graph's order of axes. */
  Tensor tensor(int position) {
    return tensor(input(position));
  }

  Tensor tensor(Value value) {
    return switch (value) {
      case Known k -> constant(k.array(), "as it is", array -> array);
      case Real r -> r.channelsLast() ? inGraphsOrder(r.tensor()) : r.tensor();
    };
  }

  /** A tensor of some form of an array, kept if the array is one of the graph's constants. */
  Tensor constant(NumericArray array, Object key, Function<NumericArray, NumericArray> form) {
    if (constants.contains(array)) {
      return constants.tensor(array, key, form);
    }
    var made = form.apply(array);
    var tensor = tape.allocate(type(), made.shape());
    tensor.set(made.values());
    return use(tensor);
  }

  Tensor scalar(double value) {
    return constant(new NumericArray(DType.F64, new long[] {1}, new double[] {value}), 0, a -> a);
  }

  private Tensor inGraphsOrder(Tensor stored) {
    var shape = Value.logical(stored.shape());
    return use(
        Shapes.elements(shape) == shape[0] * shape[1]
            ? Reshape.apply(tape, stored, shape)
            : Transpose.apply(tape, stored, Value.fromChannelsLast(shape.length)));
  }

  /**
   * The input with its channels last.
   *
   * @throws IllegalArgumentException if it has no axis of channels and another one
   */
  Real image(int position) {
    return image(input(position));
  }

  Real image(Value value) {
    check(
        value.rank() >= 3, "%s takes [batch, channels, …], and not %s", step.node(), value.shape());
    if (value instanceof Real(var tensor, var channelsLast) && channelsLast) {
      return new Real(tensor, true);
    }
    var rank = value.rank();
    if (value instanceof Known(var array)) {
      return new Real(
          constant(
              array,
              "channels last",
              given -> HostMath.transpose(given, Value.toChannelsLast(rank))),
          true);
    }
    var tensor = tensor(value);
    var shape = Value.channelsLast(tensor.shape());
    return new Real(
        use(
            shape[rank - 1] == 1 || Shapes.elements(shape) == shape[0] * shape[rank - 1]
                ? Reshape.apply(tape, tensor, shape)
                : Transpose.apply(tape, tensor, Value.toChannelsLast(rank))),
        true);
  }

  /**
   * Says that the engine is about to make a tensor; a hostile graph can ask for any.
   *
   * @throws IllegalArgumentException if the memory doesn't hold it
   */
  void checkRoom(long... shape) {
    var bytes = (double) Shapes.elements(shape) * type().bytes();
    check(
        bytes < LARGE || bytes <= tape.engine().freeMemory(),
        "%s makes %s, which takes %.0f MB of memory, more than there is",
        this,
        shape,
        bytes / (1 << 20));
  }

  /** Says that a tensor is of no use after this call unless an output is made of it. */
  Tensor use(Tensor tensor) {
    temporary.add(tensor);
    return tensor;
  }

  /** The function of the input's tensor, whatever its layout. */
  Value map(int position, UnaryOperator<Tensor> function) {
    return switch (input(position)) {
      case Known k -> new Real(function.apply(tensor(k)), false);
      case Real r -> r.with(function.apply(r.tensor()));
    };
  }

  /** Gives back what was made on the way and isn't part of an output. */
  void finish(List<Value> outputs) {
    for (var tensor : temporary) {
      var isOutput =
          outputs.stream().anyMatch(value -> value instanceof Real r && r.tensor() == tensor);
      if (!isOutput) {
        tape.discard(tensor);
      }
    }
  }

  /** A plan that depends on the shapes of the inputs and the constants alone. */
  <T> T planned(Object key, Supplier<T> maker) {
    return step.planned(key, maker);
  }

  /** An array that is the same in every run of this node, and so worth keeping as a tensor. */
  NumericArray fixed(Object key, Supplier<NumericArray> maker) {
    return step.planned(key, () -> constants.register(maker.get()));
  }

  Optional<Attribute> attribute(String name) {
    return Optional.ofNullable(step.node().attributes().get(name));
  }

  long whole(String name, long otherwise) {
    return attribute(name)
        .map(
            value -> {
              check(value instanceof Attribute.Whole, "%s of %s isn't a number", name, step.node());
              return ((Attribute.Whole) value).value();
            })
        .orElse(otherwise);
  }

  double number(String name, double otherwise) {
    return attribute(name)
        .map(
            value ->
                switch (value) {
                  case Attribute.Number n -> decimal(n.value());
                  case Attribute.Whole w -> (double) w.value();
                  default ->
                      throw new IllegalArgumentException(
                          "%s of %s isn't a number.".formatted(name, step.node()));
                })
        .orElse(otherwise);
  }

  /** The number that a writer meant: {@code 1e-5} is stored as 9.99999974…e-6. */
  private static double decimal(float stored) {
    return Double.parseDouble(Float.toString(stored));
  }

  String text(String name, String otherwise) {
    return attribute(name)
        .map(
            value -> {
              check(value instanceof Attribute.Text, "%s of %s isn't a text", name, step.node());
              return ((Attribute.Text) value).value();
            })
        .orElse(otherwise);
  }

  Optional<long[]> wholes(String name) {
    return attribute(name)
        .map(
            value -> {
              check(value instanceof Attribute.Wholes, "%s of %s isn't a list", name, step.node());
              return ((Attribute.Wholes) value)
                  .values().stream().mapToLong(Long::longValue).toArray();
            });
  }

  long[] wholes(String name, int count, long otherwise) {
    var found =
        wholes(name)
            .orElseGet(
                () -> {
                  var standard = new long[count];
                  Arrays.fill(standard, otherwise);
                  return standard;
                });
    check(found.length == count, "%s of %s needs %d numbers", name, step.node(), count);
    return found;
  }

  Optional<double[]> numbers(String name) {
    return attribute(name)
        .map(
            value -> {
              check(value instanceof Attribute.Numbers, "%s of %s isn't a list", name, step.node());
              return ((Attribute.Numbers) value)
                  .values().stream().mapToDouble(Float::doubleValue).toArray();
            });
  }

  /** What is to be done to a convolution's results in the same step. */
  Rectifier rectifier() {
    return Rectifier.values()[Math.toIntExact(whole(Fusions.RECTIFIER, Rectifier.NONE.ordinal()))];
  }

  /** A list that older operations have as an attribute and newer ones as an input. */
  Optional<long[]> wholes(String name, int position) {
    return has(position) ? Optional.of(known(position).wholes()) : wholes(name);
  }

  @Override
  public String toString() {
    return step.node().toString();
  }
}
