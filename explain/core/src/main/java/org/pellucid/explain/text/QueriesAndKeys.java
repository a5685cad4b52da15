package org.pellucid.explain.text;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Tokens;

/**
 * A layer's queries and keys, from whose products its attention is made: {@code softmax(q · k /
 * √size)}.
 *
 * @param layer from 0
 * @param size the width of a query or key
 * @param queries {@code [heads, tokens, size]}
 * @param keys {@code [heads, tokens, size]}
 */
public record QueriesAndKeys(int layer, int size, float[] queries, float[] keys) {
  /**
   * Computes those of some layers in one forward pass.
   *
   * @param layers from 0, in any order
   * @throws IllegalArgumentException if the model has no such layer, or the text has more tokens
   *     than the model has positions
   */
  public static List<QueriesAndKeys> of(
      Engine engine, BertModel model, Tokens tokens, List<Integer> layers) {
    try (var tape = new Tape(engine);
        var ids = Tensor.of(tokens.ids(), 1, tokens.size());
        var segments = Tensor.of(tokens.segmentIds(), 1, tokens.size())) {
      var outputs =
          LayerOutputs.of(
              name ->
                  layers.stream()
                      .anyMatch(
                          layer ->
                              name.equals(BertModel.queryLayer(layer))
                                  || name.equals(BertModel.keyLayer(layer))));
      model.encode(tape, model.wordEmbeddings(tape, ids), segments, Optional.empty(), outputs);
      return layers.stream().map(layer -> of(outputs, layer)).toList();
    }
  }

  private static QueriesAndKeys of(LayerOutputs outputs, int layer) {
    var queries = outputs.get(BertModel.queryLayer(layer));
    var keys = outputs.get(BertModel.keyLayer(layer));
    return new QueriesAndKeys(
        layer, Math.toIntExact(queries.size(3)), queries.toFloats(), keys.toFloats());
  }
}
