package org.pellucid.explain.search;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Tokens;

/**
 * Runs sentences through BERT in batches. Corpus and queries take the same way, so that a token of
 * the corpus finds itself.
 */
final class SentenceEncoder {
  /** A sentence's width with padding is a multiple of this, so that it depends on it alone. */
  private static final int STEP = 8;

  private final Engine engine;
  private final BertModel model;
  private final int padId;

  SentenceEncoder(Engine engine, BertModel model, int padId) {
    this.engine = engine;
    this.model = model;
    this.padId = padId;
  }

  /**
   * Vectors of length 1 of a batch's tokens.
   *
   * @param width of each sentence with padding
   * @param values by field, {@code [sentences, width, hidden]}
   */
  record Encoded(int width, int hidden, Map<VectorField, float[]> values) {
    /** The vector of a token, {@code [hidden]}. */
    float[] vector(VectorField field, int sentence, int token) {
      var at = (sentence * width + token) * hidden;
      return Arrays.copyOfRange(values.get(field), at, at + hidden);
    }
  }

  /** The number of positions that a sentence takes in a batch. */
  int width(Tokens sentence) {
    var steps = (sentence.size() + STEP - 1) / STEP;
    return Math.min(steps * STEP, Math.max(sentence.size(), model.config().maximalPositions()));
  }

  /**
   * Encodes sentences of one width.
   *
   * @throws IllegalArgumentException if a vector is not finite
   */
  Encoded encode(List<Tokens> sentences, List<VectorField> fields) {
    var width = width(sentences.getFirst());
    var hidden = model.config().hiddenSize();
    var ids = new int[sentences.size() * width];
    var ones = new int[ids.length];
    Arrays.fill(ids, padId);
    for (var i = 0; i < sentences.size(); i++) {
      var tokens = sentences.get(i);
      System.arraycopy(tokens.ids(), 0, ids, i * width, tokens.size());
      Arrays.fill(ones, i * width, i * width + tokens.size(), 1);
    }
    var values = new HashMap<VectorField, float[]>();
    try (var tape = new Tape(engine);
        var batch = Tensor.of(ids, sentences.size(), width);
        var segments = Tensor.of(new int[ids.length], sentences.size(), width)) {
      var outputs = LayerOutputs.of(fields.stream().map(VectorField::tap).toArray(String[]::new));
      model.encode(tape, model.wordEmbeddings(tape, batch), segments, Optional.of(ones), outputs);
      for (var field : fields) {
        values.put(field, normalised(outputs.get(field.tap()).toFloats(), field.by()));
      }
    }
    return new Encoded(width, hidden, values);
  }

  /** Makes embeddings, and each head's part of contexts, equally long: 1 for a whole vector. */
  private float[] normalised(float[] values, SearchBy by) {
    var hidden = model.config().hiddenSize();
    var parts = by == SearchBy.CONTEXT ? model.config().heads() : 1;
    var part = hidden / parts;
    for (var at = 0; at < values.length; at += part) {
      var square = 0.0;
      for (var i = at; i < at + part; i++) {
        square += (double) values[i] * values[i];
      }
      check(
          Double.isFinite(square),
          "The model gives numbers that are not finite; check its weights by: weights verify");
      var factor = square == 0 ? 0 : 1 / Math.sqrt(square * parts);
      for (var i = at; i < at + part; i++) {
        values[i] *= (float) factor;
      }
    }
    return values;
  }
}
