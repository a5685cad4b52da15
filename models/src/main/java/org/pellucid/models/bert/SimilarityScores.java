package org.pellucid.models.bert;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Reshape;
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
  private final CosineSimilarity similarity;

  private SimilarityScores(EmbeddedText text, CosineSimilarity similarity) {
    this.text = text;
    this.similarity = similarity;
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
    this(
        EmbeddedText.of(model, tokens),
        CosineSimilarity.to(mean(engine, EmbeddedText.of(model, other))));
  }

  private static double[] mean(Engine engine, EmbeddedText text) {
    var ids = text.tokens().ids();
    try (var tape = new Tape(engine);
        var batch = Tensor.of(ids, 1, ids.length)) {
      var embeddings = text.model().wordEmbeddings(tape, batch);
      return text.forward(
              tape,
              embeddings,
              Optional.empty(),
              Taps.NONE,
              (_, hidden) -> Mean.apply(tape, hidden, 1))
          .toDoubles();
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
    return new SimilarityScores(other, similarity);
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Tensor head(Tape tape, Tensor hidden) {
    var mean = Mean.apply(tape, hidden, 1);
    return similarity.of(tape, Reshape.apply(tape, mean, hidden.size(0), hidden.size(2)));
  }
}
