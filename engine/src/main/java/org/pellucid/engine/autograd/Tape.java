package org.pellucid.engine.autograd;

import static org.pellucid.engine.tensor.Shapes.check;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * The memory of one forward pass, and the owner of what it allocated.
 *
 * <pre>{@code
 * try (Tape tape = new Tape()) {
 *   Tensor x = tape.watch(image);
 *   Tensor logit = …;                       // operations applied on the tape
 *   Tensor g = tape.gradient(logit, x).of(x);
 * }
 * }</pre>
 *
 * <p>Only what leads from a watched tensor to a result is recorded, and only the gradients that are
 * asked for are computed. Closing the tape gives all its memory back to the engine's pool; what
 * must outlive it is {@linkplain Tensor#detached() detached} first. A tape belongs to one thread.
 */
public final class Tape implements AutoCloseable {
  private final Engine engine;
  private final List<Node> nodes = new ArrayList<>();
  private final Set<Tensor> tracked = identitySet();
  private final Set<Tensor> owned = identitySet();
  private final Set<Tensor> kept = identitySet();
  private final BackwardRules rules = new BackwardRules();
  private String layer = "";
  private boolean closed;

  /** A tape on the standard engine. */
  public Tape() {
    this(Engine.standard());
  }

  /** A tape on an engine of the caller's. */
  public Tape(Engine engine) {
    this.engine = engine;
  }

  private static <T> Set<T> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** The engine that computes and holds the memory. */
  public Engine engine() {
    return engine;
  }

  /**
   * Begins to record what is computed from {@code tensor} and returns it.
   *
   * @throws IllegalArgumentException if it holds integers, which have no gradients
   */
  public Tensor watch(Tensor tensor) {
    check(tensor.type().isFloatingPoint(), "Integers can't be watched: they have no gradients");
    tracked.add(tensor);
    kept.add(tensor);
    return tensor;
  }

  /** Whether {@code tensor} is watched or was computed from one that is. */
  public boolean tracks(Tensor tensor) {
    return tracked.contains(tensor);
  }

  /**
   * Says which layer of a model the operations applied from now on belong to. Before the first call
   * it is the layer {@code ""}, to which a model returns at the end of its forward pass.
   */
  public void enterLayer(String name) {
    layer = name;
  }

  /** The layer that operations applied now belong to. */
  public String layer() {
    return layer;
  }

  /**
   * Uses {@code rule} instead of the backward step of every operation of a kind that is applied
   * from now on; inputs and outputs of these operations are kept for it. A later registration wins
   * over an earlier one.
   *
   * <p>An operation that would run together with others in one step, such as a {@code Relu} in a
   * {@code Convolution2d}, runs by itself where a rule concerns one of them.
   *
   * @param kind one class of operations, exactly
   * @throws IllegalArgumentException if the class is abstract
   */
  public <O extends Operation> void replaceBackward(Class<O> kind, BackwardRule<? super O> rule) {
    replaceBackward(_ -> true, kind, rule);
  }

  /**
   * Uses {@code rule} instead of the backward step of every operation of a kind that is applied
   * from now on in one of the {@code layers}, as {@link #replaceBackward(Class, BackwardRule)} does
   * in all of them.
   *
   * @param layers accepts the names of layers, see {@link #enterLayer}
   * @throws IllegalArgumentException if the class is abstract
   */
  public <O extends Operation> void replaceBackward(
      Predicate<String> layers, Class<O> kind, BackwardRule<? super O> rule) {
    rules.add(layers, kind, rule);
  }

  /** Whether a rule concerns any operations in any layer. */
  public boolean replacesBackward() {
    return !rules.isEmpty();
  }

  /** Whether a rule concerns operations of a kind that are applied now, in the current layer. */
  public boolean replacesBackward(Class<? extends Operation> kind) {
    return replacesBackward(layer, kind);
  }

  /** Whether a rule concerns operations of a kind in a layer. */
  public boolean replacesBackward(String layer, Class<? extends Operation> kind) {
    return rules.find(layer, kind).isPresent();
  }

  /**
   * Runs an operation on the given inputs and records it if one of them is tracked.
   *
   * @throws IllegalArgumentException if inputs are of different floating-point types
   */
  public Tensor apply(Operation operation, Tensor... inputs) {
    checkOpen();
    var recorded = false;
    var type = Optional.<ElementType>empty();
    for (var input : inputs) {
      recorded |= tracked.contains(input);
      if (input.type().isFloatingPoint()) {
        var expected = type.orElse(input.type());
        check(
            input.type() == expected,
            "%s was given %s and %s; convert one of them",
            operation.name(),
            expected,
            input.type());
        type = Optional.of(expected);
      }
    }
    var rule = rules.find(layer, operation.getClass());
    var node = new Node(operation, inputs, recorded, layer, rule);
    var output = operation.forward(new Forward(this, node));
    // Kernels know addresses alone, and the memory of what nobody refers to is used again.
    Reference.reachabilityFence(inputs);
    node.output(output);
    if (recorded) {
      node.position(nodes.size());
      nodes.add(node);
      tracked.add(output);
      if (rule.isPresent()) {
        Collections.addAll(kept, inputs);
        kept.add(output);
      }
    }
    return output;
  }

  /** A tensor with undefined contents that belongs to this tape. */
  public Tensor allocate(ElementType type, long... shape) {
    checkOpen();
    return own(engine.memory().allocate(type, shape));
  }

  Tensor own(Tensor tensor) {
    owned.add(tensor);
    return tensor;
  }

  /** Protects {@code tensor} from {@link #discard} until the tape is closed, and returns it. */
  public Tensor keep(Tensor tensor) {
    kept.add(tensor);
    return tensor;
  }

  /**
   * Says that the caller won't read {@code tensor} again. Its memory is given back unless a
   * recorded operation saved it, it is watched or kept, or it doesn't belong to this tape.
   */
  public void discard(Tensor tensor) {
    if (!kept.contains(tensor) && owned.remove(tensor)) {
      tensor.close();
    }
  }

  /**
   * The gradients of a result with respect to tensors that it was computed from. A result with more
   * than one element counts as the sum of its elements.
   *
   * @throws IllegalArgumentException if the result doesn't depend on any of the tensors
   */
  public Gradients gradient(Tensor result, Tensor... withRespectTo) {
    var ones = allocate(result.type(), result.shape());
    engine.kernels().forType(ones.type()).arithmetic().fill(1, ones);
    try {
      return gradient(result, ones, List.of(withRespectTo));
    } finally {
      discard(ones);
    }
  }

  /**
   * The gradients of {@code Σ weights · result}, the vector–Jacobian product.
   *
   * @param weights of the shape of {@code result}
   * @throws IllegalArgumentException if the shapes differ, or the result doesn't depend on any of
   *     the tensors
   */
  public Gradients gradient(Tensor result, Tensor weights, List<Tensor> withRespectTo) {
    checkOpen();
    Shapes.checkShape("The weights of the result", weights, result.shape());
    var wanted = dependentOn(withRespectTo);
    check(
        wanted.contains(result),
        "The result doesn't depend on the tensors that gradients are asked for; watch them first");
    var asked = Tape.<Tensor>identitySet();
    asked.addAll(withRespectTo);
    var sums = new GradientSums(this, wanted);
    var seed = own(weights.view(weights.shape()));
    sums.add(result, seed);
    for (var i = nodes.size() - 1; i >= 0; i--) {
      passBack(nodes.get(i), sums, asked);
    }
    return collected(withRespectTo, sums);
  }

  private Set<Tensor> dependentOn(List<Tensor> sources) {
    var dependent = Tape.<Tensor>identitySet();
    for (var source : sources) {
      check(tracks(source), "A gradient was asked for a tensor that the tape doesn't watch");
      dependent.add(source);
    }
    for (var node : nodes) {
      for (var input : node.inputs()) {
        if (dependent.contains(input)) {
          dependent.add(node.output());
        }
      }
    }
    return dependent;
  }

  private void passBack(Node node, GradientSums sums, Set<Tensor> asked) {
    var gradient =
        asked.contains(node.output()) ? sums.of(node.output()) : sums.take(node.output());
    if (gradient.isEmpty() || noneWanted(node, sums)) {
      return;
    }
    var backward = new Backward(this, node, gradient.get(), sums.of(node));
    node.rule()
        .ifPresentOrElse(
            rule -> rule.backward(node.operation(), backward),
            () -> node.operation().backward(backward));
    if (!asked.contains(node.output())) {
      discard(gradient.get());
    }
  }

  /** The number of operations that are recorded so far. */
  public int recorded() {
    return nodes.size();
  }

  /**
   * The recorded operation at a position.
   *
   * @param position from 0, in the order in which they were applied
   * @throws IndexOutOfBoundsException if so many weren't recorded
   */
  public RecordedOperation recorded(int position) {
    return new RecordedOperation(this, nodes.get(position));
  }

  boolean recordedBefore(Node node, Collection<Class<? extends Operation>> kinds) {
    return nodes.subList(0, node.position()).stream()
        .anyMatch(earlier -> kinds.contains(earlier.operation().getClass()));
  }

  Optional<Backward.Origin> origin(Tensor tensor) {
    for (var node : nodes) {
      if (node.output() == tensor) {
        return Optional.of(new Backward.Origin(node.operation(), List.of(node.inputs())));
      }
    }
    return Optional.empty();
  }

  private static boolean noneWanted(Node node, GradientSums sums) {
    for (var input : node.inputs()) {
      if (sums.wants(input)) {
        return false;
      }
    }
    return true;
  }

  private Gradients collected(List<Tensor> withRespectTo, GradientSums sums) {
    var gradients = new IdentityHashMap<Tensor, Tensor>();
    for (var tensor : withRespectTo) {
      gradients.put(tensor, sums.of(tensor).orElseGet(() -> zeros(tensor)));
    }
    return new Gradients(gradients);
  }

  private Tensor zeros(Tensor like) {
    var zeros = allocate(like.type(), like.shape());
    engine.kernels().forType(zeros.type()).arithmetic().fill(0, zeros);
    return zeros;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("This tape was closed; begin a new one.");
    }
  }

  /** Gives back everything that was allocated on this tape; a second call does nothing. */
  @Override
  public void close() {
    closed = true;
    owned.forEach(Tensor::close);
    owned.clear();
    nodes.clear();
    tracked.clear();
    kept.clear();
  }
}
