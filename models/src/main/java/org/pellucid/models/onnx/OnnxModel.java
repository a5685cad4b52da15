package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.Taps;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphNode;
import org.pellucid.weights.onnx.GraphValue;

/**
 * A network of any structure out of an ONNX file, run forward and backward on the engine.
 *
 * <p>{@link #run} computes outputs; {@link OnnxFunction} makes a {@link org.pellucid.models.Model}
 * of one input and one output, which every explanation method takes. Integers, such as token ids
 * and shapes, are computed on the heap and have no gradients. Safe to use from several threads at
 * once.
 */
public final class OnnxModel implements AutoCloseable {
  private final SharedGraph shared;
  private final GraphFile file;
  private final List<GraphNode> nodes;
  private final Map<String, NumericArray> drawn;
  private final GraphProgram program;
  private boolean closed;

  private OnnxModel(
      SharedGraph shared,
      List<GraphNode> nodes,
      Map<String, NumericArray> drawn,
      ElementType type) {
    this.shared = shared;
    this.file = shared.file();
    this.nodes = List.copyOf(nodes);
    this.drawn = Map.copyOf(drawn);
    checkSupported(file);
    this.program = new GraphProgram(file, nodes, drawn, type);
  }

  /**
   * Opens a model in single precision.
   *
   * @throws org.pellucid.weights.WeightsException if the file can't be read
   * @throws ModelFileException if it asks for what isn't supported, all of which is named
   */
  public static OnnxModel open(Path path) {
    return open(path, ElementType.FLOAT32, OpenOptions.standard());
  }

  /**
   * Opens a model.
   *
   * @param type in which it computes, whatever the file's own
   * @throws org.pellucid.weights.WeightsException if the file can't be read
   * @throws ModelFileException if it asks for what isn't supported, all of which is named, or its
   *     constants don't fit its operators
   */
  public static OnnxModel open(Path path, ElementType type, OpenOptions options) {
    return of(GraphFile.open(path, options), type);
  }

  /** A model of an open graph, which is closed with it. */
  static OnnxModel of(GraphFile file, ElementType type) {
    return of(new SharedGraph(file), file.nodes(), Map.of(), type);
  }

  private static OnnxModel of(
      SharedGraph shared,
      List<GraphNode> nodes,
      Map<String, NumericArray> drawn,
      ElementType type) {
    try {
      return new OnnxModel(shared, nodes, drawn, type);
    } catch (IllegalArgumentException e) {
      shared.release();
      var path = shared.file().path();
      throw new ModelFileException("The graph %s: %s".formatted(path, e.getMessage()), e);
    } catch (RuntimeException e) {
      shared.release();
      throw e;
    }
  }

  /**
   * A model of the same file with other nodes, which is closed by itself.
   *
   * @param more constants that the nodes take beside those of this model
   */
  OnnxModel with(List<GraphNode> otherNodes, Map<String, NumericArray> more) {
    var all = new HashMap<>(drawn);
    all.putAll(more);
    return of(shared.shared(), otherNodes, all, type());
  }

  /** The nodes that it runs: the file's, or others in their place. */
  List<GraphNode> nodes() {
    return nodes;
  }

  /** The names of the operators that are supported. */
  public static Set<String> supportedOperators() {
    return Operators.names();
  }

  /**
   * Everything in a graph that isn't supported: operators, attributes, their values, the operator
   * set; each with the names of the nodes that ask for it.
   *
   * @param file an open graph
   */
  public static Map<String, List<String>> unsupported(GraphFile file) {
    return Support.missing(file);
  }

  private static void checkSupported(GraphFile file) {
    var missing = unsupported(file);
    ModelFileException.check(
        missing.isEmpty(),
        "The graph %s asks for what isn't supported: %s; export it without that",
        file.path(),
        missing.entrySet().stream().map(OnnxModel::text).collect(Collectors.joining("; ")));
  }

  private static String text(Map.Entry<String, List<String>> operator) {
    var nodes = operator.getValue();
    if (nodes.isEmpty()) {
      return operator.getKey();
    }
    var more = nodes.size() > 1 ? " and %d more".formatted(nodes.size() - 1) : "";
    return "%s (%s%s)".formatted(operator.getKey(), nodes.getFirst(), more);
  }

  /** The graph as it is in the file. */
  public GraphFile graph() {
    return file;
  }

  /** The type in which it computes. */
  public ElementType type() {
    return program.type();
  }

  /** What the graph takes. */
  public List<GraphValue> inputs() {
    return file.inputs();
  }

  /** The most examples of one run: 1 where the size of an input's first axis is fixed. */
  public int largestBatch() {
    var isOpen =
        inputs().stream()
            .allMatch(
                each ->
                    each.axes()
                        .map(axes -> axes.isEmpty() || axes.getFirst().size().isEmpty())
                        .orElse(true));
    return isOpen ? Integer.MAX_VALUE : 1;
  }

  /** What the graph gives. */
  public List<GraphValue> outputs() {
    return file.outputs();
  }

  /** The names of the values that nodes give, in the order in which they run. */
  public List<String> valueNames() {
    return program.steps().stream()
        .flatMap(step -> step.node().outputs().stream())
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /** The names of the values that are computed on the engine, through which gradients can flow. */
  public List<String> realValues() {
    return program.realValues();
  }

  /**
   * Computes all outputs.
   *
   * @param inputs by name
   * @throws IllegalArgumentException if an input is missing or doesn't fit
   */
  public Map<String, NumericArray> run(Engine engine, Map<String, NumericArray> inputs) {
    var names = outputs().stream().map(GraphValue::name).toList();
    return values(engine, inputs, names);
  }

  /**
   * Computes some values, outputs or inner ones.
   *
   * @param inputs by name
   * @param names of the values
   * @throws IllegalArgumentException if an input is missing or doesn't fit, or there is no such
   *     value
   */
  public Map<String, NumericArray> values(
      Engine engine, Map<String, NumericArray> inputs, List<String> names) {
    try (var tape = new Tape(engine)) {
      var given = new HashMap<String, Value>();
      checked(inputs).forEach((name, array) -> given.put(name, value(tape, array)));
      var results = program.run(tape, given, Set.copyOf(names), Unheard.INSTANCE);
      var arrays = new LinkedHashMap<String, NumericArray>();
      names.forEach(name -> arrays.put(name, array(tape, results.get(name))));
      return arrays;
    }
  }

  /**
   * Counts the multiplications with an addition in all products of matrices and convolutions, by
   * one run on zeros.
   *
   * @param shapes of the inputs by name
   * @throws IllegalArgumentException if an input is missing or the shapes don't fit
   */
  public long multiplyAdds(Engine engine, Map<String, long[]> shapes) {
    var zeros = new LinkedHashMap<String, NumericArray>();
    for (var input : inputs()) {
      var shape = shapes.get(input.name());
      check(shape != null, "The input %s has no shape", input);
      zeros.put(input.name(), NumericArray.filled(input.type().orElse(DType.F32), shape, 0));
    }
    try (var tape = new Tape(engine)) {
      var work = new MultiplyAdds(program);
      var given = new HashMap<String, Value>();
      checked(zeros)
          .forEach((name, array) -> given.put(name, work.value(name, value(tape, array))));
      var names = outputs().stream().map(GraphValue::name).collect(Collectors.toSet());
      program.run(tape, given, names, work);
      return work.total();
    }
  }

  /**
   * What a pass gave.
   *
   * @param values in the order in which they were asked for; or only that which the taps stopped at
   * @param stopped whether the taps stopped the pass
   */
  public record Pass(List<Tensor> values, boolean stopped) {
    /** Copies the list. */
    public Pass {
      values = List.copyOf(values);
    }
  }

  /**
   * Computes values on a caller's tape, by which gradients flow to the tensors that are given.
   *
   * @param inputs of the graph by name, as far as no given value stands in their place
   * @param given tensors in place of inputs or inner values, by name, with their first axis first
   * @param wanted the names of the values, outputs or inner ones
   * @param taps that listen to the values of nodes, see {@link OnnxFunction}
   * @throws IllegalArgumentException if a value is missing, doesn't fit, or has no gradient
   */
  public Pass forward(
      Tape tape,
      Map<String, NumericArray> inputs,
      Map<String, Tensor> given,
      List<String> wanted,
      Taps taps) {
    var known = new HashMap<String, Value>();
    inputs.forEach((name, array) -> known.put(name, value(tape, array)));
    given.forEach((name, tensor) -> known.put(name, new Real(tensor, false)));
    var results =
        program.run(
            tape, known, Set.copyOf(wanted), new TappedValues(tape, taps, name -> true, Set.of()));
    if (!results.keySet().containsAll(wanted)) {
      return new Pass(List.of(((Real) results.values().iterator().next()).tensor()), true);
    }
    var tensors = new ArrayList<Tensor>();
    for (var name : wanted) {
      check(
          results.get(name) instanceof Real,
          "The output %s doesn't depend on %s by anything that has a gradient",
          name,
          String.join(", ", given.keySet()));
      tensors.add(inGraphsOrder(tape, (Real) results.get(name)));
    }
    return new Pass(tensors, false);
  }

  /** Hears nothing and changes nothing. */
  enum Unheard implements GraphProgram.Listener {
    INSTANCE;

    @Override
    public boolean hears(String name) {
      return false;
    }

    @Override
    public Value value(String name, Value value) {
      return value;
    }

    @Override
    public boolean stopsAt(String name) {
      return false;
    }
  }

  GraphProgram program() {
    return program;
  }

  /** Numbers with fractions go to the engine, all others stay on the heap. */
  Value value(Tape tape, NumericArray array) {
    if (!array.type().isFloatingPoint()) {
      return new Known(array);
    }
    var tensor = tape.allocate(type(), array.shape());
    tensor.set(array.values());
    return new Real(tensor, false);
  }

  private NumericArray array(Tape tape, Value value) {
    return switch (value) {
      case Known k -> k.array();
      case Real r -> {
        ShapeOperators.checkElements(r.shape());
        var tensor = inGraphsOrder(tape, r);
        var dtype = type() == ElementType.FLOAT64 ? DType.F64 : DType.F32;
        yield new NumericArray(dtype, tensor.shape(), tensor.toDoubles());
      }
    };
  }

  static Tensor inGraphsOrder(Tape tape, Real real) {
    return real.channelsLast()
        ? Transpose.apply(tape, real.tensor(), Value.fromChannelsLast(real.rank()))
        : real.tensor();
  }

  private Map<String, NumericArray> checked(Map<String, NumericArray> inputs) {
    for (var input : inputs()) {
      var array = inputs.get(input.name());
      check(array != null, "The input %s is missing", input);
      input
          .axes()
          .ifPresent(
              axes -> {
                var fits = axes.size() == array.shape().length;
                for (var i = 0; fits && i < axes.size(); i++) {
                  fits = axes.get(i).size().orElse(array.shape()[i]) == array.shape()[i];
                }
                check(
                    fits,
                    "The input %s can't be %s; give an array that has the axes and sizes of the"
                        + " input",
                    input,
                    array.shape());
              });
    }
    return inputs;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      program.close();
      shared.release();
    }
  }
}
