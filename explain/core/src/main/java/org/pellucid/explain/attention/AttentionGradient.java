package org.pellucid.explain.attention;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * The gradient of one of a model's outputs with respect to the attention of every layer, in one
 * forward and one backward pass. A layer's attention counts as free to change, the layers after it
 * as depending on it.
 *
 * @param output the output's value
 * @param gradient its derivatives
 */
public record AttentionGradient(double output, AttentionMaps gradient) {
  /**
   * Computes it.
   *
   * @param input one input of the model, of its {@link Model#inputShape}
   * @param output the number of the output to differentiate
   * @param layers the model's names of the layers that give attention, {@code [1, heads, query,
   *     key]} each
   * @throws IllegalArgumentException if the model has no such output, it names no layer, or doesn't
   *     offer one of them
   */
  public static AttentionGradient of(
      Engine engine, Model model, Values input, int output, List<String> layers) {
    check(
        output >= 0 && output < model.outputs(),
        "There is no output %d; the model's outputs are 0..%d",
        output,
        model.outputs() - 1);
    check(!layers.isEmpty(), "There is no layer whose attention could be differentiated");
    var shape = model.inputShape();
    var batch = new long[shape.length + 1];
    batch[0] = 1;
    System.arraycopy(shape, 0, batch, 1, shape.length);
    var weights = new double[model.outputs()];
    weights[output] = 1;
    try (var tape = new Tape(engine)) {
      var x = tape.allocate(model.type(), batch);
      x.set(input.toDoubles());
      var watched = new Watched(layers);
      var outputs = model.forward(tape, x, watched);
      var seed = tape.allocate(outputs.type(), 1, model.outputs());
      seed.set(weights);
      var attention = layers.stream().map(watched::get).toList();
      var gradients = tape.gradient(outputs, seed, attention);
      return new AttentionGradient(
          outputs.toDoubles()[output], joined(attention.stream().map(gradients::of).toList()));
    }
  }

  private static AttentionMaps joined(List<Tensor> gradients) {
    var first = gradients.getFirst();
    var heads = Math.toIntExact(first.size(1));
    var tokens = Math.toIntExact(first.size(2));
    var size = heads * tokens * tokens;
    var all = new float[Math.multiplyExact(gradients.size(), size)];
    for (var layer = 0; layer < gradients.size(); layer++) {
      System.arraycopy(gradients.get(layer).toFloats(), 0, all, layer * size, size);
    }
    return new AttentionMaps(gradients.size(), heads, tokens, all);
  }

  /** Begins to record at the first layer's attention. */
  private record Watched(List<String> layers, Map<String, Tensor> seen) implements Taps {
    Watched(List<String> layers) {
      this(layers, new LinkedHashMap<>());
    }

    @Override
    public boolean wants(String layer) {
      return layers.contains(layer);
    }

    @Override
    public Tensor tap(Tape tape, String layer, Tensor output) {
      seen.put(layer, tape.watch(output));
      return output;
    }

    Tensor get(String layer) {
      var tensor = seen.get(layer);
      check(tensor != null, "The model doesn't offer a layer %s", layer);
      return tensor;
    }
  }
}
