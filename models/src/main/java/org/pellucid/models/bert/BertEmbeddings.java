package org.pellucid.models.bert;

import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Embedding;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Norm;
import org.pellucid.models.bert.Dense.Projection;

/**
 * What the encoder begins with: the sum of word, position and segment embeddings, normalised, and
 * projected to the hidden states' width where the embeddings are narrower. DistilBERT has no
 * segments.
 */
final class BertEmbeddings {
  private static final String NAME = "bert.embeddings.";

  private final Tensor words;
  private final Tensor positions;
  private final Optional<Tensor> segments;
  private final Norm norm;
  private final Optional<Projection> projection;

  BertEmbeddings(BertParameters parameters, BertConfig config) {
    long size = config.embeddingSize();
    words = parameters.get(NAME + "word_embeddings.weight", config.vocabularySize(), size);
    positions =
        parameters.get(NAME + "position_embeddings.weight", config.maximalPositions(), size);
    segments =
        config.segmentTypes() == 0
            ? Optional.empty()
            : Optional.of(
                parameters.get(NAME + "token_type_embeddings.weight", config.segmentTypes(), size));
    norm = Norm.load(parameters, NAME + "LayerNorm", size, config);
    projection =
        size == config.hiddenSize()
            ? Optional.empty()
            : Optional.of(
                Projection.load(parameters, "bert.embeddings_project", size, config.hiddenSize()));
  }

  /** The table of word embeddings, {@code [vocabulary, embedding]}. */
  Tensor words() {
    return words;
  }

  /**
   * The first hidden states.
   *
   * @param words {@code [batch, tokens, embedding]}
   * @param segmentIds {@code int32 [batch, tokens]}
   * @return {@code [batch, tokens, hidden]}
   */
  Tensor forward(Tape tape, Tensor words, Tensor segmentIds) {
    var place = Slice.apply(tape, positions, 0, 0, words.size(1));
    var withSegments = withSegments(tape, words, segmentIds);
    var sum = Add.apply(tape, withSegments, place);
    tape.discard(place);
    if (segments.isPresent()) {
      tape.discard(withSegments);
    }
    var normalised = norm.forward(tape, sum);
    tape.discard(sum);
    return projection.map(dense -> projected(tape, dense, normalised)).orElse(normalised);
  }

  private Tensor withSegments(Tape tape, Tensor words, Tensor segmentIds) {
    if (segments.isEmpty()) {
      return words;
    }
    var segment = Embedding.apply(tape, segments.get(), segmentIds);
    var sum = Add.apply(tape, words, segment);
    tape.discard(segment);
    return sum;
  }

  private static Tensor projected(Tape tape, Projection dense, Tensor normalised) {
    var hidden = dense.forward(tape, normalised);
    tape.discard(normalised);
    return hidden;
  }
}
