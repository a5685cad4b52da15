package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.onnx.Initialisation.Role;
import org.pellucid.weights.onnx.Attribute;
import org.pellucid.weights.onnx.GraphNode;

/**
 * What a graph learnt, layer by layer, between a value and others: the constants of convolutions,
 * products and normalisations, which can be given random numbers.
 *
 * <p>A layer is called as the first value that its node gives, or the last one of a layer
 * normalisation that is written out. Its parameters are the node's own, a row that is added to what
 * it gives, and what a normalisation is multiplied by afterwards. Constants from which nothing
 * leads to the explained value through one of these stay, such as tables of embeddings and what
 * normalises images.
 *
 * <p>Parameters become random before anything is computed of them: before batch normalisations are
 * folded into convolutions and nodes are put together. So a convolution and its normalisation are
 * two layers, each of which is as before training when it is random, as Adebayo et al. (2018) have
 * it. Where the exporter has folded them, the folded weights become random as a convolution's,
 * which is both at once. What several nodes share becomes random once, with the first of them, and
 * is the same for all.
 */
public final class GraphParameters {
  /** Operators that give a constant's numbers in another form. */
  private static final Set<String> MOVING =
      Set.of("Identity", "Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten");

  private static final Set<String> WEIGHTED = Set.of("Conv", "ConvTranspose", "Gemm", "MatMul");
  private static final Set<String> NORMALISING =
      Set.of(
          "BatchNormalization",
          "InstanceNormalization",
          "LayerNormalization",
          "GroupNormalization");

  /** Marks values that are random or are made of some. */
  private static final String RANDOM = " (random)";

  private final OnnxModel model;
  private final Map<String, GraphNode> constants = new HashMap<>();
  private final Set<String> reached = new HashSet<>();
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  /** A parameter of a layer, under the name of the constant that holds its numbers. */
  private record Parameter(String layer, Role role, long inputs) {}

  /** A layer that a later node may belong to. */
  private record Open(String layer, boolean isNormalisation, long inputs) {}

  private GraphParameters(OnnxModel model, String from, Collection<String> to) {
    this.model = model;
    for (var node : model.nodes()) {
      if (node.inputs().stream().allMatch(this::isConstant)) {
        node.outputs().forEach(name -> constants.put(name, node));
      }
    }
    reached.add(from);
    var live = new ArrayList<GraphNode>();
    for (var node : Schedule.needed(model.nodes(), Set.copyOf(to), Set.of(from))) {
      if (node.inputs().stream().anyMatch(reached::contains)) {
        reached.addAll(node.outputs());
        live.add(node);
      }
    }
    // What gives the value to explain by isn't reached itself: a lookup in a table of words.
    reached.removeAll(List.of("", from));
    collect(together(live, to));
  }

  /**
   * The parameters on the way from a value to others.
   *
   * @param from the name of what is explained by, an input or an inner value
   * @param to the names of what is explained
   */
  public static GraphParameters between(OnnxModel model, String from, Collection<String> to) {
    return new GraphParameters(model, from, to);
  }

  private boolean isConstant(String name) {
    return name.isEmpty()
        || constants.containsKey(name)
        || model.program().constant(name).isPresent();
  }

  /** Layer normalisations that are written out as one node each, all others as they are. */
  private List<GraphNode> together(List<GraphNode> live, Collection<String> to) {
    var kept = new HashSet<>(to);
    for (var node : live) {
      if (WEIGHTED.contains(node.operation()) || NORMALISING.contains(node.operation())) {
        kept.addAll(node.outputs());
      }
    }
    return new Fusions(model.program()::constant, kept).apply(live);
  }

  private void collect(List<GraphNode> nodes) {
    var open = new HashMap<String, Open>();
    for (var node : nodes) {
      if (node.outputs().isEmpty()) {
        continue;
      }
      var name = node.outputs().getFirst();
      var operation = node.operation();
      if (WEIGHTED.contains(operation)) {
        weighted(node).ifPresent(layer -> open.put(name, layer));
      } else if (NORMALISING.contains(operation)) {
        open.put(name, normalisation(node));
      } else if (operation.equals("Reshape") && open.containsKey(node.inputs().getFirst())) {
        open.put(name, open.get(node.inputs().getFirst()));
      } else if (operation.equals("Add") || operation.equals("Mul")) {
        affine(node, open).ifPresent(layer -> open.put(name, layer));
      }
    }
  }

  private Optional<Open> weighted(GraphNode node) {
    var position = isConstant(node.inputs().get(1)) ? 1 : 0;
    var weight = node.inputs().get(position);
    var shape = isConstant(weight) ? shape(weight) : Optional.<long[]>empty();
    if (shape.isEmpty() || shape.get().length < 1) {
      return Optional.empty();
    }
    var layer = new Open(node.outputs().getFirst(), false, inputs(node, position, shape.get()));
    add(layer, weight, Role.WEIGHT);
    if (node.inputs().size() > 2) {
      add(layer, node.inputs().get(2), Role.BIAS);
    }
    return Optional.of(layer);
  }

  /** The numbers that a layer sums for each that it gives. */
  private static long inputs(GraphNode node, int position, long[] shape) {
    if (node.operation().startsWith("Conv")) {
      return Math.max(1, Shapes.elements(shape) / Math.max(1, shape[0]));
    }
    var transposed = position == 1 ? "transB" : "transA";
    var isTransposed =
        node.attributes().get(transposed) instanceof Attribute.Whole(var whole) && whole != 0;
    var fromEnd = shape.length > 1 && position == 1 != isTransposed ? 2 : 1;
    return Math.max(1, shape[shape.length - fromEnd]);
  }

  private Open normalisation(GraphNode node) {
    var layer = new Open(node.outputs().getFirst(), true, 1);
    var roles = List.of(Role.SCALE, Role.SHIFT, Role.SHIFT, Role.SCALE);
    for (var i = 1; i < node.inputs().size() && i <= roles.size(); i++) {
      add(layer, node.inputs().get(i), roles.get(i - 1));
    }
    return layer;
  }

  /** A row that is added to what a layer gave, or that a normalisation is multiplied by. */
  private Optional<Open> affine(GraphNode node, Map<String, Open> open) {
    if (node.inputs().size() != 2) {
      return Optional.empty();
    }
    var position = isConstant(node.inputs().get(0)) ? 0 : 1;
    var row = node.inputs().get(position);
    var layer = Optional.ofNullable(open.get(node.inputs().get(1 - position)));
    if (layer.isEmpty() || !isConstant(row) || shape(row).filter(this::isRow).isEmpty()) {
      return Optional.empty();
    }
    var isSum = node.operation().equals("Add");
    if (!isSum && !layer.get().isNormalisation()) {
      return Optional.empty();
    }
    var added = layer.get().isNormalisation() ? Role.SHIFT : Role.BIAS;
    add(layer.get(), row, isSum ? added : Role.SCALE);
    return layer;
  }

  private boolean isRow(long[] shape) {
    var longest = 1L;
    for (var size : shape) {
      longest = Math.max(longest, size);
    }
    return longest > 1 && longest == Shapes.elements(shape);
  }

  private void add(Open layer, String name, Role role) {
    var root = root(name);
    var array = model.program().constant(root);
    if (array.filter(each -> each.type().isFloatingPoint()).isPresent()) {
      parameters.putIfAbsent(root, new Parameter(layer.layer(), role, layer.inputs()));
    }
  }

  /** The shape of a constant; that of a large one's transposition is left to the runs. */
  private Optional<long[]> shape(String name) {
    var known = model.program().constant(name).map(NumericArray::shape);
    var node = constants.get(name);
    return known.isPresent() || node == null || !node.operation().equals("Transpose")
        ? known
        : model
            .program()
            .constant(node.inputs().getFirst())
            .filter(array -> array.shape().length == 2)
            .map(array -> new long[] {array.shape()[1], array.shape()[0]});
  }

  /** The constant that has a constant's numbers in the form in which it is kept. */
  private String root(String name) {
    var root = name;
    while (constants.containsKey(root) && MOVING.contains(constants.get(root).operation())) {
      root = constants.get(root).inputs().getFirst();
    }
    return root;
  }

  /** The names of the layers that have parameters, in the order data takes. */
  public List<String> layers() {
    return parameters.values().stream().map(Parameter::layer).distinct().toList();
  }

  /**
   * A copy of the graph with random parameters in some layers and the same ones in all others. A
   * layer gets the same ones whichever others are random. The copy is the caller's to close, before
   * or after the original.
   *
   * @throws IllegalArgumentException if a layer doesn't exist or has no parameters
   */
  public OnnxModel randomised(Set<String> chosen, Initialisation initialisation, long seed) {
    var available = layers();
    for (var layer : chosen) {
      check(
          available.contains(layer),
          "The graph has no layer %s with parameters; those that have some are %s",
          layer,
          String.join(", ", available));
    }
    var drawn = new HashMap<String, NumericArray>();
    parameters.forEach(
        (name, parameter) -> {
          if (chosen.contains(parameter.layer())) {
            var trained = model.program().constant(name).orElseThrow();
            drawn.put(
                random(name),
                initialisation.draw(
                    trained, parameter.role(), parameter.inputs(), random(name), seed));
          }
        });
    return model.with(withRandom(drawn.keySet()), drawn);
  }

  private static String random(String name) {
    return name.endsWith(RANDOM) ? name : name + RANDOM;
  }

  /**
   * The nodes, of which those that are reached take random constants in place of trained ones. What
   * gives constants another form is there twice, since others may need the trained ones: a table of
   * words is often the last layer's weight, too.
   */
  private List<GraphNode> withRandom(Set<String> drawn) {
    var nodes = new ArrayList<GraphNode>();
    var made = new HashSet<String>();
    for (var node : model.nodes()) {
      var isReached = node.outputs().stream().anyMatch(reached::contains);
      if (isReached && node.inputs().stream().anyMatch(name -> isRandom(name, drawn))) {
        node.inputs().forEach(name -> make(name, drawn, made, nodes));
        nodes.add(renamed(node, drawn, node.outputs()));
      } else {
        nodes.add(node);
      }
    }
    return nodes;
  }

  private boolean isRandom(String name, Set<String> drawn) {
    return !name.isEmpty() && isConstant(name) && drawn.contains(random(root(name)));
  }

  private void make(String name, Set<String> drawn, Set<String> made, List<GraphNode> nodes) {
    if (!isRandom(name, drawn)) {
      return;
    }
    var root = root(name);
    var chain = new ArrayList<GraphNode>();
    for (var at = name; !at.equals(root) && !at.endsWith(RANDOM) && made.add(at); ) {
      var node = constants.get(at);
      chain.addFirst(renamed(node, drawn, List.of(random(at))));
      at = node.inputs().getFirst();
    }
    nodes.addAll(chain);
  }

  private GraphNode renamed(GraphNode node, Set<String> drawn, List<String> outputs) {
    var inputs =
        node.inputs().stream().map(name -> isRandom(name, drawn) ? random(name) : name).toList();
    return new GraphNode(
        node.name(), node.operation(), node.domain(), inputs, outputs, node.attributes());
  }
}
