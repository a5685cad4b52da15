package org.pellucid.explain.text;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.explain.attention.AttentionFlow;
import org.pellucid.explain.attention.AttentionGradient;
import org.pellucid.explain.attention.AttentionMaps;
import org.pellucid.explain.attention.AttentionRollout;
import org.pellucid.explain.attention.HeadFigures;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.MaskedTokenScores;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.WeightsOrigin;

/** Explains texts by what a BERT model computes; the model must stay open meanwhile. */
public final class TextExplanations {
  private static final int PREDICTIONS = 10;

  private final Engine engine;
  private final BertModel model;
  private final WordPieceTokenizer tokenizer;
  private final Optional<WeightsOrigin> weights;

  private TextExplanations(
      Engine engine,
      BertModel model,
      WordPieceTokenizer tokenizer,
      Optional<WeightsOrigin> weights) {
    this.engine = engine;
    this.model = model;
    this.tokenizer = tokenizer;
    this.weights = weights;
  }

  /** Explanations of a model with the tokenizer that it was trained with. */
  public TextExplanations(Engine engine, BertModel model, WordPieceTokenizer tokenizer) {
    this(engine, model, tokenizer, Optional.empty());
  }

  /** Explanations of a model whose results tell which weights they are from. */
  public TextExplanations(Engine engine, BertModels.Loaded loaded) {
    this(engine, loaded.model(), loaded.tokenizer(), Optional.of(loaded.origin()));
  }

  /**
   * The attention to a text, with predictions where {@code [MASK]} stands in it.
   *
   * @param masked positions where {@code [MASK]} replaces the token, counted from 0 = {@code [CLS]}
   * @throws IllegalArgumentException if a position is not one of the text's, or the text has more
   *     tokens than the model has positions
   */
  public TextAttention attention(Tokens tokens, int... masked) {
    var inspection = TextInspection.of(engine, model, tokens.maskedAt(masked), PREDICTIONS);
    var predictions =
        inspection.predictions().stream()
            .map(position -> position.stream().map(this::candidate).toList())
            .toList();
    var all = IntStream.concat(Arrays.stream(masked), tokens.masks()).distinct().boxed().toList();
    return new TextAttention(inspection, all, predictions, weights);
  }

  /**
   * The attention to a text with what is computed from it: figures of the heads, rollout, flow, the
   * gradient of a masked word's score, queries and keys.
   *
   * @param masked positions where {@code [MASK]} replaces the token, counted from 0 = {@code [CLS]}
   * @throws IllegalArgumentException if a position or layer is not one of the text's or model's,
   *     the text is too long for the model or for a flow that was asked for, or the target is no
   *     piece of the vocabulary
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public AttentionStudy study(Tokens tokens, AttentionStudy.Scope scope, int... masked) {
    scope.projectionLayers().forEach(this::checkEncoderLayer);
    scope.target().ifPresent(this::pieceId);
    if (scope.wantsFlow(tokens.size())) {
      AttentionFlow.checkLength(tokens.size());
    }
    var attention = attention(tokens, masked);
    var inspection = attention.inspection();
    var seen = inspection.tokens();
    var maps =
        new AttentionMaps(
            inspection.layers(), inspection.heads(), seen.size(), inspection.attention());
    var figures = HeadFigures.of(maps, seen.pieces());
    var layers =
        scope.layers(
            maps.layers(),
            seen.size(),
            model.config().hiddenSize(),
            HeadFigures.clearest(figures).layer());
    return new AttentionStudy(
        attention,
        maps,
        figures,
        AttentionRollout.of(maps),
        scope.wantsFlow(seen.size()) ? Optional.of(AttentionFlow.of(maps)) : Optional.empty(),
        scope.wantsGradient(seen.size()) ? gradients(attention, maps, scope) : List.of(),
        layers.isEmpty() ? List.of() : QueriesAndKeys.of(engine, model, seen, layers));
  }

  private List<AttentionStudy.ScoreGradient> gradients(
      TextAttention attention, AttentionMaps maps, AttentionStudy.Scope scope) {
    if (attention.masked().isEmpty() || !model.predictsTokens()) {
      return List.of();
    }
    var tokens = attention.inspection().tokens();
    var position = attention.masked().getFirst();
    var likeliest = attention.predictions().get(position).getFirst().id();
    var id = scope.target().map(this::pieceId).orElse(likeliest);
    var scores = new MaskedTokenScores(model, tokens, position);
    var layers = IntStream.range(0, maps.layers()).mapToObj(BertModel::probabilitiesLayer).toList();
    var numbers = model.embeddings(engine, tokens.ids());
    var input = Values.of(numbers, tokens.size(), numbers.length / tokens.size());
    var found = AttentionGradient.of(engine, scores, input, id, layers);
    return List.of(
        new AttentionStudy.ScoreGradient(
            position, piece(id), found.output(), maps.times(found.gradient())));
  }

  private int pieceId(String word) {
    return tokenizer
        .vocabulary()
        .id(word)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The vocabulary has no piece %s; choose a word that is one piece."
                        .formatted(word)));
  }

  private void checkEncoderLayer(int layer) {
    check(
        layer >= 0 && layer < model.config().layers(),
        "There is no attention layer %d; this model's are 0..%d",
        layer,
        model.config().layers() - 1);
  }

  private TextAttention.Candidate candidate(TextInspection.Prediction prediction) {
    var id = prediction.id();
    return new TextAttention.Candidate(piece(id), id, prediction.probability());
  }

  /** The weights may have more rows than the vocabulary has pieces, which then have no spelling. */
  private String piece(int id) {
    var vocabulary = tokenizer.vocabulary();
    return id < vocabulary.size() ? vocabulary.piece(id) : "[no piece %d]".formatted(id);
  }

  /**
   * The embeddings of a question with its context at every layer: in the plane by every method,
   * with their neighbours, and measured. UMAP's seed is 0.
   *
   * @param answer the answer's words; empty for the model's own answer, if it has a
   *     question-answering head
   * @throws IllegalArgumentException if question and context hold no token, or more than the model
   *     has positions
   */
  public TextEmbedding embedding(String question, String context, Optional<String> answer) {
    return embedding(question, context, answer, 0);
  }

  /**
   * The same with another seed, on which UMAP's places depend.
   *
   * @throws IllegalArgumentException if question and context hold no token, or more than the model
   *     has positions
   */
  public TextEmbedding embedding(
      String question, String context, Optional<String> answer, long seed) {
    var tokens = tokenizer.encode(question, context);
    check(
        tokens.list().stream().anyMatch(token -> token.source() != Token.Source.SPECIAL),
        "Question and context hold no token; give at least a word");
    var inspection = TextInspection.hiddenStates(engine, model, tokens);
    var found = answer.filter(given -> !given.isBlank()).or(() -> ownAnswer(inspection)).orElse("");
    return TextEmbedding.of(inspection, found, seed, weights);
  }

  private Optional<String> ownAnswer(TextInspection inspection) {
    var tokens = inspection.tokens();
    return inspection
        .answer(engine, model)
        .map(
            span ->
                tokens
                    .second()
                    .orElseThrow()
                    .substring(
                        tokens.list().get(span[0]).start(), tokens.list().get(span[1]).end()));
  }

  /**
   * The distances between the vectors of a word's first tokens in several sentences, at every
   * layer.
   *
   * @throws IllegalArgumentException if no sentence can be compared
   * @see #distances(ComparedWord, List)
   */
  public WordDistances distances(String word, List<String> sentences) {
    return distances(ComparedWord.first(word), sentences);
  }

  /**
   * The distances between a word's or span's vectors in several sentences, at every layer. A blank
   * sentence, and one that can't be compared, keep their rows and columns, which hold NaN.
   *
   * @throws IllegalArgumentException if no sentence can be compared: none has the word, or they
   *     have more tokens than the model has positions
   */
  public WordDistances distances(ComparedWord word, List<String> sentences) {
    return new WordVectors(engine, model, tokenizer).of(word, sentences).distances(weights);
  }

  /**
   * Checks a layer's number before anything is computed.
   *
   * @throws IllegalArgumentException if hidden states of the model have no such number
   */
  public void checkLayer(int layer) {
    check(
        layer >= 0 && layer <= model.config().layers(),
        "The layer is %d, but this model's layers are 0..%d",
        layer,
        model.config().layers());
  }
}
