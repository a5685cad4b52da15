package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Embedding;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.bert.Dense.Norm;
import org.pellucid.models.bert.Dense.Projection;
import org.pellucid.models.nn.ParameterSource;

/**
 * BERT (Devlin et al., 2019) in evaluation mode: the encoder, and whichever of its heads the
 * weights hold — masked-language model, pooler, question answering.
 *
 * <p>A forward pass begins with {@link #wordEmbeddings}, whose result explainers watch or replace,
 * and goes on with {@link #encode}. It owns its tensors.
 *
 * <p>The layers that its operations belong to on a tape are {@code bert.embeddings}, {@code
 * bert.encoder.layer.0} and so on, and of the heads {@code cls.predictions}, {@code qa_outputs} and
 * {@code bert.pooler}.
 */
public final class BertModel implements AutoCloseable {
  private static final String EMBEDDING_LAYER = "bert.embeddings";
  private static final String EMBEDDINGS = EMBEDDING_LAYER + ".";
  private static final String PREDICTIONS = "cls.predictions.";
  private static final String POOLER = "bert.pooler.dense";

  private final BertConfig config;
  private final BertParameters parameters;
  private final Tensor words;
  private final Tensor positions;
  private final Tensor segments;
  private final Norm embeddingNorm;
  private final List<EncoderLayer> layers;
  private final Optional<PredictionHead> predictionHead;
  private final Optional<Projection> answerHead;
  private final Optional<Projection> pooler;

  /**
   * What the encoder computed and somebody wanted, on the tape.
   *
   * @param last the last layer's hidden states, {@code [batch, tokens, hidden]}
   * @param hiddenStates by number, of the same shape; 0 is the embeddings' sum after its layer
   *     normalisation
   * @param attentions by layer, from 0: probabilities {@code [batch, heads, query, key]}
   */
  public record Encoding(
      Tensor last,
      SortedMap<Integer, Tensor> hiddenStates,
      SortedMap<Integer, Tensor> attentions) {}

  private BertModel(BertConfig config, BertParameters parameters) {
    check(
        config.activation().equals("gelu"),
        "The activation %s is not supported; this BERT computes gelu",
        config.activation());
    this.config = config;
    this.parameters = parameters;
    long hidden = config.hiddenSize();
    words = parameters.get(EMBEDDINGS + "word_embeddings.weight", config.vocabularySize(), hidden);
    positions =
        parameters.get(
            EMBEDDINGS + "position_embeddings.weight", config.maximalPositions(), hidden);
    segments =
        parameters.get(EMBEDDINGS + "token_type_embeddings.weight", config.segmentTypes(), hidden);
    embeddingNorm = Norm.load(parameters, EMBEDDINGS + "LayerNorm", config);
    layers =
        IntStream.range(0, config.layers())
            .mapToObj(number -> new EncoderLayer(parameters, config, number))
            .toList();
    predictionHead =
        predictsTokens()
            ? Optional.of(PredictionHead.load(parameters, config, words))
            : Optional.empty();
    answerHead =
        answersQuestions()
            ? Optional.of(Projection.load(parameters, "qa_outputs", hidden, 2))
            : Optional.empty();
    pooler =
        parameters.has(POOLER + ".weight")
            ? Optional.of(Projection.load(parameters, POOLER, hidden, hidden))
            : Optional.empty();
  }

  /**
   * A model with parameters under Hugging Face's names, with or without the prefix {@code bert.}.
   *
   * @throws IllegalArgumentException if a parameter of the encoder is missing or of a wrong shape,
   *     or the configuration asks for another activation than gelu
   */
  public static BertModel load(BertConfig config, ParameterSource source, ElementType type) {
    var parameters = new BertParameters(source, type);
    try {
      return new BertModel(config, parameters);
    } catch (IllegalArgumentException e) {
      parameters.close();
      throw e;
    }
  }

  /** The dimensions. */
  public BertConfig config() {
    return config;
  }

  /**
   * The parameters loaded so far, by their Hugging Face names; those of a head at its first use.
   */
  public Map<String, Tensor> parameters() {
    return parameters.loaded();
  }

  /**
   * The rows of the word embedding table for a batch.
   *
   * @param ids {@code int32 [batch, tokens]}
   * @return {@code [batch, tokens, hidden]}
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  public Tensor wordEmbeddings(Tape tape, Tensor ids) {
    Shapes.checkRank("A batch of token ids", ids, 2);
    tape.enterLayer(EMBEDDING_LAYER);
    var embeddings = Embedding.apply(tape, words, ids);
    tape.enterLayer("");
    return embeddings;
  }

  /**
   * Runs the encoder, keeping the last hidden states alone.
   *
   * @param embeddings {@code [batch, tokens, hidden]}, see {@link #wordEmbeddings}
   * @param segmentIds {@code int32 [batch, tokens]}: 0 in the first text, 1 in the second
   * @param attentionMask {@code [batch, tokens]}: 1 for a token, 0 for padding; empty if there is
   *     none
   * @throws IllegalArgumentException if the shapes don't fit or there are more tokens than
   *     positions
   */
  public Encoding encode(
      Tape tape, Tensor embeddings, Tensor segmentIds, Optional<int[]> attentionMask) {
    return encode(tape, embeddings, segmentIds, attentionMask, Wanted.last());
  }

  /**
   * Runs the encoder, keeping what is wanted on the tape.
   *
   * @param embeddings {@code [batch, tokens, hidden]}, see {@link #wordEmbeddings}
   * @param segmentIds {@code int32 [batch, tokens]}: 0 in the first text, 1 in the second
   * @param attentionMask {@code [batch, tokens]}: 1 for a token, 0 for padding; empty if there is
   *     none
   * @throws IllegalArgumentException if the shapes don't fit or there are more tokens than
   *     positions
   */
  public Encoding encode(
      Tape tape,
      Tensor embeddings,
      Tensor segmentIds,
      Optional<int[]> attentionMask,
      Wanted wanted) {
    var batch = embeddings.size(0);
    var tokens = embeddings.size(1);
    Shapes.checkShape("The embeddings", embeddings, batch, tokens, config.hiddenSize());
    Shapes.checkShape("The segment ids", segmentIds, batch, tokens);
    check(
        tokens <= config.maximalPositions(),
        "%d tokens are more than the %d that this model has positions for; shorten the text",
        tokens,
        config.maximalPositions());
    var mask = attentionMask.map(ones -> mask(tape, ones, batch, tokens));
    var hidden = embedded(tape, embeddings, segmentIds);
    var hiddenStates = new TreeMap<Integer, Tensor>();
    var attentions = new TreeMap<Integer, Tensor>();
    for (var layer = 0; layer < layers.size(); layer++) {
      if (wanted.hiddenStates().test(layer)) {
        hiddenStates.put(layer, tape.keep(hidden));
      }
      var wantsAttention = wanted.attentions().test(layer);
      var output = layers.get(layer).forward(tape, hidden, mask, wantsAttention);
      tape.discard(hidden);
      hidden = output.hidden();
      var number = layer;
      output.attention().ifPresent(attention -> attentions.put(number, tape.keep(attention)));
    }
    if (wanted.hiddenStates().test(layers.size())) {
      hiddenStates.put(layers.size(), tape.keep(hidden));
    }
    tape.enterLayer("");
    mask.ifPresent(tape::discard);
    return new Encoding(
        tape.keep(hidden),
        Collections.unmodifiableSortedMap(hiddenStates),
        Collections.unmodifiableSortedMap(attentions));
  }

  private Tensor embedded(Tape tape, Tensor embeddings, Tensor segmentIds) {
    tape.enterLayer(EMBEDDING_LAYER);
    var tokens = embeddings.size(1);
    var place = Slice.apply(tape, positions, 0, 0, tokens);
    var segment = Embedding.apply(tape, segments, segmentIds);
    var withSegment = Add.apply(tape, embeddings, segment);
    var sum = Add.apply(tape, withSegment, place);
    tape.discard(place);
    tape.discard(segment);
    tape.discard(withSegment);
    var normalised = embeddingNorm.forward(tape, sum);
    tape.discard(sum);
    return normalised;
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
    var mask = tape.allocate(words.type(), batch, 1, 1, tokens);
    mask.set(Arrays.stream(ones).mapToDouble(one -> one == 0 ? -Float.MAX_VALUE : 0).toArray());
    return mask;
  }

  /** Whether the weights hold the masked-language-model head. */
  public boolean predictsTokens() {
    return parameters.has(PREDICTIONS + "transform.dense.weight");
  }

  /**
   * The masked-language-model head's logits.
   *
   * @param hidden {@code [batch, tokens, hidden]}
   * @return {@code [batch, tokens, vocabulary]}
   * @throws IllegalArgumentException if the weights don't hold the head
   */
  public Tensor predictTokens(Tape tape, Tensor hidden) {
    var head = orMissing(predictionHead, "masked-language-model head");
    tape.enterLayer("cls.predictions");
    var logits = head.forward(tape, hidden);
    tape.enterLayer("");
    return logits;
  }

  /** Whether the weights hold the question-answering head. */
  public boolean answersQuestions() {
    return parameters.has("qa_outputs.weight");
  }

  /**
   * The question-answering head's logits.
   *
   * @param hidden {@code [batch, tokens, hidden]}
   * @return {@code [batch, tokens, 2]}: where an answer starts, and where it ends (inclusive)
   * @throws IllegalArgumentException if the weights don't hold the head
   */
  public Tensor answerSpans(Tape tape, Tensor hidden) {
    var head = orMissing(answerHead, "question-answering head");
    tape.enterLayer("qa_outputs");
    var logits = head.forward(tape, hidden);
    tape.enterLayer("");
    return logits;
  }

  /**
   * The pooler's output, {@code tanh} of a projection of the first token.
   *
   * @param hidden {@code [batch, tokens, hidden]}
   * @return {@code [batch, hidden]}
   * @throws IllegalArgumentException if the weights don't hold the pooler
   */
  public Tensor pool(Tape tape, Tensor hidden) {
    var dense = orMissing(pooler, "pooler");
    tape.enterLayer("bert.pooler");
    var first = Slice.apply(tape, hidden, 1, 0, 1);
    var flat = Reshape.apply(tape, first, hidden.size(0), config.hiddenSize());
    var pooled = Tanh.apply(tape, dense.forward(tape, flat));
    tape.enterLayer("");
    return pooled;
  }

  private static <T> T orMissing(Optional<T> head, String name) {
    return head.orElseThrow(
        () ->
            new IllegalArgumentException(
                "These weights hold no %s; load a model that does.".formatted(name)));
  }

  @Override
  public void close() {
    parameters.close();
  }
}
