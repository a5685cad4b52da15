package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.onnx.GraphFile;
import org.pellucid.weights.onnx.GraphNode;
import org.pellucid.weights.onnx.GraphValue;

/** A graph made ready to run: each node with its operator, and constants computed beforehand. */
final class GraphProgram implements AutoCloseable {
  /** ND4J's limit. */
  private static final int MOST_AXES = 32;

  /** Operators whose results are whole numbers or truth values, whatever they take. */
  private static final Set<String> ON_THE_HEAP =
      Set.of(
          "Shape",
          "Size",
          "ArgMax",
          "ArgMin",
          "Equal",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual",
          "And",
          "Or",
          "Xor",
          "Not",
          "IsNaN",
          "IsInf",
          "NonZero",
          "Hardmax",
          "EyeLike",
          "ConvInteger",
          "OneHot",
          "Range",
          "ConstantOfShape",
          "Constant");

  private final List<String> realValues;
  private final int opset;
  private final Constants constants;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<Object, Schedule> schedules = new ConcurrentHashMap<>();
  private final FoldingBudget budget = new FoldingBudget();

  /**
   * Makes a graph ready whose operators are all supported.
   *
   * @param nodes of the file, or others in their place
   * @param more constants beside the file's
   */
  GraphProgram(
      GraphFile file, List<GraphNode> nodes, Map<String, NumericArray> more, ElementType type) {
    opset = file.opset();
    constants = new Constants(type);
    file.initialisers().forEach((name, tensor) -> addKnown(name, NumericArray.of(tensor)));
    more.forEach(this::addKnown);
    var outputs = file.outputs().stream().map(GraphValue::name).collect(Collectors.toSet());
    var taken = new HashSet<>(outputs);
    nodes.forEach(node -> taken.addAll(node.inputs()));
    taken.remove("");
    for (var node : Schedule.needed(nodes, outputs, Set.of())) {
      add(node, node.outputs().stream().map(taken::contains).toList());
    }
    realValues = realValues(steps, file);
  }

  private void addKnown(String name, NumericArray array) {
    known.put(name, new Known(constants.register(array)));
  }

  /** Computes a node that needs no input right away, and keeps any other for the runs. */
  private void add(GraphNode node, List<Boolean> wanted) {
    var step = new Step(node, Operators.named(node.operation()).orElseThrow(), wanted);
    var isConstant =
        node.inputs().stream().allMatch(name -> name.isEmpty() || known.containsKey(name));
    if (!isConstant || !budget.allows(node, name -> constant(name).map(NumericArray::shape))) {
      steps.add(step);
      return;
    }
    try (var tape = new Tape(Engine.standard())) {
      var call = call(step, tape, known);
      var outputs = outputs(step, call);
      for (var i = 0; i < outputs.size(); i++) {
        budget.keep(node, outputs.get(i).shape());
        addKnown(node.outputs().get(i), call.known(outputs.get(i)));
      }
    }
  }

  /** The values that are on the engine, as far as operators and inputs tell without a run. */
  private static List<String> realValues(List<Step> steps, GraphFile file) {
    var real = new LinkedHashSet<String>();
    file.inputs().stream()
        .filter(input -> input.type().map(DType::isFloatingPoint).orElse(true))
        .forEach(input -> real.add(input.name()));
    var names = new ArrayList<String>();
    for (var step : steps) {
      var node = step.node();
      if (!ON_THE_HEAP.contains(node.operation())
          && (node.inputs().stream().anyMatch(real::contains) || isLookup(node, file))) {
        node.outputs().stream()
            .filter(name -> !name.isEmpty())
            .forEach(
                name -> {
                  real.add(name);
                  names.add(name);
                });
      }
    }
    return List.copyOf(names);
  }

  private static boolean isLookup(GraphNode node, GraphFile file) {
    if (!node.operation().equals("Gather") || node.inputs().isEmpty()) {
      return false;
    }
    var table = Optional.ofNullable(file.initialisers().get(node.inputs().getFirst()));
    return table.isPresent()
        && table.get().info().dtype().isFloatingPoint()
        && table.get().info().shape().length == 2;
  }

  List<String> realValues() {
    return realValues;
  }

  ElementType type() {
    return constants.type();
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }

  /** A constant by its name, if it is one. */
  Optional<NumericArray> constant(String name) {
    return Optional.ofNullable(known.get(name)).map(Known::array);
  }

  /** Receives the values that nodes give, and may put others in their place. */
  interface Listener {
    /** Whether a value is to be received, so that it must exist. */
    boolean hears(String name);

    /** The value to go on with. */
    Value value(String name, Value value);

    /** Whether nothing after this value is needed. */
    boolean stopsAt(String name);
  }

  /**
   * Runs the nodes that lead from given values to others.
   *
   * @param given inputs by name, or inner values in their place
   * @param wanted the names of the results
   * @return the results by name; or only that which the listener stopped at
   * @throws IllegalArgumentException if a value is missing or a node can't take what it gets
   */
  Map<String, Value> run(
      Tape tape, Map<String, Value> given, Set<String> wanted, Listener listener) {
    var heard =
        steps.stream()
            .flatMap(step -> step.node().outputs().stream())
            .filter(name -> listener.hears(name))
            .collect(Collectors.toUnmodifiableSet());
    var schedule = scheduled(given.keySet(), wanted, heard, !tape.replacesBackward());
    var values = new LiveValues(tape, given, known);
    for (var position = 0; position < schedule.steps().size(); position++) {
      var step = schedule.steps().get(position);
      tape.enterLayer(step.name());
      var call = call(step, tape, values.all());
      var outputs = new ArrayList<Value>();
      for (var output : outputs(step, call)) {
        var name = step.node().outputs().get(outputs.size());
        outputs.add(name.isEmpty() ? output : listener.value(name, output));
        if (listener.stopsAt(name)) {
          tape.enterLayer("");
          return Map.of(name, outputs.getLast());
        }
      }
      for (var i = 0; i < outputs.size(); i++) {
        values.put(step.node().outputs().get(i), outputs.get(i));
      }
      call.finish(outputs);
      schedule.endingAt(position).forEach(values::drop);
    }
    tape.enterLayer("");
    var results = new HashMap<String, Value>();
    wanted.forEach(name -> results.put(name, values.get(name)));
    return results;
  }

  /** The steps of a run to which nobody listens, one for each operation that a rule may concern. */
  Schedule scheduled(Set<String> given, Set<String> wanted) {
    return scheduled(given, wanted, Set.of(), false);
  }

  private Schedule scheduled(
      Set<String> given, Set<String> wanted, Set<String> heard, boolean chains) {
    return schedules.computeIfAbsent(
        List.of(Set.copyOf(given), Set.copyOf(wanted), heard, chains),
        _ -> schedule(given, wanted, heard, chains));
  }

  /** The steps that are needed, put together where nobody wants the values between them. */
  private Schedule schedule(
      Set<String> given, Set<String> wanted, Set<String> heard, boolean chains) {
    var kept = new HashSet<>(heard);
    kept.addAll(wanted);
    kept.addAll(given);
    var own = new HashMap<GraphNode, Step>();
    steps.forEach(step -> own.put(step.node(), step));
    var needed = Schedule.needed(steps.stream().map(Step::node).toList(), wanted, given);
    var fusions = new Fusions(this::constant, kept);
    var nodes = chains ? fusions.applyWithChains(needed) : fusions.apply(needed);
    fusions.constants().forEach(this::addKnown);
    return Schedule.of(
        nodes.stream()
            .map(
                node ->
                    Optional.ofNullable(own.get(node))
                        .orElseGet(
                            () -> new Step(node, Operators.fused(node.operation()), List.of(true))))
            .toList(),
        wanted);
  }

  private NodeCall call(Step step, Tape tape, Map<String, ? extends Value> values) {
    var inputs = new ArrayList<Optional<Value>>();
    for (var name : step.node().inputs()) {
      var value = Optional.<Value>ofNullable(values.get(name)).or(() -> constantValue(name));
      if (!name.isEmpty() && value.isEmpty()) {
        throw new IllegalArgumentException(
            "There is no value for %s.".formatted(PrintableText.shortened(name)));
      }
      inputs.add(value);
    }
    return new NodeCall(step, opset, tape, constants, inputs);
  }

  private Optional<Value> constantValue(String name) {
    return Optional.ofNullable(known.get(name));
  }

  /**
   * A graph can ask for what no operator can do in more ways than operators can foresee; ND4J says
   * of its own that it can't by an {@link IllegalStateException}.
   */
  private static List<Value> outputs(Step step, NodeCall call) {
    try {
      var outputs = step.operator().apply(call);
      for (var output : outputs) {
        check(output.rank() <= MOST_AXES, "it has %d axes, more than %d", output.rank(), MOST_AXES);
      }
      return outputs.subList(0, Math.min(outputs.size(), step.node().outputs().size()));
    } catch (IllegalArgumentException
        | IllegalStateException
        | ArithmeticException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | NoSuchElementException e) {
      throw new IllegalArgumentException(
          "The node %s can't be computed: %s".formatted(step.node(), reason(e)), e);
    } catch (OutOfMemoryError e) {
      // One array was too large for the heap, which has room for everything else as before.
      throw new IllegalArgumentException(
          "The node %s needs more memory than there is; give the JVM more (-Xmx)"
              .formatted(step.node()),
          e);
    }
  }

  private static String reason(RuntimeException e) {
    return switch (e) {
      case ArithmeticException _ -> "a size is too large, or a divisor is 0.";
      case IndexOutOfBoundsException _ -> "its inputs and attributes don't fit together.";
      case NegativeArraySizeException _ -> "a size is negative or too large.";
      case NoSuchElementException _ -> "an input or an attribute is missing.";
      default -> PrintableText.of(String.valueOf(e.getMessage()));
    };
  }

  /** The inputs of a run and what was computed of them, as long as something takes it. */
  private static final class LiveValues {
    private final Tape tape;
    private final Map<String, Value> values;
    private final Map<String, Known> known;
    private final Map<Tensor, Integer> names = new IdentityHashMap<>();

    LiveValues(Tape tape, Map<String, Value> given, Map<String, Known> known) {
      this.tape = tape;
      this.values = new HashMap<>(given);
      this.known = known;
      given.values().forEach(value -> count(value, 1));
    }

    Map<String, Value> all() {
      return values;
    }

    Value get(String name) {
      var value = Optional.<Value>ofNullable(values.get(name));
      return value
          .or(() -> Optional.ofNullable(known.get(name)))
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "The graph gives no value %s; its values are listed by: model inspect --nodes"
                          .formatted(PrintableText.shortened(name))));
    }

    void put(String name, Value value) {
      if (!name.isEmpty()) {
        values.put(name, value);
        count(value, 1);
      }
    }

    private int count(Value value, int change) {
      return value instanceof Real(var tensor, _) ? names.merge(tensor, change, Integer::sum) : 1;
    }

    /** Two names may stand for one tensor. */
    void drop(String name) {
      if (values.remove(name) instanceof Real real && count(real, -1) == 0) {
        names.remove(real.tensor());
        tape.discard(real.tensor());
      }
    }
  }

  @Override
  public void close() {
    constants.close();
  }
}
