package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/**
 * The cosine similarity between a text's mean last hidden state and that of another text, as a
 * function of the first text's word embeddings: which words make two texts alike. The other text's
 * is a constant.
 *
 * <p>Inputs are {@code [tokens, hidden]}, see {@link BertModel#embeddings}; the only output lies in
 * −1..1. The BERT model stays the caller's to close.
 */
public final class SimilarityScores implements TextScores {
  private final EmbeddedText text;
  private final double[] direction;

  private SimilarityScores(EmbeddedText text, double[] direction) {
    this.text = text;
    this.direction = direction;
  }

  /**
   * The similarity to another text.
   *
   * @param engine that runs the model on the other text
   * @param tokens that give the length and the segments
   * @param other the text that is compared with
   * @throws IllegalArgumentException if a text has more tokens than the model has positions
   */
  public SimilarityScores(Engine engine, BertModel model, Tokens tokens, Tokens other) {
    this(EmbeddedText.of(model, tokens), unitMean(engine, EmbeddedText.of(model, other)));
  }

  private static double[] unitMean(Engine engine, EmbeddedText text) {
    var ids = text.tokens().ids();
    try (var tape = new Tape(engine);
        var batch = Tensor.of(ids, 1, ids.length)) {
      var embeddings = text.model().wordEmbeddings(tape, batch);
      var mean =
          text.forward(
                  tape,
                  embeddings,
                  Optional.empty(),
                  Taps.NONE,
                  (_, hidden) -> Mean.apply(tape, hidden, 1))
              .toDoubles();
      var length = Math.sqrt(Arrays.stream(mean).map(x -> x * x).sum());
      check(length > 0, "The mean hidden state of the other text is zero, so nothing is like it");
      return Arrays.stream(mean).map(x -> x / length).toArray();
    }
  }

  @Override
  public EmbeddedText text() {
    return text;
  }

  @Override
  public List<String> headLayers() {
    return List.of();
  }

  @Override
  public SimilarityScores of(EmbeddedText other) {
    return new SimilarityScores(other, direction);
  }

  @Override
  public int outputs() {
    return 1;
  }

  /** {@code cos = (m · d) · exp(−½ ln Σ m²)} with the mean {@code m} and the unit vector d. */
  @Override
  public Tensor head(Tape tape, Tensor hidden) {
    var batch = hidden.size(0);
    var size = hidden.size(2);
    var mean = Reshape.apply(tape, Mean.apply(tape, hidden, 1), batch, size);
    var unit = tape.allocate(type(), 1, size);
    unit.set(direction);
    var none = tape.allocate(type(), 1);
    none.set(new double[1]);
    var along = Linear.apply(tape, mean, unit, none);
    var squares = Sum.apply(tape, Multiply.apply(tape, mean, mean), 1);
    var inverse = Exp.apply(tape, Scale.apply(tape, Log.apply(tape, squares), -0.5));
    return Multiply.apply(tape, along, Reshape.apply(tape, inverse, batch, 1));
  }
}
