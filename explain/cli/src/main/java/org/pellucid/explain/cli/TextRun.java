package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.attention.TextInspection;
import org.pellucid.explain.embedding.Distances;
import org.pellucid.explain.embedding.PrincipalComponents;
import org.pellucid.explain.view.Pages;
import org.pellucid.explain.view.Views;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.zoo.BertModels.Loaded;
import org.pellucid.weights.numpy.Npy;

/** What the text commands and the demo have in common: from a loaded model to files and pages. */
final class TextRun {
  private static final int PREDICTIONS = 10;
  private static final Set<String> QUOTES = Set.of("\"", "'", ".", ",", "?", "!");

  private final Engine engine;
  private final Loaded loaded;

  TextRun(Engine engine, Loaded loaded) {
    this.engine = engine;
    this.loaded = loaded;
  }

  /** The model's name. */
  String modelName() {
    return loaded.name();
  }

  /** A text as the model sees it. */
  Tokens tokens(String text) {
    return loaded.tokenizer().encode(text);
  }

  /** Runs the model on tokens. */
  TextInspection inspect(Tokens tokens) {
    return TextInspection.of(engine, loaded.model(), tokens, PREDICTIONS);
  }

  /** One tab of the attention page. */
  Views.AttentionVariant variant(String name, TextInspection inspection, List<Integer> masked) {
    return new Views.AttentionVariant(
        name,
        inspection.tokens().pieces(),
        inspection.tokens().segmentIds(),
        inspection.attentions().size(),
        inspection.heads(),
        joined(inspection.attentions()),
        masked,
        candidates(inspection));
  }

  private List<List<Views.Candidate>> candidates(TextInspection inspection) {
    return inspection.predictions().stream()
        .map(
            position ->
                position.stream()
                    .map(p -> new Views.Candidate(piece(p.id()), p.probability()))
                    .toList())
        .toList();
  }

  private String piece(int id) {
    return loaded.tokenizer().vocabulary().piece(id);
  }

  /** Writes {@code attention.npy}, {@code hidden.npy} and {@code predictions.json}. */
  void saveAttention(TextInspection inspection, List<Integer> masked, Path out) {
    var size = inspection.tokens().size();
    Npy.write(
        out.resolve("attention.npy"),
        joined(inspection.attentions()),
        inspection.attentions().size(),
        inspection.heads(),
        size,
        size);
    saveHidden(inspection, out);
    var predictions = new ArrayList<Map<String, Object>>();
    for (var position : masked) {
      if (!inspection.predictions().isEmpty()) {
        var entry = new LinkedHashMap<String, Object>();
        entry.put("position", position);
        entry.put("top", top(inspection, position));
        predictions.add(entry);
      }
    }
    var root = new LinkedHashMap<String, Object>();
    root.put("tokens", inspection.tokens().pieces());
    root.put("ids", inspection.tokens().ids());
    root.put("masked", masked);
    root.put("predictions", predictions);
    Pages.writeText(out.resolve("predictions.json"), Json.pretty(root));
  }

  private List<Map<String, Object>> top(TextInspection inspection, int position) {
    return inspection.predictions().get(position).stream()
        .map(
            p -> {
              var candidate = new LinkedHashMap<String, Object>();
              candidate.put("token", piece(p.id()));
              candidate.put("id", p.id());
              candidate.put("probability", p.probability());
              return (Map<String, Object>) candidate;
            })
        .toList();
  }

  private static void saveHidden(TextInspection inspection, Path out) {
    Npy.write(
        out.resolve("hidden.npy"),
        joined(inspection.hiddenStates()),
        inspection.hiddenStates().size(),
        inspection.tokens().size(),
        inspection.hiddenSize());
  }

  private static float[] joined(List<float[]> parts) {
    var all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    var at = 0;
    for (var part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /**
   * Principal components of all layers of a question with its context.
   *
   * @param answer the answer's words; where it is empty the model's own answer is taken
   */
  Views.EmbeddingTab embedding(String name, String question, String context, String answer) {
    var tokens = loaded.tokenizer().encode(question, context);
    var inspection = TextInspection.of(engine, loaded.model(), tokens, 0);
    var found = answer.isEmpty() ? ownAnswer(inspection) : answer;
    var components = components(inspection);
    var layers = components.size();
    var scores = new float[layers][tokens.size()][2];
    var explained = new double[layers][2];
    for (var layer = 0; layer < layers; layer++) {
      for (var token = 0; token < tokens.size(); token++) {
        scores[layer][token][0] = (float) components.get(layer).scores()[token][0];
        scores[layer][token][1] = (float) components.get(layer).scores()[token][1];
      }
      explained[layer] = components.get(layer).explainedVarianceRatio();
    }
    return new Views.EmbeddingTab(
        name, question, found, tokens.pieces(), roles(tokens, found), scores, explained);
  }

  private static List<PrincipalComponents> components(TextInspection inspection) {
    var all = new ArrayList<PrincipalComponents>();
    for (var hidden : inspection.hiddenStates()) {
      var own = PrincipalComponents.of(hidden, inspection.tokens().size(), 2);
      all.add(all.isEmpty() ? own : own.alignedTo(all.getLast()));
    }
    return all;
  }

  /** The words of the model's own answer, or none if it has no head for questions. */
  private String ownAnswer(TextInspection inspection) {
    var tokens = inspection.tokens().list();
    return inspection
        .answer(engine, loaded.model())
        .map(
            span ->
                inspection
                    .tokens()
                    .second()
                    .orElseThrow()
                    .substring(tokens.get(span[0]).start(), tokens.get(span[1]).end()))
        .orElse("");
  }

  private static List<Views.Role> roles(Tokens tokens, String answer) {
    var words = Set.of(answer.isBlank() ? new String[0] : uniqueWords(answer));
    return IntStream.range(0, tokens.size())
        .mapToObj(
            position ->
                switch (tokens.list().get(position).source()) {
                  case Token.Source.SPECIAL -> Views.Role.SPECIAL;
                  case Token.Source.FIRST -> Views.Role.QUESTION;
                  case Token.Source.SECOND ->
                      words.contains(tokens.covered(position))
                              && !QUOTES.contains(tokens.covered(position))
                          ? Views.Role.ANSWER
                          : Views.Role.CONTEXT;
                })
        .toList();
  }

  private static String[] uniqueWords(String answer) {
    return Arrays.stream(answer.strip().split("\\s+")).distinct().toArray(String[]::new);
  }

  /** Writes {@code pca.npy}. */
  static void saveEmbedding(Views.EmbeddingTab tab, Path out) {
    var layers = tab.scores().length;
    var tokens = tab.tokens().size();
    var values = new float[layers * tokens * 2];
    for (var i = 0; i < values.length; i++) {
      values[i] = tab.scores()[i / 2 / tokens][i / 2 % tokens][i % 2];
    }
    Npy.write(out.resolve("pca.npy"), values, layers, tokens, 2);
  }

  /**
   * The distances between a word's vectors in several sentences, at every layer.
   *
   * @throws IllegalArgumentException if a sentence doesn't have the word
   */
  Views.Distances distances(
      String title, String word, List<String> sentences, int layer, String metric) {
    var layers = loaded.model().config().layers() + 1;
    Shapes.check(
        layer >= 0 && layer < layers,
        "The layer is %d, but this model's layers are 0..%d",
        layer,
        layers - 1);
    var hidden = loaded.model().config().hiddenSize();
    var vectors = new float[layers][sentences.size() * hidden];
    for (var s = 0; s < sentences.size(); s++) {
      var tokens = loaded.tokenizer().encode(sentences.get(s));
      var position = tokens.firstTokenOf(word);
      Shapes.check(
          position.isPresent(),
          "The sentence “%s” doesn't hold the word %s",
          sentences.get(s),
          word);
      var inspection = TextInspection.of(engine, loaded.model(), tokens, 0);
      for (var l = 0; l < layers; l++) {
        var vector = inspection.vector(l, position.getAsInt());
        System.arraycopy(vector, 0, vectors[l], s * hidden, hidden);
      }
    }
    var euclidean = new double[layers][][];
    var cosine = new double[layers][][];
    for (var l = 0; l < layers; l++) {
      euclidean[l] = Distances.euclidean(vectors[l], sentences.size());
      cosine[l] = Distances.cosineSimilarity(vectors[l], sentences.size());
    }
    return new Views.Distances(
        title, loaded.name(), word, sentences, layer, metric, euclidean, cosine);
  }

  /** Writes {@code distances.npy}: the layer and metric that were asked for. */
  static void saveDistances(Views.Distances view, Path out) {
    var matrix = (view.metric().equals("cosine") ? view.cosine() : view.euclidean())[view.layer()];
    var size = matrix.length;
    var values = new float[size * size];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) matrix[i / size][i % size];
    }
    Npy.write(out.resolve("distances.npy"), values, size, size);
  }
}
