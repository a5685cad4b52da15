package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.Taps;
import org.pellucid.models.nn.ParameterSource;

/**
 * BERT (Devlin et al., 2019) in evaluation mode: the encoder, and whichever of its heads the
 * weights hold — masked-language model, pooler, question answering, sequence classification, and
 * the head of ELECTRA's discriminator (Clark et al., 2020). DistilBERT (Sanh et al., 2019) is a
 * BERT without segments, ELECTRA one whose embeddings may be narrower than its hidden states.
 *
 * <p>A forward pass begins with {@link #wordEmbeddings}, whose result explainers watch or replace,
 * and goes on with {@link #encode}. It owns its tensors.
 *
 * <p>The layers that its operations belong to on a tape are {@code bert.embeddings}, {@code
 * bert.encoder.layer.0} and so on, and of the heads {@code cls.predictions}, {@code qa_outputs},
 * {@code discriminator_predictions}, {@code bert.pooler} and {@code classifier}.
 */
public final class BertModel implements AutoCloseable {
  private final BertConfig config;
  private final BertParameters parameters;
  private final BertEncoder encoder;
  private final BertHeads heads;

  private BertModel(BertConfig config, BertParameters parameters) {
    this.config = config;
    this.parameters = parameters;
    encoder = new BertEncoder(parameters, config);
    heads = new BertHeads(parameters, config, encoder.words());
  }

  /**
   * A model with parameters under BERT's names at Hugging Face, with or without the prefix {@code
   * bert.}.
   *
   * @throws ModelFileException if a parameter of the encoder is missing or of a wrong shape, or the
   *     configuration asks for an activation other than gelu, gelu_new, gelu_pytorch_tanh or relu
   */
  public static BertModel load(BertConfig config, ParameterSource source, ElementType type) {
    var parameters = new BertParameters(source, type);
    try {
      return new BertModel(config, parameters);
    } catch (RuntimeException e) {
      parameters.close();
      throw e;
    }
  }

  /** The type of the weights, in which it computes. */
  public ElementType type() {
    return encoder.words().type();
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
   * The layers that {@linkplain #encode(Tape, Tensor, Tensor, Optional, Taps) taps} can listen to,
   * in the order data takes.
   */
  public List<String> layerNames() {
    var names = new ArrayList<>(List.of(hiddenStateLayer(0)));
    for (var layer = 0; layer < config.layers(); layer++) {
      names.addAll(
          List.of(
              queryLayer(layer),
              keyLayer(layer),
              valueLayer(layer),
              probabilitiesLayer(layer),
              contextLayer(layer),
              hiddenStateLayer(layer + 1)));
    }
    return List.copyOf(names);
  }

  /**
   * The name of the layer whose output is a hidden state, {@code [batch, tokens, hidden]}.
   *
   * @param number 0 for the sum of the embeddings after its layer normalisation ({@code
   *     bert.embeddings}), n for the output of the n-th encoder layer ({@code
   *     bert.encoder.layer.n−1})
   */
  public static String hiddenStateLayer(int number) {
    return number == 0 ? BertEncoder.EMBEDDINGS : EncoderLayer.name(number - 1);
  }

  /**
   * The name under which taps receive an encoder layer's attention probabilities, {@code [batch,
   * heads, query, key]}. Only where they are wanted do they exist: attention then runs in separate
   * steps.
   *
   * @param layer from 0
   */
  public static String probabilitiesLayer(int layer) {
    return EncoderLayer.Part.PROBABILITIES.name(layer);
  }

  /**
   * The name under which taps receive an encoder layer's queries, {@code [batch, heads, tokens,
   * head size]}.
   *
   * @param layer from 0
   */
  public static String queryLayer(int layer) {
    return EncoderLayer.Part.QUERY.name(layer);
  }

  /**
   * The name under which taps receive an encoder layer's keys, {@code [batch, heads, tokens, head
   * size]}.
   *
   * @param layer from 0
   */
  public static String keyLayer(int layer) {
    return EncoderLayer.Part.KEY.name(layer);
  }

  /**
   * The name under which taps receive an encoder layer's values, {@code [batch, heads, tokens, head
   * size]}.
   *
   * @param layer from 0
   */
  public static String valueLayer(int layer) {
    return EncoderLayer.Part.VALUE.name(layer);
  }

  /**
   * The name under which taps receive what an encoder layer's heads read, side by side before the
   * output projection, {@code [batch, tokens, hidden]}: head h is the h-th range of {@code head
   * size} columns.
   *
   * @param layer from 0
   */
  public static String contextLayer(int layer) {
    return EncoderLayer.Part.CONTEXT.name(layer);
  }

  /**
   * The rows of the word embedding table for a batch.
   *
   * @param ids {@code int32 [batch, tokens]}
   * @return {@code [batch, tokens, embedding]}
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  public Tensor wordEmbeddings(Tape tape, Tensor ids) {
    return encoder.words(tape, ids);
  }

  /**
   * The word embeddings of tokens as plain numbers, such as a text's or a baseline's of {@code
   * [PAD]} or {@code [MASK]}.
   *
   * @param engine that looks them up
   * @return {@code [ids, embedding]}
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  public float[] embeddings(Engine engine, int... ids) {
    check(ids.length > 0, "There are no token ids to look up");
    try (var tape = new Tape(engine);
        var batch = Tensor.of(ids, 1, ids.length)) {
      return wordEmbeddings(tape, batch).toFloats();
    }
  }

  /**
   * Runs the encoder.
   *
   * @param embeddings {@code [batch, tokens, embedding]}, see {@link #wordEmbeddings}
   * @param segmentIds {@code int32 [batch, tokens]}: 0 in the first text, 1 in the second
   * @param attentionMask {@code [batch, tokens]}: 1 for a token, 0 for padding; empty if there is
   *     none
   * @return the last hidden states, {@code [batch, tokens, hidden]}
   * @throws IllegalArgumentException if the shapes don't fit or there are more tokens than
   *     positions
   */
  public Tensor encode(
      Tape tape, Tensor embeddings, Tensor segmentIds, Optional<int[]> attentionMask) {
    return encode(tape, embeddings, segmentIds, attentionMask, Taps.NONE);
  }

  /**
   * Runs the encoder and offers its layers to taps. What they don't want is given back as soon as
   * the next layer has read it, unless a gradient needs it.
   *
   * @param embeddings {@code [batch, tokens, embedding]}, see {@link #wordEmbeddings}
   * @param segmentIds {@code int32 [batch, tokens]}: 0 in the first text, 1 in the second
   * @param attentionMask {@code [batch, tokens]}: 1 for a token, 0 for padding; empty if there is
   *     none
   * @param taps that listen to {@link #layerNames}
   * @return the last hidden states, {@code [batch, tokens, hidden]}; or the output of the layer
   *     that the taps stopped at
   * @throws IllegalArgumentException if the shapes don't fit, there are more tokens than positions,
   *     or the taps replace an output by one of another shape
   */
  public Tensor encode(
      Tape tape, Tensor embeddings, Tensor segmentIds, Optional<int[]> attentionMask, Taps taps) {
    return encode(new TappedPass(tape, taps), embeddings, segmentIds, attentionMask);
  }

  Tensor encode(
      TappedPass pass, Tensor embeddings, Tensor segmentIds, Optional<int[]> attentionMask) {
    return encoder.forward(pass, embeddings, segmentIds, attentionMask);
  }

  /**
   * The last hidden states as training computes them, see {@link BertTraining}; the words are used
   * up.
   */
  Tensor train(TrainingPass pass, Tensor words, Tensor segmentIds, Optional<int[]> attentionMask) {
    return encoder.train(pass, words, segmentIds, attentionMask);
  }

  /** Whether the weights hold the head of ELECTRA's discriminator. */
  public boolean detectsReplacements() {
    return heads.detectsReplacements();
  }

  /**
   * The logits of ELECTRA's discriminator that a token was replaced.
   *
   * @param hidden {@code [batch, tokens, hidden]}
   * @return {@code [batch, tokens, 1]}
   * @throws IllegalArgumentException if the weights don't hold the head
   */
  public Tensor replacements(Tape tape, Tensor hidden) {
    return heads.replacements(tape, hidden);
  }

  /** Whether the weights hold the masked-language-model head. */
  public boolean predictsTokens() {
    return heads.predictsTokens();
  }

  /**
   * The masked-language-model head's logits.
   *
   * @param hidden {@code [batch, tokens, hidden]}, or {@code [rows, hidden]} of single tokens
   * @return {@code [batch, tokens, vocabulary]}, or {@code [rows, vocabulary]}
   * @throws IllegalArgumentException if the weights don't hold the head
   */
  public Tensor predictTokens(Tape tape, Tensor hidden) {
    return heads.predictTokens(tape, hidden);
  }

  /** Whether the weights hold the question-answering head. */
  public boolean answersQuestions() {
    return heads.answersQuestions();
  }

  /**
   * The question-answering head's logits.
   *
   * @param hidden {@code [batch, tokens, hidden]}
   * @return {@code [batch, tokens, 2]}: where an answer starts, and where it ends (inclusive)
   * @throws IllegalArgumentException if the weights don't hold the head
   */
  public Tensor answerSpans(Tape tape, Tensor hidden) {
    return heads.answerSpans(tape, hidden);
  }

  /**
   * The pooler's output, {@code tanh} of a projection of the first token.
   *
   * @param hidden {@code [batch, tokens, hidden]}
   * @return {@code [batch, hidden]}
   * @throws IllegalArgumentException if the weights don't hold the pooler
   */
  public Tensor pool(Tape tape, Tensor hidden) {
    return heads.pool(tape, hidden);
  }

  /** Whether the weights hold the sequence-classification head, which follows the pooler. */
  public boolean classifies() {
    return heads.classifies();
  }

  /** The number of classes of the sequence-classification head; 0 without it. */
  public int classes() {
    return heads.classes();
  }

  /**
   * The sequence-classification head's logits.
   *
   * @param hidden {@code [batch, tokens, hidden]}
   * @return {@code [batch, classes]}
   * @throws IllegalArgumentException if the weights don't hold the head
   */
  public Tensor classify(Tape tape, Tensor hidden) {
    return heads.classify(tape, hidden);
  }

  /** The layers with parameters in the order data takes, the heads' as given. */
  List<String> layersWithParameters(List<String> heads) {
    var names = new ArrayList<String>();
    for (var number = 0; number <= config.layers(); number++) {
      names.add(hiddenStateLayer(number));
    }
    names.addAll(heads);
    return List.copyOf(names);
  }

  /** A copy in which the parameters of some layers are random; the caller closes it. */
  BertModel randomised(Set<String> layersWithRandom, long seed) {
    var known = parameters().keySet();
    for (var layer : layersWithRandom) {
      check(
          known.stream().anyMatch(name -> name.startsWith(layer + ".")),
          "The model has no layer %s with parameters",
          layer);
    }
    return load(config, new RandomisedParameters(parameters(), layersWithRandom, seed), type());
  }

  @Override
  public void close() {
    parameters.close();
  }
}
