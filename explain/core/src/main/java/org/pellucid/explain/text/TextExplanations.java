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
import org.pellucid.explain.embedding.Distances;
import org.pellucid.explain.embedding.PrincipalComponents;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.bert.WordPieceTokenizer;

/** Explains texts by what a BERT model computes; the model must stay open meanwhile. */
public final class TextExplanations {
  private static final int PREDICTIONS = 10;
  private static final Set<String> PUNCTUATION = Set.of("\"", "'", ".", ",", "?", "!");

  private final Engine engine;
  private final BertModel model;
  private final WordPieceTokenizer tokenizer;

  /** Explanations of a model with the tokenizer that it was trained with. */
  public TextExplanations(Engine engine, BertModel model, WordPieceTokenizer tokenizer) {
    this.engine = engine;
    this.model = model;
    this.tokenizer = tokenizer;
  }

  /**
   * The attention to a text.
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
    return new TextAttention(inspection, Arrays.stream(masked).boxed().toList(), predictions);
  }

  private TextAttention.Candidate candidate(TextInspection.Prediction prediction) {
    var token = tokenizer.vocabulary().piece(prediction.id());
    return new TextAttention.Candidate(token, prediction.id(), prediction.probability());
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
    return new TextEmbedding(question, found, tokens, roles(tokens, found), scores, explained);
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
   * The distances between a word's vectors in several sentences, at every layer.
   *
   * @throws IllegalArgumentException if a sentence doesn't contain the word or has more tokens than
   *     the model has positions
   */
  public WordDistances distances(String word, List<String> sentences) {
    var layers = model.config().layers() + 1;
    var width = model.config().hiddenSize();
    var vectors = new float[layers][sentences.size() * width];
    for (var s = 0; s < sentences.size(); s++) {
      var tokens = tokenizer.encode(sentences.get(s));
      var position = tokens.firstTokenOf(word);
      check(
          position.isPresent(),
          "The sentence “%s” doesn't contain the word %s",
          sentences.get(s),
          word);
      var inspection = TextInspection.hiddenStates(engine, model, tokens);
      for (var layer = 0; layer < layers; layer++) {
        var vector = inspection.vector(layer, position.getAsInt());
        System.arraycopy(vector, 0, vectors[layer], s * width, width);
      }
    }
    var euclidean = new double[layers][][];
    var cosine = new double[layers][][];
    for (var layer = 0; layer < layers; layer++) {
      euclidean[layer] = Distances.euclidean(vectors[layer], sentences.size());
      cosine[layer] = Distances.cosineSimilarity(vectors[layer], sentences.size());
    }
    return new WordDistances(word, List.copyOf(sentences), euclidean, cosine);
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
