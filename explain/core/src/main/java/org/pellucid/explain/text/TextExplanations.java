package org.pellucid.explain.text;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.explain.attention.AttentionFlow;
import org.pellucid.explain.attention.AttentionGradient;
import org.pellucid.explain.attention.AttentionMaps;
import org.pellucid.explain.attention.AttentionRollout;
import org.pellucid.explain.attention.HeadFigures;
import org.pellucid.explain.embedding.Distances;
import org.pellucid.explain.embedding.PrincipalComponents;
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
  private static final Set<String> PUNCTUATION = Set.of("\"", "'", ".", ",", "?", "!");

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
   * The principal components of all layers of a question with its context.
   *
   * @param answer the answer's words; empty for the model's own answer, if it has a
   *     question-answering head
   * @throws IllegalArgumentException if there are more tokens than the model has positions
   */
  public TextEmbedding embedding(String question, String context, Optional<String> answer) {
    var tokens = tokenizer.encode(question, context);
    var inspection = TextInspection.hiddenStates(engine, model, tokens);
    var found = answer.filter(given -> !given.isEmpty()).or(() -> ownAnswer(inspection)).orElse("");
    var components = components(inspection);
    var scores = new float[components.size()][tokens.size()][2];
    var explained = new double[components.size()][];
    for (var layer = 0; layer < scores.length; layer++) {
      for (var token = 0; token < tokens.size(); token++) {
        for (var axis = 0; axis < 2; axis++) {
          scores[layer][token][axis] = (float) components.get(layer).scores()[token][axis];
        }
      }
      explained[layer] = components.get(layer).explainedVarianceRatio();
    }
    return new TextEmbedding(
        question, found, tokens, roles(tokens, found), scores, explained, weights);
  }

  private static List<PrincipalComponents> components(TextInspection inspection) {
    var all = new ArrayList<PrincipalComponents>();
    for (var hidden : inspection.hiddenStates()) {
      var own = PrincipalComponents.of(hidden, inspection.tokens().size(), 2);
      all.add(all.isEmpty() ? own : own.alignedTo(all.getLast()));
    }
    return all;
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

  private static List<TokenRole> roles(Tokens tokens, String answer) {
    var words =
        Arrays.stream(answer.strip().split("\\s+"))
            .filter(word -> !word.isEmpty() && !PUNCTUATION.contains(word))
            .collect(Collectors.toSet());
    return IntStream.range(0, tokens.size())
        .mapToObj(
            position ->
                switch (tokens.list().get(position).source()) {
                  case Token.Source.SPECIAL -> TokenRole.SPECIAL;
                  case Token.Source.FIRST -> TokenRole.QUESTION;
                  case Token.Source.SECOND ->
                      words.contains(tokens.covered(position))
                          ? TokenRole.ANSWER
                          : TokenRole.CONTEXT;
                })
        .toList();
  }

  /**
   * The distances between a word's vectors in several sentences, at every layer. A blank sentence
   * keeps its row and column, which hold NaN.
   *
   * @throws IllegalArgumentException if no sentence is there, one that isn't blank doesn't contain
   *     the word, or one has more tokens than the model has positions
   */
  public WordDistances distances(String word, List<String> sentences) {
    var rows =
        IntStream.range(0, sentences.size()).filter(i -> !sentences.get(i).isBlank()).toArray();
    check(rows.length > 0, "There is no sentence to compare; give at least one");
    var layers = model.config().layers() + 1;
    var width = model.config().hiddenSize();
    var vectors = new float[layers][rows.length * width];
    for (var r = 0; r < rows.length; r++) {
      var inspection = inspected(word, sentences.get(rows[r]));
      for (var layer = 0; layer < layers; layer++) {
        var vector = inspection.vector(layer);
        System.arraycopy(vector, 0, vectors[layer], r * width, width);
      }
    }
    var euclidean = new double[layers][][];
    var cosine = new double[layers][][];
    for (var layer = 0; layer < layers; layer++) {
      euclidean[layer] =
          spread(Distances.euclidean(vectors[layer], rows.length), rows, sentences.size());
      cosine[layer] =
          spread(Distances.cosineSimilarity(vectors[layer], rows.length), rows, sentences.size());
    }
    return new WordDistances(word, List.copyOf(sentences), euclidean, cosine, weights);
  }

  private record WordInText(TextInspection inspection, int position) {
    float[] vector(int layer) {
      return inspection.vector(layer, position);
    }
  }

  private WordInText inspected(String word, String sentence) {
    var tokens = tokenizer.encode(sentence);
    var position = tokens.firstTokenOf(word);
    check(position.isPresent(), "The sentence “%s” doesn't contain the word %s", sentence, word);
    return new WordInText(TextInspection.hiddenStates(engine, model, tokens), position.getAsInt());
  }

  private static double[][] spread(double[][] table, int[] rows, int size) {
    var all = new double[size][size];
    for (var row : all) {
      Arrays.fill(row, Double.NaN);
    }
    for (var i = 0; i < rows.length; i++) {
      for (var j = 0; j < rows.length; j++) {
        all[rows[i]][rows[j]] = table[i][j];
      }
    }
    return all;
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
