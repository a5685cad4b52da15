package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Embedding;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/** A BERT without its heads: from token ids to the last hidden states. */
final class BertEncoder {
  /** The name of the layer that sums the embeddings. */
  static final String EMBEDDINGS = "bert.embeddings";

  private final BertConfig config;
  private final BertEmbeddings embedder;
  private final List<EncoderLayer> layers;

  BertEncoder(BertParameters parameters, BertConfig config) {
    this.config = config;
    embedder = new BertEmbeddings(parameters, config);
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(number -> new EncoderLayer(parameters, config, number))
            .toList();
  }

  /** The table of word embeddings, {@code [vocabulary, embedding]}. */
  Tensor words() {
    return embedder.words();
  }

  /** The rows of the table for a batch of token ids, {@code int32 [batch, tokens]}. */
  Tensor words(Tape tape, Tensor ids) {
    Shapes.checkRank("A batch of token ids", ids, 2);
    tape.enterLayer(EMBEDDINGS);
    var rows = Embedding.apply(tape, words(), ids);
    tape.enterLayer("");
    return rows;
  }

  /** Runs the encoder as {@link BertModel#encode(Tape, Tensor, Tensor, Optional, Taps)} says. */
  Tensor forward(
      TappedPass pass, Tensor embeddings, Tensor segmentIds, Optional<int[]> attentionMask) {
    var tape = pass.tape();
    var mask = checkedMask(tape, embeddings, segmentIds, attentionMask);
    var hidden = pass.offer(EMBEDDINGS, embedded(tape, embeddings, segmentIds));
    for (var layer : layers) {
      if (pass.stop().isPresent()) {
        break;
      }
      var before = hidden;
      hidden = layer.forward(pass, before, mask);
      tape.discard(before);
    }
    tape.enterLayer("");
    mask.ifPresent(tape::discard);
    return pass.stop().orElse(hidden);
  }

  /**
   * The last hidden states as training computes them, see {@link BertTraining}; the words are used
   * up.
   */
  Tensor train(TrainingPass pass, Tensor words, Tensor segmentIds, Optional<int[]> attentionMask) {
    var tape = pass.tape();
    var mask = checkedMask(tape, words, segmentIds, attentionMask);
    var hidden = pass.drop(embedded(tape, words, segmentIds));
    tape.discard(words);
    for (var layer : layers) {
      var before = hidden;
      hidden = layer.train(pass, before, mask);
      tape.discard(before);
    }
    tape.enterLayer("");
    mask.ifPresent(tape::discard);
    return hidden;
  }

  private Optional<Tensor> checkedMask(
      Tape tape, Tensor embeddings, Tensor segmentIds, Optional<int[]> attentionMask) {
    var batch = embeddings.size(0);
    var tokens = embeddings.size(1);
    Shapes.checkShape("The embeddings", embeddings, batch, tokens, config.embeddingSize());
    Shapes.checkShape("The segment ids", segmentIds, batch, tokens);
    check(
        tokens <= config.maximalPositions(),
        "%d tokens are more than the %d that this model has positions for; shorten the text",
        tokens,
        config.maximalPositions());
    return attentionMask.map(ones -> mask(tape, ones, batch, tokens));
  }

  private Tensor embedded(Tape tape, Tensor words, Tensor segmentIds) {
    tape.enterLayer(EMBEDDINGS);
    return embedder.forward(tape, words, segmentIds);
  }

  /**
   * What is added to the scores: nothing for a token, a number that no score outweighs for padding.
   */
  private Tensor mask(Tape tape, int[] ones, long batch, long tokens) {
    check(
        ones.length == batch * tokens,
        "The attention mask has %d entries where %d are needed",
        ones.length,
        batch * tokens);
    var mask = tape.allocate(words().type(), batch, 1, 1, tokens);
    mask.set(Arrays.stream(ones).mapToDouble(one -> one == 0 ? -Float.MAX_VALUE : 0).toArray());
    return mask;
  }
}
