package org.pellucid.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.BertWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.RandomBert;
import org.pellucid.models.bert.BertConfig;

/** The encoder of BERT in DJL's operations. */
final class DjlBert {
  private final Map<String, NDArray> parameters = new HashMap<>();
  private final BertConfig config;
  private final Shape hidden;

  private DjlBert(NDManager owner, BertConfig config) {
    this.config = config;
    this.hidden = new Shape(config.hiddenSize());
    var source = new RandomBert(config);
    for (var name : source.names()) {
      parameters.put(name, owner.create(source.floats(name), new Shape(source.shape(name))));
    }
  }

  private NDArray of(String name) {
    return parameters.get(name);
  }

  /** The rows of the word embedding table {@code [batch, tokens, hidden]}. */
  private NDArray words(NDArray ids) {
    return ids.getNDArrayInternal()
        .embedding(ids, of("bert.embeddings.word_embeddings.weight"), SparseFormat.DENSE)
        .singletonOrThrow();
  }

  private NDArray encode(NDArray words, NDArray positions, NDArray segment) {
    try (var withSegment = words.add(segment);
        var sum = withSegment.add(positions)) {
      var x = norm(sum, "bert.embeddings.LayerNorm");
      for (var layer = 0; layer < config.layers(); layer++) {
        var before = x;
        x = layer(x, RandomBert.layerName(layer));
        before.close();
      }
      return x;
    }
  }

  private NDArray layer(NDArray x, String name) {
    try (var query = inHeads(x, name + "attention.self.query");
        var key = inHeads(x, name + "attention.self.key");
        var value = inHeads(x, name + "attention.self.value");
        var perHead = DjlAttention.context(query, key, value);
        var merged = perHead.transpose(0, 2, 1, 3);
        var context = merged.reshape(x.getShape());
        var projected = linear(context, name + "attention.output.dense");
        var firstSum = projected.add(x);
        var attended = norm(firstSum, name + "attention.output.LayerNorm");
        var wide = linear(attended, name + "intermediate.dense");
        var activated = Activation.gelu(wide);
        var narrow = linear(activated, name + "output.dense");
        var secondSum = narrow.add(attended)) {
      return norm(secondSum, name + "output.LayerNorm");
    }
  }

  private NDArray inHeads(NDArray x, String name) {
    var shape = x.getShape();
    try (var projected = linear(x, name);
        var split =
            projected.reshape(shape.get(0), shape.get(1), config.heads(), config.headSize())) {
      return split.transpose(0, 2, 1, 3);
    }
  }

  private NDArray linear(NDArray x, String name) {
    return Linear.linear(x, of(name + ".weight"), of(name + ".bias")).singletonOrThrow();
  }

  private NDArray norm(NDArray x, String name) {
    return LayerNorm.layerNorm(
            x, hidden, of(name + ".weight"), of(name + ".bias"), (float) config.layerNormEpsilon())
        .singletonOrThrow();
  }

  static Task task(NDManager owner, BertWork work) {
    var bert = new DjlBert(owner, work.config());
    var shape = new Shape(work.batch(), work.tokens());
    var ids = owner.create(work.ids(), shape).toType(DataType.INT64, false);
    var positions = bert.of("bert.embeddings.position_embeddings.weight").get("0:" + work.tokens());
    var segment = bert.of("bert.embeddings.token_type_embeddings.weight").get(0);
    var weights = owner.create(work.resultWeights(), shape.add(work.config().hiddenSize()));
    var parameters = new ArrayList<NDArray>();
    if (work.pass() == Pass.WEIGHTS) {
      new RandomBert(work.config())
          .layerParameters()
          .forEach(name -> parameters.add(bert.of(name)));
      parameters.forEach(parameter -> parameter.setRequiresGradient(true));
    }
    return new ArrayTask(
        owner,
        scope -> {
          ids.tempAttach(scope);
          var words = bert.words(ids);
          if (work.pass() == Pass.FORWARD) {
            return List.of(bert.encode(words, positions, segment));
          }
          words.setRequiresGradient(true);
          try (var collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            var last = bert.encode(words, positions, segment);
            collector.backward(last.mul(weights).sum());
          }
          var gradients = new ArrayList<>(List.of(words.getGradient()));
          parameters.forEach(parameter -> gradients.add(Leaves.take(parameter, scope)));
          return gradients;
        });
  }
}
