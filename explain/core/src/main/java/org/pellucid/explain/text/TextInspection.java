package org.pellucid.explain.text;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.LayerOutputs;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Tokens;

/**
 * The hidden states, attention and predictions of a BERT model for one text.
 *
 * @param hiddenStates {@code [layers + 1][tokens · hidden]}; the first is the embeddings
 * @param attention {@code [layers, heads, query, key]}, probabilities; empty if only hidden states
 *     were computed
 * @param predictions the likeliest tokens at each position, best first; empty without the head
 */
public record TextInspection(
    Tokens tokens,
    int hiddenSize,
    int heads,
    List<float[]> hiddenStates,
    float[] attention,
    List<List<Prediction>> predictions) {

  /** A token predicted at a position. */
  public record Prediction(int id, double probability) {}

  /**
   * Computes hidden states, attention and predicted tokens.
   *
   * @param predictionsEach the number of tokens predicted at each position; 0 for none
   * @throws IllegalArgumentException if the text has more tokens than the model has positions
   */
  public static TextInspection of(
      Engine engine, BertModel model, Tokens tokens, int predictionsEach) {
    return run(engine, model, tokens, true, predictionsEach);
  }

  /**
   * Computes the same hidden states alone, bit for bit, without predictions and without a copy of
   * the attention.
   *
   * @throws IllegalArgumentException if the text has more tokens than the model has positions
   */
  public static TextInspection hiddenStates(Engine engine, BertModel model, Tokens tokens) {
    return run(engine, model, tokens, false, 0);
  }

  /**
   * Attention is always computed step by step: in one step it would take less time and memory, but
   * sum in another order, and hidden states would depend on whether attention is read too.
   */
  private static TextInspection run(
      Engine engine, BertModel model, Tokens tokens, boolean readsAttention, int predictionsEach) {
    var size = tokens.size();
    try (var tape = new Tape(engine);
        var ids = Tensor.of(tokens.ids(), 1, size);
        var segments = Tensor.of(tokens.segmentIds(), 1, size)) {
      var embeddings = model.wordEmbeddings(tape, ids);
      var config = model.config();
      var hiddenStates =
          IntStream.rangeClosed(0, config.layers()).mapToObj(BertModel::hiddenStateLayer).toList();
      var attentions =
          IntStream.range(0, config.layers()).mapToObj(BertModel::probabilitiesLayer).toList();
      var outputs =
          LayerOutputs.of(layer -> hiddenStates.contains(layer) || attentions.contains(layer));
      var last = model.encode(tape, embeddings, segments, Optional.empty(), outputs);
      var predictions =
          predictionsEach > 0 && model.predictsTokens()
              ? predictions(model.predictTokens(tape, last), predictionsEach)
              : List.<List<Prediction>>of();
      return new TextInspection(
          tokens,
          model.config().hiddenSize(),
          model.config().heads(),
          hiddenStates.stream().map(layer -> outputs.get(layer).toFloats()).toList(),
          readsAttention ? joined(attentions.stream().map(outputs::get).toList()) : new float[0],
          predictions);
    }
  }

  /** Copies one tensor at a time, so that there is one copy of all and one of a single tensor. */
  private static float[] joined(Collection<Tensor> tensors) {
    var size = tensors.stream().mapToLong(tensor -> Shapes.elements(tensor.shape())).sum();
    var all = new float[Math.toIntExact(size)];
    var at = 0;
    for (var tensor : tensors) {
      var values = tensor.toFloats();
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return all;
  }

  private static List<List<Prediction>> predictions(Tensor logits, int each) {
    var vocabulary = (int) logits.size(2);
    var values = logits.toFloats();
    return IntStream.range(0, (int) logits.size(1))
        .mapToObj(
            position ->
                best(
                    Arrays.copyOfRange(values, position * vocabulary, (position + 1) * vocabulary),
                    each))
        .toList();
  }

  private static List<Prediction> best(float[] logits, int count) {
    var largest = Double.NEGATIVE_INFINITY;
    for (var logit : logits) {
      largest = Math.max(largest, logit);
    }
    var sum = 0.0;
    for (var logit : logits) {
      sum += Math.exp(logit - largest);
    }
    var top = largest;
    var total = sum;
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble(id -> -logits[id]))
        .limit(count)
        .map(id -> new Prediction(id, Math.exp(logits[id] - top) / total))
        .toList();
  }

  /** The number of layers without the embeddings. */
  public int layers() {
    return hiddenStates.size() - 1;
  }

  /** All hidden states, {@code [layers + 1, tokens, hidden]}. */
  public float[] joinedHiddenStates() {
    var layer = tokens.size() * hiddenSize;
    var all = new float[hiddenStates.size() * layer];
    for (var i = 0; i < hiddenStates.size(); i++) {
      System.arraycopy(hiddenStates.get(i), 0, all, i * layer, layer);
    }
    return all;
  }

  /** One token's vector at a layer, {@code [hidden]}; layer 0 is the embeddings. */
  public float[] vector(int layer, int position) {
    return Arrays.copyOfRange(
        hiddenStates.get(layer), position * hiddenSize, (position + 1) * hiddenSize);
  }

  /**
   * The span that a question-answering head finds likeliest in the second text: the best sum of
   * start and end logit with the end not before the start. Only the head runs: the model must be
   * the one that was inspected.
   *
   * @return the first and last position; empty if the model has no such head or no second text
   */
  public Optional<int[]> answer(Engine engine, BertModel model) {
    if (!model.answersQuestions() || tokens.second().isEmpty()) {
      return Optional.empty();
    }
    try (var tape = new Tape(engine);
        var last = Tensor.of(hiddenStates.getLast(), 1, tokens.size(), hiddenSize)) {
      var startsThenEnds = Transpose.apply(tape, model.answerSpans(tape, last), 0, 2, 1);
      return Optional.of(AnswerSpan.best(tokens, startsThenEnds.toFloats()));
    }
  }
}
