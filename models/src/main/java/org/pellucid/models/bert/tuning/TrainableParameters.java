package org.pellucid.models.bert.tuning;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.autograd.Gradients;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.optim.AdamW;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.LowRankMatrices;

/**
 * The tensors that a training changes, by their names in a fixed order.
 *
 * @param byName the adapter's by PEFT's names, the model's by Hugging Face's
 */
record TrainableParameters(Map<String, Tensor> byName) {
  private static final String HEAD = "qa_outputs.";

  static TrainableParameters of(
      TrainedPart part, BertModel model, Optional<LowRankMatrices> adapter) {
    var chosen = new LinkedHashMap<String, Tensor>();
    adapter.ifPresent(matrices -> chosen.putAll(matrices.parameters()));
    model
        .parameters()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(HEAD) || part == TrainedPart.ALL && belongsToBody(name)) {
                chosen.put(name, tensor);
              }
            });
    return new TrainableParameters(chosen);
  }

  /** Other heads, and the pooler, have no part in answers. */
  private static boolean belongsToBody(String name) {
    return name.startsWith("bert.embeddings") || name.startsWith("bert.encoder.");
  }

  List<Tensor> tensors() {
    return List.copyOf(byName.values());
  }

  /** With the decision whether each decays: matrices do, shifts and scales don't. */
  List<AdamW.Parameter> forOptimiser() {
    return byName.values().stream()
        .map(tensor -> new AdamW.Parameter(tensor, tensor.rank() > 1))
        .toList();
  }

  void watch(Tape tape) {
    byName.values().forEach(tape::watch);
  }

  /** The gradients of a loss, in the order of the parameters. */
  List<Tensor> gradients(Tape tape, Tensor loss) {
    Tensor[] all = byName.values().toArray(Tensor[]::new);
    Gradients gradients = tape.gradient(loss, all);
    return Arrays.stream(all).map(gradients::of).toList();
  }

  long elements() {
    return byName.values().stream().mapToLong(Tensor::elements).sum();
  }
}
