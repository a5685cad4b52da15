package org.pellucid.explain.evaluation;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/** The shapes of a model's layers, found by a forward pass on zeros when they are first wanted. */
final class LayerShapes implements Supplier<Map<String, long[]>> {
  private final Engine engine;
  private final Model model;
  private Optional<Map<String, long[]>> found = Optional.empty();

  private LayerShapes(Engine engine, Model model) {
    this.engine = engine;
    this.model = model;
  }

  /** The shapes, without the batch axis and with channels first. */
  static Supplier<Map<String, long[]>> once(Engine engine, Model model) {
    return new LayerShapes(engine, model);
  }

  @Override
  public synchronized Map<String, long[]> get() {
    if (found.isEmpty()) {
      found = Optional.of(find());
    }
    return found.get();
  }

  private Map<String, long[]> find() {
    var shapes = new LinkedHashMap<String, long[]>();
    model.layerNames().forEach(name -> shapes.put(name, new long[0]));
    try (var tape = new Tape(engine)) {
      var x = tape.allocate(model.type(), Evaluator.withBatch(1, model.inputShape()));
      engine.kernels().forType(x.type()).arithmetic().fill(0, x);
      model.forward(tape, x, new Probe(shapes));
    }
    shapes.values().removeIf(shape -> shape.length == 0);
    return Collections.unmodifiableMap(shapes);
  }

  private record Probe(Map<String, long[]> shapes) implements Taps {
    @Override
    public boolean wants(String layer) {
      return true;
    }

    @Override
    public Tensor tap(Tape tape, String layer, Tensor output) {
      var shape = output.shape();
      shapes.put(
          layer,
          shape.length == 4
              ? new long[] {shape[3], shape[1], shape[2]}
              : Arrays.copyOfRange(shape, 1, shape.length));
      return output;
    }
  }
}
