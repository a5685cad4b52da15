package org.pellucid.models.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.onnx.ExampleByExample;
import org.pellucid.models.onnx.GraphParameters;
import org.pellucid.models.onnx.Initialisation;

/**
 * Numbers that a language model's graph gives for one text, as a function of its word embeddings.
 *
 * @param owned whether the model is closed with it; else it stays the caller's to close
 */
record GraphTextFunction(OnnxTextModel model, Tokens tokens, GraphHead head, boolean owned)
    implements TextFunction {

  /** Numbers of a model that stays the caller's to close. */
  GraphTextFunction(OnnxTextModel model, Tokens tokens, GraphHead head) {
    this(model, tokens, head, false);
  }

  @Override
  public long[] inputShape() {
    return new long[] {tokens.size(), model.inputs().words().width()};
  }

  @Override
  public int outputs() {
    return head.outputs();
  }

  @Override
  public ElementType type() {
    return model.graph().type();
  }

  @Override
  public List<String> layerNames() {
    return model.graph().realValues();
  }

  @Override
  public List<String> layersWithParameters() {
    return parameters().layers();
  }

  @Override
  public GraphTextFunction randomised(Set<String> layers, long seed) {
    var copy = parameters().randomised(layers, Initialisation.BERT, seed);
    return new GraphTextFunction(model.with(copy), tokens, head, true);
  }

  private GraphParameters parameters() {
    return GraphParameters.between(model.graph(), model.inputs().words().value(), head.names());
  }

  @Override
  public void close() {
    if (owned) {
      model.close();
    }
  }

  @Override
  public int padId() {
    return model.tokenizer().padId();
  }

  @Override
  public float[] embeddings(Engine engine, int... ids) {
    return model.words(engine, ids);
  }

  /** The numbers for the text as it is. */
  double[] of(Engine engine) {
    try (var tape = new Tape(engine)) {
      var inputs = model.inputsOf(tokens, 1, Optional.empty());
      var pass = model.graph().forward(tape, inputs, Map.of(), head.names(), Taps.NONE);
      return head.of(tape, pass.values(), Optional.empty()).toDoubles();
    }
  }

  @Override
  public int largestBatch() {
    return model.graph().largestBatch();
  }

  @Override
  public Tensor forward(Tape tape, Tensor inputs, Optional<int[]> attentionMask, Taps taps) {
    Shapes.checkRank("A batch of word embeddings", inputs, 3);
    var batch = Math.toIntExact(inputs.size(0));
    var shape = inputShape();
    Shapes.checkShape("A batch of word embeddings", inputs, batch, shape[0], shape[1]);
    return ExampleByExample.run(
        model.graph(),
        tape,
        inputs,
        taps,
        (texts, first) -> pass(tape, texts, rows(attentionMask, first, texts.size(0)), taps));
  }

  /** The part of a batch's mask that is about some texts. */
  private Optional<int[]> rows(Optional<int[]> attentionMask, int first, long count) {
    var from = first * tokens.size();
    var to = from + Math.toIntExact(count) * tokens.size();
    return attentionMask.map(all -> Arrays.copyOfRange(all, from, to));
  }

  private Tensor pass(Tape tape, Tensor words, Optional<int[]> attentionMask, Taps taps) {
    var inputs = model.inputsOf(tokens, Math.toIntExact(words.size(0)), attentionMask);
    var given = Map.of(model.inputs().words().value(), words);
    var pass = model.graph().forward(tape, inputs, given, head.names(), taps);
    return pass.stopped() ? pass.values().getFirst() : head.of(tape, pass.values(), attentionMask);
  }
}
